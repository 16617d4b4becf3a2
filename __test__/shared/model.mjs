// The extended contract of a SharedMemoryCache on one thread, with one shard: the model of a MemoryCache,
// whose steps report their events only when they are done, whose late fetches are not stored, and which has
// the conditional writes and the numbers of shared stores. It knows neither native code nor the class.

import {
  readEntries,
  readFetch,
  readKeys,
  readLifetime,
  readTags,
  readTtl,
  requireString,
} from '../extended/model-arguments.mjs'
import { Model } from '../extended/model.mjs'

const present = (version) => version !== undefined
const absent = (version) => version === undefined

export class SharedModel extends Model {
  isStepping = false
  events = []
  versions = 0

  // Lists leave out what has expired.
  keeps = true

  /**
   * What things take, in bytes: `bytesOf.entry(value, key)` without tags, `bytesOf.list(tags)` what an entry takes
   * for its tags, `bytesOf.tag(tag)` a tag that entries share.
   */
  constructor({ maxBytes = 0, ...options }, { bytesOf, ...surroundings }) {
    const maxWeight = maxBytes > 0 ? maxBytes : Infinity
    super({ ...options, maxWeight, sizeCalculation: bytesOf.entry }, surroundings)
    this.bytesOf = bytesOf
    this.isBounded = maxBytes > 0
  }

  // Steps.

  /** Runs a step that calls nobody, and reports what it has caused afterwards. */
  step(run) {
    if (this.isStepping) return run()
    this.isStepping = true
    let outcome
    try {
      outcome = run()
    } finally {
      this.isStepping = false
    }
    for (const [name, context] of this.events.splice(0)) super.emit(name, context)
    return outcome
  }

  emit(name, context) {
    this.events.push([name, context])
  }

  write(entry, ...rest) {
    const isUpdate = super.write(entry, ...rest)
    this.find(entry.key).version = ++this.versions
    return isUpdate
  }

  /** The live entry of a key. One that has expired is removed, unless it is kept. */
  validEntry(key, source) {
    const entry = this.find(key)
    if (entry === undefined || !this.hasExpired(entry, this.now())) return entry
    if (this.isGone(entry, this.now())) {
      this.drop(entry, 'expirations')
      this.emit('onExpire', { key, value: entry.value, source })
    }
    return undefined
  }

  place({ weight, ...written }, lifetime) {
    const { tags = [] } = lifetime
    super.place({ ...written, weight: weight + this.bytesOf.list(tags) }, { ...lifetime, tags })
  }

  bytesOfTags(tags) {
    return [...new Set(tags)].reduce((sum, tag) => sum + this.bytesOf.tag(tag), 0)
  }

  isTooHeavy({ weight, tags }) {
    return weight + this.bytesOfTags(tags) > this.maxWeight
  }

  // The tags that there are, and those that come, leave entries less room.
  exceeds({ weight, tags, ...written }) {
    const there = this.held.flatMap((entry) => entry.tags)
    return super.exceeds({ ...written, weight: weight + this.bytesOfTags([...there, ...tags]) })
  }

  // Lists do not count it as a use.
  noteMissOfKept() {}

  isPast({ expiresAt }) {
    return expiresAt !== undefined && expiresAt <= this.now()
  }

  /** Whether it was stored. */
  put(key, value, given, grace) {
    const before = this.versions
    super.set(key, value, given, grace)
    return this.versions > before
  }

  /** The same, or undefined if the condition on the version does not hold. */
  putIf(holds, key, value, given) {
    return this.step(() => {
      if (!holds(this.validEntry(key, 'has')?.version)) return undefined
      this.overtake(key)
      return this.put(key, value, given)
    })
  }

  /** Whether the condition held and the entry was removed, by `removal`. */
  removeIf(holds, key, removal) {
    return this.step(() => {
      if (!holds(this.validEntry(key, 'has')?.version)) return false
      this.overtake(key)
      removal()
      return true
    })
  }

  /** What is written or removed while it is fetched is newer than what will be fetched. */
  overtake(key) {
    this.flights.delete(key)
  }

  removeAll(matches, source) {
    return this.step(() => {
      for (const key of [...this.flights.keys()].filter(matches)) this.overtake(key)
      return super.removeAll(matches, source)
    })
  }

  // What callers see.

  get(key) {
    return this.step(() => super.get(key))
  }

  has(key) {
    return this.step(() => super.has(key))
  }

  getMany(given) {
    return this.step(() => {
      const found = super.getMany(given)
      // Natively, reads only remove: hits and misses are told when all are done.
      const isRead = ([name]) => name !== 'onExpire'
      this.events.sort((a, b) => isRead(a) - isRead(b))
      return found
    })
  }

  hasMany(given) {
    return this.step(() => super.hasMany(given))
  }

  deleteMany(given) {
    return this.step(() => readKeys(given).map((key) => this.removeBy('delete', key)))
  }

  setMany(given, options) {
    const entries = readEntries(given)
    readLifetime(options)
    this.step(() => {
      for (const [key, value] of entries) this.set(key, value, options)
    })
  }

  prune() {
    return this.step(() => super.prune())
  }

  set(key, value, given) {
    requireString(key)
    readLifetime(given)
    this.step(() => {
      this.overtake(key)
      this.put(key, value, given)
    })
  }

  setIfAbsent(key, value, given) {
    requireString(key)
    if (this.isPast(readLifetime(given))) return false
    return this.putIf(absent, key, value, given) === true
  }

