// The extended contract of a SharedMemoryCache on one thread, with one shard: the model of a MemoryCache,
// whose steps report their events only when they are done, whose late fetches are not stored, and which has
// the conditional writes and the numbers of shared stores. It knows neither native code nor the class.

import { Model, readLifetime, readTtl, requireString } from '../extended/model.mjs'

const present = (version) => version !== undefined
const absent = (version) => version === undefined

export class SharedModel extends Model {
  isStepping = false
  events = []
  versions = 0

  /** `weigh(value, key)` is what an entry takes, in bytes. */
  constructor({ maxBytes = 0, ...options }, { weigh, ...surroundings }) {
    const maxWeight = maxBytes > 0 ? maxBytes : Infinity
    super({ ...options, maxWeight, sizeCalculation: weigh }, surroundings)
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

  /** The live entry of a key. One that has expired is removed. */
  valid(key, source) {
    const entry = this.find(key)
    if (entry === undefined || !this.hasExpired(entry, this.now())) return entry
    this.drop(entry, 'expirations')
    this.emit('onExpire', { key, value: entry.value, source })
    return undefined
  }

  isPast({ expiresAt }) {
    return expiresAt !== undefined && expiresAt <= this.now()
  }

  /** Whether it was stored. */
  put(key, value, given) {
    const before = this.versions
    super.set(key, value, given)
    return this.versions > before
  }

  /** The same, or undefined if the condition on the version does not hold. */
  putIf(holds, key, value, given) {
    return this.step(() => {
      if (!holds(this.valid(key, 'has')?.version)) return undefined
      this.overtake(key)
      return this.put(key, value, given)
    })
  }

  /** Whether the condition held and the entry was removed, by `removal`. */
  removeIf(holds, key, removal) {
    return this.step(() => {
      if (!holds(this.valid(key, 'has')?.version)) return false
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
        if (version === undefined) return undefined
        const removal = () =>
          updated === undefined ? this.remove(key, 'delete') : this.expire(key)
        if (this.removeIf(isSame, key, removal)) return undefined
      } else {
        const stored = this.putIf(isSame, key, updated, given)
        if (stored !== undefined) return stored ? updated : undefined
      }
    }
  }

  increment(key, by = 1, options = {}) {
    return this.add(key, by, { ttl: options?.ttl })?.value
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
      const entry = this.valid(key, 'get')
      if (entry === undefined) return onlyIfPresent ? undefined : this.begin(key, by, own)
      if (typeof entry.value !== 'number') throw new TypeError('something else is there')
      entry.value += by
      entry.version = ++this.versions
      this.promote(entry)
      this.overtake(key)
      const { value } = entry
      this.emit('onSet', { key, value, isUpdate: true })
      return { value, remainingTtl: entry.start + entry.ttl - this.now(), created: false }
    })
  }

  begin(key, value, own) {
    this.overtake(key)
    const remainingTtl = this.put(key, value, own) ? this.getRemainingTTL(key) : 0
    return { value, remainingTtl, created: true }
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

  async getOrSet(key, fetcher) {
    requireString(key)
    const joined = this.flights.get(key)
    if (joined !== undefined) return joined.landed
    const flight = {}
    const hit = this.step(() => {
      const found = this.hit(key)
      if (found === undefined) this.flights.set(key, flight)
      return found
    })
    if (hit !== undefined) return hit.value
    // Hooks of the miss have written or removed before the fetch, not after it.
    this.flights.set(key, flight)
    flight.landed = this.fetch(key, flight, fetcher)
    return flight.landed
  }

  async fetch(key, flight, fetcher) {
    const isCurrent = () => this.flights.get(key) === flight
    try {
      const fetched = await fetcher()
      this.step(() => {
        if (isCurrent()) this.put(key, fetched)
      })
      return fetched
    } finally {
      if (isCurrent()) this.flights.delete(key)
    }
  }

  delete(key) {
    requireString(key)
    return this.removeBy('delete', key)
  }

  async deleteAsync(key) {
    requireString(key)
    return this.removeBy('deleteAsync', key)
  }

  removeBy(source, key) {
    return this.step(() => {
      this.overtake(key)
      return this.remove(key, source)
    })
  }

  rawStats() {
    return { ...super.rawStats(), weight: this.isBounded ? this.weight : 0 }
  }
}
