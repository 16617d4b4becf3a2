// The extended MemoryCache as one would first write it: what callers and hooks see of the entries in
// model-entries.mjs. It is the oracle of the differential test and knows neither native code nor the class it is
// compared with. What is random and how outcomes are compared belongs in worlds.mjs.

import {
  readEntries,
  readFetch,
  readKeys,
  readLifetime,
  readTags,
  readTtl,
  requireString,
} from './model-arguments.mjs'
import { Entries, forEver } from './model-entries.mjs'

function matcher(pattern) {
  const literal = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
  const expression = new RegExp(`^${pattern.split('*').map(literal).join('[^]*')}$`)
  return (key) => expression.test(key)
}

export class Model extends Entries {
  flights = new Map()
  refreshErrors = 0
  staleServed = 0

  // Steps with events.

  emit(name, context) {
    try {
      this.options.hooks?.[name]?.(context)
    } catch {
      // As if nothing had happened.
    }
  }

  /** The valid entry of a key; one that has expired and is not kept is removed and told of. */
  lookUp(key, method) {
    requireString(key)
    const entry = this.find(key)
    const tracked = method === 'get'
    if (entry !== undefined && !this.hasExpired(entry, this.now())) {
      if (tracked) this.stats.hits++
      return entry
    }
    if (entry !== undefined && this.isGone(entry, this.now())) {
      this.drop(entry, 'expirations')
      this.emit('onExpire', { key, value: entry.value, source: method })
    }
    if (tracked) {
      if (this.held.includes(entry)) this.noteMissOfKept(entry)
      this.stats.misses++
      this.emit('onMiss', { key, reason: entry === undefined ? 'not_found' : 'expired' })
    }
    return undefined
  }

  /** It was used all the same. */
  noteMissOfKept(entry) {
    this.promote(entry)
  }

  /** What a hit found, in an object. */
  hit(key) {
    const entry = this.lookUp(key, 'get')
    if (entry === undefined) return undefined
    this.promote(entry)
    if (this.options.updateAgeOnGet) this.renew(entry, entry.ttl, entry.grace, this.now())
    const { value } = entry
    this.emit('onHit', { key, value })
    // As it was: the hook may have written.
    return { value }
  }

  remove(key, source) {
    const entry = this.find(key)
    if (entry === undefined) return false
    this.drop(entry)
    this.emit('onDelete', { key, value: entry.value, source })
    return true
  }

  removeAll(matches, source) {
    const keys = this.rawKeys().filter(matches)
    return keys.filter((key) => this.remove(key, source)).length
  }

  // What callers see.

  get(key) {
    return this.hit(key)?.value
  }

  has(key) {
    return this.lookUp(key, 'has') !== undefined
  }

  getMany(given) {
    return readKeys(given).map((key) => this.get(key))
  }

  hasMany(given) {
    return readKeys(given).map((key) => this.has(key))
  }

  deleteMany(given) {
    return readKeys(given).map((key) => this.remove(key, 'delete'))
  }

  setMany(given, options) {
    const entries = readEntries(given)
    const lifetime = readLifetime(options)
    // None is written if one cannot be weighed.
    const weights = entries.map(([key, value]) => this.weigh(key, value))
    for (const [i, [key, value]] of entries.entries()) {
      this.place({ key, value, weight: weights[i] }, lifetime)
    }
  }

  set(key, value, given, grace) {
    requireString(key)
    const lifetime = readLifetime(given)
    this.place({ key, value, weight: this.weigh(key, value) }, { ...lifetime, grace })
  }

  weigh(key, value) {
    if (this.maxWeight === 0) return 0
    const weight = this.options.sizeCalculation(value, key)
    if (!Number.isFinite(weight) || weight < 0) throw new RangeError('not a weight')
    return weight
  }

  isTooHeavy({ weight }) {
    return this.maxWeight > 0 && weight > this.maxWeight
  }

