// SIEVE as a simulator (Zhang et al., NSDI 2024): one queue in the order of entry. A hand goes from the oldest to the
// newest and around; it clears the mark of what was used and evicts what was not.
import { createQueues } from './queues.mjs'

export function createSieve(size, keys) {
  const queue = createQueues(keys, 1)
  const used = new Uint8Array(keys)
  let hand = -1

  function evict() {
    if (hand < 0) hand = queue.oldest(0)
    while (used[hand] === 1) {
      used[hand] = 0
      hand = queue.newerThan(hand)
      if (hand < 0) hand = queue.oldest(0)
    }
    const victim = hand
    hand = queue.newerThan(victim)
    queue.remove(victim)
  }

  return (key) => {
    const hit = queue.places[key] === 0
    if (!hit) {
      if (queue.lengths[0] === size) evict()
      queue.push(key, 0)
    }
    used[key] = hit ? 1 : 0
    return hit
  }
}
