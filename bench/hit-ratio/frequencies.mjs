// How often a key was used lately, by estimate: the sketch that W-TinyLFU asks.
// Lives here: a count-min sketch of small counters that are halved from time to time.

const ROWS = 4
const MOST = 15
/** Counters in a row and uses between two halvings, both for each entry of the cache; as Caffeine has them. */
const WIDTH = 4
const SAMPLE = 10

function mixed(key, row) {
  let hash = Math.imul(key + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return hash ^ (hash >>> 16)
}

export function createFrequencies(size) {
  const width = 2 ** Math.ceil(Math.log2(Math.max(size * WIDTH, 8)))
  const counters = new Uint8Array(width * ROWS)
  const sample = size * SAMPLE
  const place = (key, row) => (mixed(key, row) & (width - 1)) * ROWS + row
  let uses = 0

  function halve() {
    for (let i = 0; i < counters.length; i++) counters[i] >>>= 1
    uses = Math.floor(uses / 2)
  }

  return {
    add: (key) => {
      let changed = false
      for (let row = 0; row < ROWS; row++) {
        const i = place(key, row)
        if (counters[i] === MOST) continue
        counters[i]++
        changed = true
      }
      if (changed && ++uses >= sample) halve()
    },
    of: (key) => {
      let least = MOST
      for (let row = 0; row < ROWS; row++) least = Math.min(least, counters[place(key, row)])
      return least
    },
  }
}