  /** Writes an entry, and makes room first. */
  place(given, { ttl: own, expiresAt, tags = [], grace = this.grace }) {
    const written = { ...given, tags }
    const { key, value } = written
    if (grace > 0) this.keeps = true
    const isPast = () => expiresAt !== undefined && expiresAt <= this.now()
    if (isPast()) {
      this.expire(key)
      return
    }
    if (this.isTooHeavy(written)) {
      this.evict(this.find(key))
      return
    }
    if (this.exceeds(written)) this.makeRoom(written)
    // Hooks may have taken their time.
    if (isPast()) {
      this.expire(key)
      return
    }
    const start = this.now()
    const ttl = this.shorten(expiresAt === undefined ? forEver(own ?? this.ttl) : expiresAt - start)
    const isUpdate = this.write(written, ttl, grace, start)
    this.emit('onSet', { key, value, isUpdate })
  }

  /** What has expired goes first, then what is kept although it has, then what was used least recently. */
  makeRoom(written) {
    this.prune()
    const now = this.now()
    while (this.exceeds(written)) {
      const kept = this.nextKept(now)
      if (kept === undefined) break
      this.dropExpired(kept)
    }
    while (this.exceeds(written)) {
      const victim = this.held.find((entry) => entry.key !== written.key)
      if (victim === undefined) break
      this.evict(victim)
    }
  }

  expire(key) {
    const entry = this.find(key)
    if (entry !== undefined) this.dropExpired(entry)
  }

  dropExpired(entry) {
    this.drop(entry, 'expirations')
    this.emit('onExpire', { key: entry.key, value: entry.value, source: 'prune' })
  }

  evict(entry) {
    if (entry === undefined) return
    this.drop(entry, 'evictions')
    this.emit('onEvict', { key: entry.key, value: entry.value })
  }

  write(written, ttl, grace, start) {
    const known = this.find(written.key)
    const entry = known ?? {}
    Object.assign(entry, written)
    this.renew(entry, ttl, grace, start)
    if (known !== undefined) this.drop(entry)
    this.held.push(entry)
    return known !== undefined
  }

  peek(key) {
    requireString(key)
    return this.live(key)?.value
  }

  take(key) {
    const entry = this.lookUp(key, 'get')
    if (entry === undefined) return undefined
    this.drop(entry)
    const { value } = entry
    this.emit('onHit', { key, value })
    this.emit('onDelete', { key, value, source: 'delete' })
    return value
  }

  touch(key, given) {
    requireString(key)
    const own = readTtl(given)
    const entry = this.live(key)
    if (entry === undefined) return false
    this.promote(entry)
    if (own === undefined) this.renew(entry, entry.ttl, entry.grace, this.now())
    // Of what lives for ever no grace is known.
    else {
      const grace = entry.ttl === Infinity ? this.grace : entry.grace
      this.renew(entry, this.shorten(forEver(own)), grace, this.now())
    }
    return true
  }

  getRemainingTTL(key) {
    requireString(key)
    const entry = this.live(key)
    return entry === undefined ? 0 : entry.start + entry.ttl - this.now()
  }

  info(key) {
    requireString(key)
    const entry = this.find(key)
    const now = this.now()
    if (entry === undefined || this.isGone(entry, now)) return undefined
    const { value, ttl, start, weight } = entry
    const expiresAt = start + ttl
    const known = ttl === Infinity ? undefined : start
    const stale = this.hasExpired(entry, now)
    const tags = [...entry.tags]
    return {
      value,
      ttl,
      start: known,
      remainingTtl: expiresAt - now,
      expiresAt,
      weight,
      stale,
      tags,
    }
  }

  /** What there is of a key that has expired by so many milliseconds at the most. */
  stale(key, within) {
    const known = this.info(key)
    return known?.stale && -known.remainingTtl <= within ? known : undefined
  }

  async getOrSet(key, fetcher, options) {
    requireString(key)
    const wanted = readFetch(options, this.options)
    const { forceRefresh, staleWhileRevalidate } = wanted
    // 0 is within no lateness.
    const within = forceRefresh ? 0 : staleWhileRevalidate
    const joined = this.flights.get(key)
    if (joined !== undefined && !this.isOutdone(joined, key, wanted)) {
      const kept = this.stale(key, within)
      if (kept === undefined) return this.outcomeFor(key, joined, wanted)
      this.lookUp(key, 'get')
      this.staleServed++
      return kept.value
    }
    const hit = forceRefresh ? undefined : this.hit(key)
    if (hit !== undefined) return hit.value
    const known = this.info(key)
    const kept = this.stale(key, within)
    const isRefresh = kept !== undefined
    if (isRefresh) this.staleServed++
    const flight = { isRefresh, renews: isRefresh || forceRefresh }
    this.fetch(
      key,
      flight,
      fetcher,
      wanted,
      known?.stale || forceRefresh ? known?.value : undefined,
    )
    return kept === undefined ? this.outcomeFor(key, flight, wanted) : kept.value
  }

