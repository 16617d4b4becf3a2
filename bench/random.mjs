// Random numbers that are the same in every process of a run, so that all peers do the same work.
// Lives here: the generator and the distributions. What is drawn belongs in the workloads.

export const SEED = 0x5eed

/** Mulberry32: numbers of 32 bits. */
export function randomNumbers(seed = SEED) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

// Long enough to touch most of a large cache, a power of two to be walked with a mask, and drawn
// before the clock starts.
const MIN_DRAWS = 2 ** 16
const MAX_DRAWS = 2 ** 22

const drawsFor = (n) =>
  Math.min(MAX_DRAWS, Math.max(MIN_DRAWS, 2 ** Math.ceil(Math.log2(Math.max(n, 2)))))

/** Numbers below `n`, each as likely as any other. */
export function uniform(n, seed) {
  const next = randomNumbers(seed)
  return Uint32Array.from({ length: drawsFor(n) }, () => Math.floor((next() / 2 ** 32) * n))
}

/** Numbers of 32 bits. */
export function raw32(seed) {
  const next = randomNumbers(seed)
  return Uint32Array.from({ length: 2 ** 20 }, () => next())
}

/** Numbers below `n` by Zipf's law with exponent 0.99; which of them are frequent is scattered. */
export function zipf(n, seed) {
  const cumulated = new Float64Array(n)
  let sum = 0
  for (let rank = 0; rank < n; rank++) {
    sum += 1 / (rank + 1) ** 0.99
    cumulated[rank] = sum
  }
  const rankOf = (point) => {
    let low = 0
    let high = n - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (cumulated[middle] < point) low = middle + 1
      else high = middle
    }
    return low
  }

  const next = randomNumbers(seed)
  const scattered = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor((next() / 2 ** 32) * (i + 1))
    const swapped = scattered[i]
    scattered[i] = scattered[j]
    scattered[j] = swapped
  }
  return Uint32Array.from(
    { length: drawsFor(n) },
    () => scattered[rankOf((next() / 2 ** 32) * sum)],
  )
}
