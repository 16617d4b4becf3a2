// Queues of keys, linked by key: what the simulated policies keep their order in.
// Lives here: the links. What comes in, moves or leaves, and when, belongs to the policies.

/** `count` queues of keys below `keys`; a key is in one of them at the most. */
export function createQueues(keys, count) {
  // Behind the keys each queue has a node of its own, the one before its oldest and after its newest.
  const newer = new Int32Array(keys + count)
  const older = new Int32Array(keys + count)
  const lengths = new Int32Array(count)
  const places = new Uint8Array(keys).fill(count)
  for (let node = keys; node < keys + count; node++) newer[node] = older[node] = node

  function push(key, queue) {
    const end = keys + queue
    const last = older[end]
    newer[last] = key
    older[key] = last
    newer[key] = end
    older[end] = key
    lengths[queue]++
    places[key] = queue
  }

  function remove(key) {
    const before = older[key]
    const after = newer[key]
    newer[before] = after
    older[after] = before
    lengths[places[key]]--
    places[key] = count
  }

  return {
    lengths,
    /** For each key the queue that it is in, `count` if none. */
    places,
    push,
    remove,
    move: (key, queue) => {
      remove(key)
      push(key, queue)
    },
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
  }
}
