// What the inspector reads of one cache, each time for a bounded while, whatever the cache holds.
// What must not live here: anything of HTTP, or a change of a cache; searches, which are in inspector-search.js.
'use strict'

const { inspect } = require('node:util')
const { isShared } = require('./common.js')

// Up to how many milliseconds are left, bucket by bucket; two more are for longer ones and for entries without an end.
const LIFETIMES = [1000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000]
// A scan of a shared store copies values, some 256 at a time.
const MOST_BYTES_SAMPLED = 16 * 1024
const UNDECODABLE = { failed: true }

// Of a value as it is shown, and of the texts in what it holds.
const SHOWN = { maxArrayLength: 50, maxStringLength: 10_000, breakLength: 72 }
const MOST_INNER_STRING = 1000
const DEEPEST = 3
const MOST_SHOWN = 64 * 1024
// What stands for something deeper, by whatever name its class has, and how many may be looked into at once: each may hold
// as much as a whole level. Lists have a blank within their brackets on both sides.
const CUT_OFF = /\[(?!\s[^\]]*\s\])[^\]]+\]/g
const MOST_CUT_OFF = 100

const orNull = (value) => (Number.isFinite(value) ? value : null)

// Limits have no getters, but inspection tells them; and unlike `getStats` it prunes nothing, so that who looks changes nothing.
// A subclass may have an inspection of its own: that of the cache itself is the last one.
function factsOf(cache) {
  let last
  for (let at = cache; at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, inspect.custom)) last = at[inspect.custom]
  }
  let facts
  const keep = (shown) => {
    facts = shown
    return ''
  }
  Reflect.apply(last, cache, [0, {}, keep])
  return facts
}

/** Whether it is a cache of the package, of this copy or another, and does not just look like one. */
function isInspectable(cache) {
  try {
    return factsOf(cache) !== undefined
  } catch {
    return false
  }
}

// Level by level, because what four of them hold may be fifty to the power of four.
function show(value) {
  let shown = inspect(value, { ...SHOWN, depth: 0 })
  for (let depth = 1; depth <= DEEPEST; depth++) {
    const cutOff = shown.match(CUT_OFF)?.length ?? 0
    if (cutOff === 0 || cutOff > MOST_CUT_OFF) break
    shown = inspect(value, { ...SHOWN, depth, maxStringLength: MOST_INNER_STRING })
  }
  return shown.slice(0, MOST_SHOWN)
}

const freshPass = () => ({ counts: Array(LIFETIMES.length + 2).fill(0), seen: 0, whole: false })

class InspectedCache {
  #scan
  #pass
  #lifetimes

  constructor(name, cache) {
    this.name = name
    this.cache = cache
    this.kind = isShared(cache) ? 'SharedMemoryCache' : 'MemoryCache'
  }

  /** Whether it is neither closed nor destroyed. */
  isOpen() {
    return factsOf(this.cache).statistics !== undefined
  }

  /** Its figures now; `lifetimes` go on being sampled until then. */
  measure(until) {
    const { name, kind } = this
    try {
      const { bytes, entries } = this.cache.getMetrics()
      const { statistics, limits, weight = 0 } = factsOf(this.cache)
      const { hits, misses, evictions, expirations } = statistics
      const { maxSize, maxWeight = 0, maxBytes = 0, ttl } = limits
      const limited = { maxSize: orNull(maxSize), maxWeight, maxBytes, ttl: orNull(ttl) }
      const counted = { hits, misses, evictions, expirations }
      const held = { entries, bytes, weight }
      const sampled = kind === 'MemoryCache' || bytes <= entries * MOST_BYTES_SAMPLED
      const lifetimes = sampled ? this.#sample(until) : null
      return { name, kind, open: true, ...held, ...limited, ...counted, lifetimes }
    } catch {
      // Closed or destroyed.
      return { name, kind, open: false }
    }
  }

  // Of a value that its codec cannot decode a scan gets no further.
  #sample(until) {
    if (this.#lifetimes === UNDECODABLE) return UNDECODABLE
    this.#pass ??= freshPass()
    try {
      if (performance.now() < until) this.#sampleSome(until)
      return this.#lifetimes ?? this.#pass
    } catch {
      this.rest()
      this.#lifetimes = UNDECODABLE
      return UNDECODABLE
    }
  }

  // A pass over a large cache takes many calls: until one has ended, what it has seen so far is told.
  #sampleSome(until) {
    this.#scan ??= this.cache.scan()
    do {
      const { done, value } = this.#scan.next()
      if (done) {
        this.#lifetimes = { ...this.#pass, whole: true }
        this.#scan = this.#pass = undefined
        return
      }
      const left = this.cache.getRemainingTTL(value[0])
      const bucket = LIFETIMES.findIndex((most) => left <= most)
      const forever = left === Infinity ? 1 : 0
      this.#pass.counts[bucket === -1 ? LIFETIMES.length + forever : bucket]++
      this.#pass.seen++
    } while (performance.now() < until)
  }

  /** Lets go of what a pass holds. */
  rest() {
    this.#scan = this.#pass = this.#lifetimes = undefined
  }

  /** What is known of an entry, ready for JSON, where `null` is a time that never comes; `undefined` if there is none. */
  describe(key, showsValue) {
    const info = this.cache.info(key)
    if (info === undefined) return undefined
    const { value, ttl, start, remainingTtl, expiresAt, weight, stale, tags } = info
    const times = { ttl: orNull(ttl), start: orNull(start), expiresAt: orNull(expiresAt) }
    const entry = { ...times, remainingTtl: orNull(remainingTtl), weight, stale, tags }
    return showsValue ? { ...entry, value: show(value) } : entry
  }
}

module.exports = { InspectedCache, LIFETIMES, isInspectable }
