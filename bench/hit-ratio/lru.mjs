// LRU as a simulator: what is evicted has not been used for longest. The check of the real caches.
import { createQueues } from './queues.mjs'

export function createLru(size, keys) {
  const queues = createQueues(keys, 1)
  const cached = new Uint8Array(keys)

  return (key) => {
    const hit = cached[key] === 1
    if (hit) queues.remove(0, key)
    else if (queues.lengths[0] === size) {
      const victim = queues.oldest(0)
      queues.remove(0, victim)
      cached[victim] = 0
    }
    queues.push(0, key)
    cached[key] = 1
    return hit
  }
}
