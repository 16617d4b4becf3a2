// The optimum, which knows the future (Belady 1966): what is evicted is used again last or never, even if it has just come.
// No cache can do better. Lives here: the next uses and the heap of them.

const NEVER = -1

function nextUses(trace, keys) {
  const next = new Int32Array(trace.length)
  const seen = new Int32Array(keys).fill(NEVER)
  for (let i = trace.length - 1; i >= 0; i--) {
    next[i] = seen[trace[i]]
    seen[trace[i]] = i
  }
  return next
}

/** A heap with the largest number first, for at most `room` of them. */
function createHeap(room) {
  const heap = new Int32Array(room + 1)
  let length = 0

  return {
    push: (number) => {
      let i = ++length
      for (; i > 1 && heap[i >> 1] < number; i >>= 1) heap[i] = heap[i >> 1]
      heap[i] = number
    },
    pop: () => {
      const [, largest] = heap
      const moved = heap[length--]
      let i = 1
      for (let child = 2; child <= length; child = i * 2) {
        if (child < length && heap[child + 1] > heap[child]) child++
        if (heap[child] <= moved) break
        heap[i] = heap[child]
        i = child
      }
      heap[i] = moved
      return largest
    },
  }
}

/** For the requests of `trace`, one after another. */
export function createOptimum(size, keys, trace) {
  const next = nextUses(trace, keys)
  const cached = new Uint8Array(keys)
  // The next uses of what is cached. Those that are over stay at its lower end and are never reached.
  const uses = createHeap(trace.length)
  let length = 0
  let now = 0

  return (key) => {
    const use = next[now++]
    const hit = cached[key] === 1
    if (use === NEVER) {
      if (hit) length--
      cached[key] = 0
      return hit
    }
    uses.push(use)
    if (!hit) {
      cached[key] = 1
      if (++length > size) {
        cached[trace[uses.pop()]] = 0
        length--
      }
    }
    return hit
  }
}
