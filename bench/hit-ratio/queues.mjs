// Queues of keys, linked by key: what the simulated policies keep their order in.
// Lives here: the links. What comes in, moves or leaves, and when, belongs to the policies.

/** `count` queues of keys below `keys`; a key is in one of them at the most. */
export function createQueues(keys, count) {
  // Behind the keys each queue has a node of its own, the one before its oldest and after its newest.
  const newer = new Int32Array(keys + count)
  const older = new Int32Array(keys + count)
  const lengths = new Int32Array(count)
  for (let node = keys; node < keys + count; node++) newer[node] = older[node] = node

  return {
    lengths,
    /** -1 if the queue is empty. */
    oldest: (queue) => {
      const key = newer[keys + queue]
      return key < keys ? key : -1
    },
    /** The key that came in next, or -1. */
    newerThan: (key) => {
      const next = newer[key]
      return next < keys ? next : -1
    },
    push: (queue, key) => {
      const end = keys + queue
      const last = older[end]
      newer[last] = key
      older[key] = last
      newer[key] = end
      older[end] = key
      lengths[queue]++
    },
    remove: (queue, key) => {
      const before = older[key]
      const after = newer[key]
      newer[before] = after
      older[after] = before
      lengths[queue]--
    },
  }
}
