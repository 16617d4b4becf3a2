// The extended MemoryCache as one would first write it: an array of entries, the least recently used
// first, that every question is put to by looking at all of them. It is the oracle of the differential
// test and knows neither native code nor the class it is compared with. What is random and how
// outcomes are compared belongs in worlds.mjs.
//
// Where nothing says which of several entries is first, as with equal deadlines, `choose` is asked.

const isAbsent = (value) => value === undefined || value === null

export function requireString(value) {
  if (typeof value !== 'string') throw new TypeError('not a string')
}

export function readTtl(value) {
  if (isAbsent(value)) return undefined
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError('not a ttl')
  return value
}

function readTime(value) {
  if (isAbsent(value)) return undefined
  const time = value instanceof Date ? value.getTime() : value
  if (typeof time !== 'number' || Number.isNaN(time)) throw new TypeError('not a time')
  return time
}

export function readLifetime(given) {
  if (typeof given === 'number' || isAbsent(given)) return { ttl: readTtl(given), tags: [] }
  if (typeof given !== 'object') throw new TypeError('neither a ttl nor options')
  const ttl = readTtl(given.ttl)
  const expiresAt = readTime(given.expiresAt)
  if (ttl !== undefined && expiresAt !== undefined) throw new TypeError('both')
  return { ttl, expiresAt, tags: readTags(given.tags) }
}

function readTags(given) {
  if (isAbsent(given)) return []
  if (!Array.isArray(given)) throw new TypeError('not an array')
  given.forEach(requireString)
  const tags = [...new Set(given)]
  if (tags.length > 64) throw new TypeError('too many tags')
  return tags
}

function matcher(pattern) {
  const literal = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
  const expression = new RegExp(`^${pattern.split('*').map(literal).join('[^]*')}$`)
  return (key) => expression.test(key)
}

const forEver = (ttl) => (ttl === 0 ? Infinity : ttl)

/** SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from the bits of a number on: from 0 to less than 1. */
function splitMix(seed) {
  const mask = (1n << 64n) - 1n
  let [state] = new BigUint64Array(new Float64Array([seed]).buffer)
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask
    let mixed = state
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & mask
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & mask
    mixed ^= mixed >> 31n
    return Number(mixed >> 11n) / 2 ** 53
  }
}

export class Model {
  // An entry: key, value, weight, ttl (infinite for ever), start, and a number that says who of the
  // same lifetime was written first.
  held = []
  flights = new Map()
  stats = { hits: 0, misses: 0, evictions: 0, expirations: 0 }
  writes = 0

  constructor(options, { now, choose = ([first]) => first, chooseTagged = ([first]) => first }) {
    const { maxSize = 100, ttl = 300_000, maxWeight = 0, ttlJitter = 0 } = options
    Object.assign(this, { options, now, choose, chooseTagged })
    Object.assign(this, { maxSize, maxWeight, ttl: forEver(ttl) })
    const fraction = ttlJitter > 0 ? splitMix(options.ttlJitterSeed) : undefined
    this.shorten = (lifetime) =>
      fraction === undefined ? lifetime : this.shortened(lifetime, ttlJitter * fraction())
  }

  shortened(lifetime, part) {
    return lifetime === Infinity ? lifetime : Math.ceil(lifetime * (1 - part))
  }

  // Steps that call nobody.

  find(key) {
    return this.held.find((entry) => entry.key === key)
  }

  hasExpired({ ttl, start }, now) {
    return now - start > ttl
  }

  live(key) {
    requireString(key)
    const entry = this.find(key)
    return entry === undefined || this.hasExpired(entry, this.now()) ? undefined : entry
  }

  drop(entry, counter) {
    this.held.splice(this.held.indexOf(entry), 1)
    if (counter !== undefined) this.stats[counter]++
  }

  promote(entry) {
    this.drop(entry)
    this.held.push(entry)
  }

  // Within one millisecond the first write decides who expires first.
  renew(entry, ttl, start) {
    if (entry.ttl === ttl && entry.start === start) return
    Object.assign(entry, { ttl, start, number: ++this.writes })
  }

  get weight() {
    return this.held.reduce((sum, { weight }) => sum + weight, 0)
  }

  exceeds(key, weight) {
    const others = this.held.filter((entry) => entry.key !== key)
    const total = others.reduce((sum, entry) => sum + entry.weight, weight)
    return (
      (this.maxSize > 0 && others.length + 1 > this.maxSize) ||
      (this.maxWeight > 0 && total > this.maxWeight)
    )
  }

  /** Those with lifetimes of their own go first, by deadline, then the others by their last write. */
  nextExpired(now) {
    const expired = this.held.filter((entry) => this.hasExpired(entry, now))
    const own = expired.filter(({ ttl }) => ttl !== this.ttl)
    if (own.length === 0) return expired.toSorted((a, b) => a.number - b.number)[0]
    const first = Math.min(...own.map(({ start, ttl }) => start + ttl))
    return this.choose(own.filter(({ start, ttl }) => start + ttl === first))
  }

  // Steps with events.

