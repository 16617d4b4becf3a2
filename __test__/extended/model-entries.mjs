// What a model of a cache holds, how it is ordered and when it expires: an array of entries, the least recently
// used first, that every question is put to by looking at all of them. Nobody is called here but `choose`,
// where nothing says which of several entries is first, as with equal deadlines. What callers see is in model.mjs.

export const forEver = (ttl) => (ttl === 0 ? Infinity : ttl)

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

export class Entries {
  // An entry: key, value, weight, tags, ttl (infinite for ever), grace, start, and a number that says who of
  // the same lifetime was written first.
  held = []
  stats = { hits: 0, misses: 0, evictions: 0, expirations: 0 }
  writes = 0

  constructor(options, { now, choose = ([first]) => first, chooseTagged = ([first]) => first }) {
    const { maxSize = 100, ttl = 300_000, maxWeight = 0, ttlJitter = 0 } = options
    const { staleWhileRevalidate = 0, staleIfError = 0 } = options
    Object.assign(this, { options, now, choose, chooseTagged })
    Object.assign(this, { maxSize, maxWeight, ttl: forEver(ttl) })
    this.grace = Math.max(staleWhileRevalidate, staleIfError)
    // Lists leave out what has expired where anything was ever to be kept, else what was pruned.
    this.keeps = this.grace > 0
    const fraction = ttlJitter > 0 ? splitMix(options.ttlJitterSeed) : undefined
    this.shorten = (lifetime) =>
      fraction === undefined ? lifetime : this.shortened(lifetime, ttlJitter * fraction())
  }

  shortened(lifetime, part) {
    return lifetime === Infinity ? lifetime : Math.ceil(lifetime * (1 - part))
  }

  find(key) {
    return this.held.find((entry) => entry.key === key)
  }

  hasExpired({ ttl, start }, now) {
    return now - start > ttl
  }

  /** Whether it has not only expired: nobody may take it stale any more. */
  isGone({ ttl, grace, start }, now) {
    return now - start > ttl + grace
  }

  live(key) {
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
  renew(entry, ttl, given, start) {
    // What never expires is not kept beyond that.
    const grace = ttl === Infinity ? 0 : given
    if (entry.ttl === ttl && entry.grace === grace && entry.start === start) return
    Object.assign(entry, { ttl, grace, start, number: ++this.writes })
  }

  get weight() {
    return this.held.reduce((sum, { weight }) => sum + weight, 0)
  }

  exceeds({ key, weight }) {
    const others = this.held.filter((entry) => entry.key !== key)
    const total = others.reduce((sum, entry) => sum + entry.weight, weight)
    return (
      (this.maxSize > 0 && others.length + 1 > this.maxSize) ||
      (this.maxWeight > 0 && total > this.maxWeight)
    )
  }

  isStoresOwn({ ttl, grace }) {
    return ttl === this.ttl && (ttl === Infinity || grace === this.grace)
  }

  /**
   * Those with lifetimes of their own go first, by the time up to which they are kept, then the others by their
   * last write.
   */
  nextExpired(now) {
    const gone = this.held.filter((entry) => this.isGone(entry, now))
    const own = gone.filter((entry) => !this.isStoresOwn(entry))
    if (own.length === 0) return gone.toSorted((a, b) => a.number - b.number)[0]
    const end = ({ start, ttl, grace }) => start + ttl + grace
    const first = Math.min(...own.map(end))
    return this.choose(own.filter((entry) => end(entry) === first))
  }

  /** Of each lifetime the first written goes first; which lifetime does is open. */
  nextKept(now) {
    const kept = this.held.filter((entry) => entry.grace > 0 && this.hasExpired(entry, now))
    if (kept.length === 0) return undefined
    const isBefore = (other, entry) =>
      other.ttl === entry.ttl && other.grace === entry.grace && other.number < entry.number
    return this.choose(kept.filter((entry) => !kept.some((other) => isBefore(other, entry))))
  }
}
