// S3-FIFO as a simulator (Yang et al., SOSP 2023), with what this package does differently and with what was tried.
// Lives here: the policy and its parameters. Which variants are compared belongs in variants.mjs.
import { createQueues } from './queues.mjs'

const SMALL = 0
const MAIN = 1
const ABSENT = 2

/** This package's. */
export const CHOSEN = {
  /** The small queue's share of the entries. */
  small: 1 / 8,
  /** How many entries the small queue has at the least. */
  least: 2,
  /** For how many requests after an entry came into the small queue its hits do not count, as a share of the entries held. */
  window: 1 / 16,
  /** From how many counted hits on an entry leaves the small queue for the main one. */
  promoteAt: 1,
  /** How far an entry's hits are counted. */
  most: 3,
  /** How many keys that left the small queue unused are remembered, in sizes of the cache. */
  history: 1,
  /** Of how many entries that leave the small queue unused one goes into the main queue. */
  strangerOf: 128,
  /** The count with which a key that is remembered comes back. */
  knownCount: 0,
  /** Whether an entry keeps its count when it goes from the small queue into the main one. */
  keepCount: false,
}

/** As in the paper, with a history as long as the cache: an entry that was hit twice is promoted. */
export const PAPER = {
  ...CHOSEN,
  small: 1 / 10,
  least: 1,
  window: 0,
  promoteAt: 2,
  strangerOf: Infinity,
}

export const s3Fifo = (parameters) => (size, keys) => {
  const { promoteAt, most, strangerOf, knownCount, keepCount } = parameters
  const smallSize = Math.max(parameters.least, Math.round(size * parameters.small))
  const historyLength = Math.floor(size * parameters.history)
  const queues = createQueues(keys, 2)
  const { lengths, places } = queues
  const counts = new Uint8Array(keys)
  const cameAt = new Float64Array(keys)
  // The number of the departure by which a key is remembered, 0 for none.
  const leftAs = new Float64Array(keys)
  let requests = 0
  let departures = 0
  let unused = 0

  function evictFromSmall() {
    const key = queues.oldest(SMALL)
    if (counts[key] >= promoteAt || ++unused % strangerOf === 0) {
      if (!keepCount) counts[key] = 0
      queues.move(key, MAIN)
      return
    }
    queues.remove(key)
    leftAs[key] = ++departures
  }

  function evictFromMain() {
    const key = queues.oldest(MAIN)
    if (counts[key] === 0) {
      queues.remove(key)
      return
    }
    counts[key]--
    queues.move(key, MAIN)
  }

  function insert(key) {
    const known = leftAs[key] > 0 && departures - leftAs[key] < historyLength
    leftAs[key] = 0
    while (lengths[SMALL] + lengths[MAIN] === size) {
      if (lengths[SMALL] >= smallSize || lengths[MAIN] === 0) evictFromSmall()
      else evictFromMain()
    }
    counts[key] = known ? knownCount : 0
    cameAt[key] = requests
    queues.push(key, known ? MAIN : SMALL)
  }

  return (key) => {
    requests++
    const place = places[key]
    if (place === ABSENT) {
      insert(key)
      return false
    }
    const window = Math.floor((lengths[SMALL] + lengths[MAIN]) * parameters.window)
    const counted = place === MAIN || requests - cameAt[key] >= window
    if (counted && counts[key] < most) counts[key]++
    return true
  }
}