  emit(name, context) {
    try {
      this.options.hooks?.[name]?.(context)
    } catch {
      // As if nothing had happened.
    }
  }

  /** The valid entry of a key; one that has expired is removed and told of. */
  lookUp(key, method) {
    requireString(key)
    const entry = this.find(key)
    const tracked = method === 'get'
    if (entry !== undefined && !this.hasExpired(entry, this.now())) {
      if (tracked) this.stats.hits++
      return entry
    }
    if (entry !== undefined) {
      this.drop(entry, 'expirations')
      this.emit('onExpire', { key, value: entry.value, source: method })
    }
    if (tracked) {
      this.stats.misses++
      this.emit('onMiss', { key, reason: entry === undefined ? 'not_found' : 'expired' })
    }
    return undefined
  }

  /** What a hit found, in an object. */
  hit(key) {
    const entry = this.lookUp(key, 'get')
    if (entry === undefined) return undefined
    this.promote(entry)
    if (this.options.updateAgeOnGet) this.renew(entry, entry.ttl, this.now())
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

  set(key, value, given) {
    requireString(key)
    const { ttl: own, expiresAt, tags } = readLifetime(given)
    let weight = 0
    if (this.maxWeight > 0) {
      weight = this.options.sizeCalculation(value, key)
      if (!Number.isFinite(weight) || weight < 0) throw new RangeError('not a weight')
    }
    const isPast = () => expiresAt !== undefined && expiresAt <= this.now()
    if (isPast()) {
      this.expire(key)
      return
    }
    if (this.maxWeight > 0 && weight > this.maxWeight) {
      this.evict(this.find(key))
      return
    }
    if (this.exceeds(key, weight)) {
      this.prune()
      while (this.exceeds(key, weight)) {
        const victim = this.held.find((entry) => entry.key !== key)
        if (victim === undefined) break
        this.evict(victim)
      }
    }
    // Hooks may have taken their time.
    if (isPast()) {
      this.expire(key)
      return
    }
    const start = this.now()
    const lifetime = expiresAt === undefined ? forEver(own ?? this.ttl) : expiresAt - start
    const isUpdate = this.write({ key, value, weight, tags }, this.shorten(lifetime), start)
    this.emit('onSet', { key, value, isUpdate })
  }

  expire(key) {
    const entry = this.find(key)
    if (entry === undefined) return
    this.drop(entry, 'expirations')
    this.emit('onExpire', { key, value: entry.value, source: 'prune' })
  }

  evict(entry) {
    if (entry === undefined) return
    this.drop(entry, 'evictions')
    this.emit('onEvict', { key: entry.key, value: entry.value })
  }

  write(written, ttl, start) {
    const known = this.find(written.key)
    const entry = known ?? {}
    Object.assign(entry, written)
    this.renew(entry, ttl, start)
    if (known !== undefined) this.drop(entry)
    this.held.push(entry)
    return known !== undefined
  }

  peek(key) {
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
    this.renew(entry, own === undefined ? entry.ttl : this.shorten(forEver(own)), this.now())
    return true
  }

  getRemainingTTL(key) {
    const entry = this.live(key)
    return entry === undefined ? 0 : entry.start + entry.ttl - this.now()
  }

  info(key) {
    const entry = this.live(key)
    if (entry === undefined) return undefined
    const { value, ttl, start, weight } = entry
    const expiresAt = start + ttl
    const remainingTtl = expiresAt - this.now()
    const known = ttl === Infinity ? undefined : start
    const tags = [...entry.tags]
    return { value, ttl, start: known, remainingTtl, expiresAt, weight, stale: false, tags }
  }

  async getOrSet(key, fetcher) {
    requireString(key)
    const joined = this.flights.get(key)
    if (joined) return joined
    const hit = this.hit(key)
    if (hit !== undefined) return hit.value
    let settled = false
    let flight
    flight = (async () => {
      try {
        const fetched = await fetcher()
        this.set(key, fetched)
        return fetched
      } finally {
        settled = true
        if (this.flights.get(key) === flight) this.flights.delete(key)
      }
    })()
    if (!settled) this.flights.set(key, flight)
    return flight
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
    const tags = typeof given === 'string' ? [given] : given
    if (!Array.isArray(tags)) throw new TypeError('neither a tag nor tags')
    tags.forEach(requireString)
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
      this.drop(entry, 'expirations')
      this.emit('onExpire', { key: entry.key, value: entry.value, source: 'prune' })
    }
  }

  size() {
    this.prune()
    return this.held.length
  }

  keys() {
    this.prune()
    return this.rawKeys()
  }

  values() {
    this.prune()
    return this.held.map(({ value }) => value)
  }

  entries() {
    this.prune()
    return this.held.map(({ key, value }) => [key, value])
  }

  getStats() {
    this.prune()
    return this.rawStats()
  }

  resetStats() {
    for (const counter of Object.keys(this.stats)) this.stats[counter] = 0
  }

  // What the differential test compares after each operation, and no one may change by looking.

  rawKeys() {
    return this.held.map(({ key }) => key)
  }

  rawStats() {
    return { ...this.stats, size: this.held.length, weight: this.weight }
  }
}