  replace(key, value, given) {
    requireString(key)
    if (this.isPast(readLifetime(given))) {
      this.removeIf(present, key, () => this.expire(key))
      return false
    }
    return this.putIf(present, key, value, given) === true
  }

  update(key, fn, given) {
    requireString(key)
    if (typeof fn !== 'function') throw new TypeError('not a function')
    const lifetime = readLifetime(given)
    for (;;) {
      const { version, value } = this.live(key) ?? {}
      const isSame = (found) => found === version
      const updated = fn(value)
      if (typeof updated?.then === 'function') throw new TypeError('a promise')
      if (updated === undefined || this.isPast(lifetime)) {
        const removal = () =>
          updated === undefined ? this.remove(key, 'delete') : this.expire(key)
        if (this.removeIf(isSame, key, removal)) return undefined
      } else {
        // It is the same entry: without others it keeps its tags.
        const tags = lifetime.tags ?? this.live(key)?.tags
        const stored = this.putIf(isSame, key, updated, { ...lifetime, tags })
        if (stored !== undefined) return stored ? updated : undefined
      }
    }
  }

  increment(key, by = 1, given = {}) {
    requireString(key)
    const options = given ?? {}
    if (typeof options !== 'object') throw new TypeError('not an object')
    return this.add(key, by, { ttl: options.ttl })?.value
  }

  incrementEntry(key, by = 1, given = {}) {
    requireString(key)
    const options = given ?? {}
    if (typeof options !== 'object') throw new TypeError('not an object')
    if (typeof (options.onlyIfPresent ?? false) !== 'boolean') throw new TypeError('not a boolean')
    return this.add(key, by, options)
  }

  add(key, by, { ttl, onlyIfPresent = false }) {
    requireString(key)
    if (typeof by !== 'number' || Number.isNaN(by)) throw new TypeError('not a number')
    const own = readTtl(ttl)
    return this.step(() => {
      const entry = this.validEntry(key, 'get')
      if (entry === undefined) return onlyIfPresent ? undefined : this.begin(key, by, own)
      if (typeof entry.value !== 'number') throw new TypeError('something else is there')
      const sum = entry.value + by
      if (Number.isNaN(sum)) throw new TypeError('no sum')
      entry.value = sum
      entry.version = ++this.versions
      this.promote(entry)
      this.overtake(key)
      const { value } = entry
      this.emit('onSet', { key, value, isUpdate: true })
      return { value, remainingTtl: entry.start + entry.ttl - this.now(), created: false }
    })
  }

  begin(key, value, own) {
    if (!this.put(key, value, own)) throw new RangeError('too large')
    this.overtake(key)
    return { value, remainingTtl: this.getRemainingTTL(key), created: true }
  }

  take(key) {
    requireString(key)
    return this.step(() => {
      const entry = this.lookUp(key, 'get')
      this.overtake(key)
      if (entry === undefined) return undefined
      const { value } = entry
      this.emit('onHit', { key, value })
      this.remove(key, 'delete')
      return value
    })
  }

  async getOrSet(key, fetcher, options) {
    requireString(key)
    const wanted = readFetch(options, this.options)
    const { forceRefresh, informs, staleWhileRevalidate } = wanted
    // 0 is within no lateness.
    const within = forceRefresh ? 0 : staleWhileRevalidate
    const known = this.info(key)
    const kept = this.stale(key, within)
    const joined = this.flights.get(key)
    if (joined !== undefined && !this.isOutdone(joined, key, wanted)) {
      if (kept === undefined) return this.outcomeFor(key, joined, wanted)
      this.step(() => this.lookUp(key, 'get'))
      this.staleServed++
      return kept.value
    }
    const isRefresh = kept !== undefined
    const flight = { isRefresh, renews: isRefresh || forceRefresh, tags: wanted.tags }
    const hit = this.step(() => (forceRefresh ? undefined : this.hit(key)))
    if (hit !== undefined) return hit.value
    if (isRefresh) this.staleServed++
    // Hooks of the miss have written or removed before the fetch, not after it.
    this.fetch(key, flight, fetcher, wanted, informs ? known?.value : undefined)
    return kept === undefined ? this.outcomeFor(key, flight, wanted) : kept.value
  }

  keep(key, flight, fetched, given, grace) {
    this.step(() => {
      if (this.flights.get(key) === flight) this.put(key, fetched, given, grace)
    })
  }

  delete(key) {
    requireString(key)
    return this.removeBy('delete', key)
  }

  async deleteAsync(key) {
    requireString(key)
    return this.removeBy('deleteAsync', key)
  }

  deleteByTag(given) {
    const tags = readTags(given)
    const isTagged = (tagged) => tagged.tags?.some((tag) => tags.includes(tag)) === true
    return this.step(() => {
      const fetched = [...this.flights].filter(([, flight]) => isTagged(flight))
      for (const [key] of fetched) this.overtake(key)
      for (const { key } of this.held.filter(isTagged)) this.overtake(key)
      return super.deleteByTag(tags)
    })
  }

  removeBy(source, key) {
    return this.step(() => {
      this.overtake(key)
      return this.remove(key, source)
    })
  }

  counted() {
    const bytes = this.weight + this.bytesOfTags(this.held.flatMap(({ tags }) => tags))
    return { ...super.counted(), weight: this.isBounded ? bytes : 0 }
  }
}
