// What there is to measure of caches, and which caches are measured, for the adapters of metrics libraries.
// What must not live here: anything that knows one of these libraries.
'use strict'

const { invalidOption, isCache } = require('./common.js')

// `read` gives undefined where a kind of cache does not measure that. Counters start anew with `resetStats`.
const MEASURES = [
  {
    name: 'hits',
    isCounter: true,
    help: 'Reads that found a live entry',
    read: (cache) => cache.getStats().hits,
  },
  {
    name: 'misses',
    isCounter: true,
    help: 'Reads that found none, or an expired one',
    read: (cache) => cache.getStats().misses,
  },
  {
    name: 'evictions',
    isCounter: true,
    help: 'Live entries removed to make room',
    read: (cache) => cache.getStats().evictions,
  },
  {
    name: 'expirations',
    isCounter: true,
    help: 'Entries removed because their time was over',
    read: (cache) => cache.getStats().expirations,
  },
  { name: 'entries', help: 'Entries now', read: (cache) => cache.getStats().size },
  {
    name: 'weight',
    help: 'Weight of the entries now, in the unit of the cache',
    read: (cache) => cache.getStats().weight,
  },
  {
    name: 'bytes',
    unit: 'By',
    help: 'Native memory now; of a MemoryCache without its values',
    read: (cache) => cache.getMetrics().bytes,
  },
  {
    name: 'flights',
    help: 'Fetches under way on all threads',
    read: (cache) => cache.getMetrics().flights,
  },
  {
    name: 'refresh_errors',
    isCounter: true,
    help: 'Fetches in the background that failed or were given up',
    read: (cache) => cache.getMetrics().refreshErrors,
  },
  {
    name: 'stale_served',
    isCounter: true,
    help: 'Fetches answered with a value that had expired',
    read: (cache) => cache.getMetrics().staleServed,
  },
  {
    name: 'dropped_events',
    isCounter: true,
    help: 'Events that hooks were not told because too many waited',
    read: (cache) => cache.getMetrics().allDroppedEvents,
  },
]

// A closed or destroyed cache has nothing to measure, and must not spoil the figures of the others.
function readIfOpen(measure, cache) {
  try {
    return measure.read(cache)
  } catch {
    return undefined
  }
}

/** The caches that are measured, by their names. */
class ObservedCaches {
  #caches = new Map()
  #end

  constructor(caches, end) {
    this.#end = end
    if (typeof caches !== 'object' || caches === null) {
      throw invalidOption('caches', 'an object of caches by name', caches)
    }
    for (const [name, cache] of Object.entries(caches)) this.add(name, cache)
  }

  add(name, cache) {
    if (typeof name !== 'string' || name === '') {
      throw invalidOption('name', 'a string that is not empty', name)
    }
    if (!isCache(cache)) {
      throw invalidOption(`caches.${name}`, 'a MemoryCache or a SharedMemoryCache', cache)
    }
    this.#caches.set(name, cache)
  }

  remove(name) {
    return this.#caches.delete(name)
  }

  stop() {
    this.#caches.clear()
    this.#end()
  }

  /** The name and figure of each cache that has one. */
  static *read(observed, measure) {
    for (const [name, cache] of observed.#caches) {
      const value = readIfOpen(measure, cache)
      if (value !== undefined) yield [name, value]
    }
  }
}

module.exports = { MEASURES, ObservedCaches }
