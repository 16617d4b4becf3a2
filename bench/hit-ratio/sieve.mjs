// SIEVE as a simulator (Zhang et al., NSDI 2024): one queue in the order of entry. A hand goes from the oldest to the
// newest and around; it clears the mark of what was used and evicts what was not.
import { createQueues } from './queues.mjs'

const ABSENT = 0
const UNUSED = 1
const USED = 2

export function createSieve(size, keys) {
  const queues = createQueues(keys, 1)
  const states = new Uint8Array(keys)
  let hand = -1

  function evict() {
    if (hand < 0) hand = queues.oldest(0)
    while (states[hand] === USED) {
      states[hand] = UNUSED
      hand = queues.newerThan(hand)
      if (hand < 0) hand = queues.oldest(0)
    }
    const victim = hand
    hand = queues.newerThan(victim)
    queues.remove(0, victim)
    states[victim] = ABSENT
  }

  return (key) => {
    if (states[key] !== ABSENT) {
      states[key] = USED
      return true
    }
    if (queues.lengths[0] === size) evict()
    queues.push(0, key)
    states[key] = UNUSED
    return false
  }
}
