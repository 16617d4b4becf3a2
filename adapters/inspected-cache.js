// What the inspector reads of one cache, each time for a bounded while, whatever the cache holds.
// What must not live here: anything of HTTP, or a change of a cache.
'use strict'

const { inspect } = require('node:util')
const { isShared } = require('./common.js')

const SEARCH_MS = 10
const MOST_KEYS = 100
const MOST_UNITS = 256 * 1024

// Up to how many milliseconds are left, bucket by bucket; two more are for longer ones and for entries without an end.
const LIFETIMES = [1000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000]
// A scan of a shared store copies values, some 256 at a time.
const MOST_BYTES_SAMPLED = 16 * 1024

// Of a value as it is shown.
const SHOWN = { depth: 3, maxArrayLength: 50, maxStringLength: 10_000, breakLength: 72 }
const MOST_SHOWN = 64 * 1024

const orNull = (value) => (Number.isFinite(value) ? value : null)

// Limits have no getters, but inspection tells them; and unlike `getStats` it prunes nothing, so that who looks changes nothing.
function factsOf(cache) {
  let facts
  cache[inspect.custom]?.(0, {}, (shown) => {
    facts = shown
    return ''
  })
  return facts
}

/** Whether a key matches a pattern, as in `scan`: `*` stands for any characters, or none. */
function matcherOf(pattern) {
  const [first, ...inner] = pattern.split('*')
  if (inner.length === 0) return (key) => key === pattern
  const last = inner.pop()
  return (key) => {
    const end = key.length - last.length
    if (end < first.length || !key.startsWith(first) || !key.endsWith(last)) return false
    let from = first.length
    for (const part of inner) {
      const at = key.indexOf(part, from)
      if (at === -1 || at + part.length > end) return false
      from = at + part.length
    }
    return true
  }
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

  /** Its figures now; `lifetimes` go on being sampled until then. */
  measure(until) {
    const { name, kind } = this
    try {
      const { bytes, entries } = this.cache.getMetrics()
      const facts = factsOf(this.cache)
      const { hits, misses, evictions, expirations } = facts?.statistics ?? this.cache.getStats()
      const { maxSize = 0, maxWeight = 0, maxBytes = 0, ttl } = facts?.limits ?? {}
      const limits = { maxSize: orNull(maxSize), maxWeight, maxBytes, ttl: orNull(ttl) }
      const counted = { hits, misses, evictions, expirations }
      const held = { entries, bytes, weight: facts?.weight ?? 0 }
      const sampled = kind === 'MemoryCache' || bytes <= entries * MOST_BYTES_SAMPLED
      const lifetimes = sampled ? this.#sample(until) : null
      return { name, kind, open: true, ...held, ...limits, ...counted, lifetimes }
    } catch {
      // Closed or destroyed.
      return { name, kind, open: false }
    }
  }

  // None if there is a value that its codec cannot decode.
  #sample(until) {
    this.#pass ??= freshPass()
    try {
      if (performance.now() < until) this.#sampleSome(until)
      return this.#lifetimes ?? this.#pass ?? null
    } catch {
      this.rest()
      return null
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

  /** A function for the next keys that match: at most `most` and at most 100, and only those found within some milliseconds. */
  search(pattern) {
    const matches = matcherOf(pattern)
    const scan = pattern.includes('*') ? this.cache.scan() : this.#only(pattern)
    return (most) => {
      const limit = most >= 1 && most < MOST_KEYS ? most : MOST_KEYS
      const until = performance.now() + SEARCH_MS
      const keys = []
      let units = 0
      let looked = 0
      do {
        const { done, value } = scan.next()
        if (done) return { keys, looked, done: true }
        looked++
        if (!matches(value[0])) continue
        units += value[0].length
        keys.push(value[0])
      } while (keys.length < limit && units < MOST_UNITS && performance.now() < until)
      return { keys, looked, done: false }
    }
  }

  // Without a wildcard there is nothing to look for elsewhere.
  *#only(key) {
    if (this.cache.getRemainingTTL(key) > 0) yield [key]
  }

  /** What is known of an entry, ready for JSON, where `null` is a time that never comes; `undefined` if there is none. */
  describe(key, showsValue) {
    const info = this.cache.info(key)
    if (info === undefined) return undefined
    const { value, ttl, start, remainingTtl, expiresAt, weight, stale, tags } = info
    const times = { ttl: orNull(ttl), start: orNull(start), expiresAt: orNull(expiresAt) }
    const entry = { ...times, remainingTtl: orNull(remainingTtl), weight, stale, tags }
    return showsValue ? { ...entry, value: inspect(value, SHOWN).slice(0, MOST_SHOWN) } : entry
  }
}

module.exports = { InspectedCache, LIFETIMES, matcherOf }
