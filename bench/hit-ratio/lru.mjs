// LRU as a simulator: what is evicted has not been used for longest. The check of the real caches.
import { createQueues } from './queues.mjs'

export function createLru(size, keys) {
  const queue = createQueues(keys, 1)

  return (key) => {
    const hit = queue.places[key] === 0
    if (hit) queue.remove(key)
    else if (queue.lengths[0] === size) queue.remove(queue.oldest(0))
    queue.push(key, 0)
    return hit
  }
}