  /** Whether a fetch is one that renews an entry, of no use for who finds a valid one. */
  isOutdone({ renews }, key, { forceRefresh }) {
    return renews && !forceRefresh && this.info(key)?.stale === false
  }

  fetch(key, flight, fetcher, wanted, stale) {
    this.flights.set(key, flight)
    flight.landed = this.land(key, flight, fetcher, wanted, stale)
    flight.landed.catch(() => {
      if (flight.isRefresh) this.refreshErrors++
    })
  }

  async land(key, flight, fetcher, { informs, ...wanted }, stale) {
    try {
      const fetched = await (informs ? fetcher({ key, stale }) : fetcher())
      if (wanted.shouldCache(fetched, key)) {
        const given = { ttl: wanted.ttlOf(fetched, key), tags: wanted.tagsOf(fetched, key) }
        this.keep(key, flight, fetched, given, wanted.grace)
      }
      return fetched
    } finally {
      if (this.flights.get(key) === flight) this.flights.delete(key)
    }
  }

  keep(key, _flight, fetched, given, grace) {
    this.set(key, fetched, given, grace)
  }

  async outcomeFor(key, { landed }, { staleIfError }) {
    try {
      return await landed
    } catch (error) {
      const known = staleIfError > 0 ? this.info(key) : undefined
      if (known === undefined || -known.remainingTtl > staleIfError) throw error
      if (known.stale) this.staleServed++
      return known.value
    }
  }

  delete(key) {
    requireString(key)
    return this.remove(key, 'delete')
  }

  async deleteAsync(key) {
    requireString(key)
    const removed = this.remove(key, 'deleteAsync')
    return Promise.resolve(removed)
  }

  clear() {
    this.removeAll(() => true, 'clear')
  }

  deleteByPrefix(prefix) {
    requireString(prefix)
    return this.removeAll((key) => key.startsWith(prefix), 'deleteByPrefix')
  }

  deleteByMagicString(pattern) {
    requireString(pattern)
    return this.removeAll(matcher(pattern), 'deleteByMagicString')
  }

  /** Nothing says which goes first: `chooseTagged` is asked, with those that are left of the ones at the call. */
  deleteByTag(given) {
    const tags = readTags(given)
    const carries = (entry) => entry?.tags.some((tag) => tags.includes(tag)) === true
    const left = this.held.filter(carries).map(({ key }) => key)
    let count = 0
    while (left.length > 0) {
      const key = this.chooseTagged(left)
      left.splice(left.indexOf(key), 1)
      if (carries(this.find(key)) && this.remove(key, 'deleteByTag')) count++
    }
    return count
  }

  prune() {
    const now = this.now()
    for (let count = 0; ; count++) {
      const entry = this.nextExpired(now)
      if (entry === undefined) return count
      this.dropExpired(entry)
    }
  }

  size() {
    this.prune()
    return this.held.length
  }

  valid() {
    this.prune()
    const now = this.now()
    return this.held.filter((entry) => !this.keeps || !this.hasExpired(entry, now))
  }

  keys() {
    return this.valid().map(({ key }) => key)
  }

  values() {
    return this.valid().map(({ value }) => value)
  }

  entries() {
    return this.valid().map(({ key, value }) => [key, value])
  }

  getStats() {
    this.prune()
    return this.counted()
  }

  resetStats() {
    for (const counter of Object.keys(this.stats)) this.stats[counter] = 0
  }

  // What the differential test compares after each operation, and no one may change by looking.

  rawKeys() {
    return this.held.map(({ key }) => key)
  }

  rawStats() {
    const { refreshErrors, staleServed } = this
    return { ...this.counted(), refreshErrors, staleServed }
  }

  counted() {
    return { ...this.stats, size: this.held.length, weight: this.weight }
  }
}
