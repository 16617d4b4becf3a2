// The class that users see: argument checks, the fast paths and results. Steps that call hooks are
// in state.js; which entry goes when is decided natively.
'use strict'

const { captureClock } = require('../common/clock.js')
const { invalidArgument } = require('../common/errors.js')
const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const { readOptions } = require('./options.js')
const {
  ABSENT,
  FREED,
  State,
  clear,
  dropFreed,
  listKeys,
  prune,
  read,
  remove,
  removeMatching,
  usesNativeClock,
  write,
} = require('./state.js')

const { NOT_A_STRING, get: getSlot, has: hasSlot, set: setSlot } = native

// A symbol and not a private field: an instance must work through a Proxy, as the published one does.
const kState = Symbol('native-memory-cache.state')

function requireString(method, argument, value) {
  if (typeof value !== 'string') throw invalidArgument(method, argument, value)
}

class MemoryCache {
  constructor(options = {}) {
    captureClock()
    Object.defineProperty(this, kState, { value: new State(readOptions(options)) })
  }

  get(key) {
    const state = this[kState]
    if (state.direct && usesNativeClock(state)) {
      const slot = getSlot(state.id, key)
      const { values } = state
      if (slot >= 0) return values[slot]
      if (slot === NOT_A_STRING) throw invalidArgument('get', 'key', key)
      values[-slot] = undefined
      native.countMiss(state.id)
      return undefined
    }
    const value = read(state, key, 'get')
    return value === ABSENT ? undefined : value
  }

  has(key) {
    const state = this[kState]
    if (state.direct && usesNativeClock(state)) {
      const slot = hasSlot(state.id, key)
      if (slot >= 0) return slot > 0
      if (slot === NOT_A_STRING) throw invalidArgument('has', 'key', key)
      state.values[-slot] = undefined
      return false
    }
    return read(state, key, 'has') !== ABSENT
  }

  set(key, value) {
    const state = this[kState]
    const fused = this.prune === genuinePrune
    if (fused && state.directSet && usesNativeClock(state)) {
      const written = setSlot(state.id, key)
      if (written === NOT_A_STRING) throw invalidArgument('set', 'key', key)
      state.values[written >> 2] = value
      if ((written & FREED) !== 0) dropFreed(state)
    } else {
      write(this, state, key, value, fused)
    }
  }

  async getOrSet(key, fetcher) {
    const state = this[kState]
    requireString('getOrSet', 'key', key)
    const joined = state.inFlight?.get(key)
    if (joined) return joined
    const value = read(state, key, 'get')
    if (value !== ABSENT) return value
    let settled = false
    const flight = (async () => {
      try {
        const fetched = await fetcher()
        this.set(key, fetched)
        return fetched
      } finally {
        settled = true
        state.inFlight?.delete(key)
      }
    })()
    // A fetcher that throws synchronously has settled the flight already.
    if (!settled) (state.inFlight ??= new Map()).set(key, flight)
    return flight
  }

  delete(key) {
    return remove(this[kState], key, 'delete')
  }

  // eslint-disable-next-line require-await -- errors must reject and not throw
  async deleteAsync(key) {
    return remove(this[kState], key, 'deleteAsync')
  }

  clear() {
    clear(this[kState])
  }

  deleteByPrefix(prefix) {
    requireString('deleteByPrefix', 'prefix', prefix)
    return removeMatching(this[kState], prefix, false, 'deleteByPrefix')
  }

  deleteByMagicString(pattern) {
    requireString('deleteByMagicString', 'pattern', pattern)
    return removeMatching(this[kState], pattern, true, 'deleteByMagicString')
  }

  size() {
    this.prune()
    return native.size(this[kState].id)
  }

  keys() {
    this.prune()
    return listKeys(this[kState])
  }

  values() {
    this.prune()
    const { id, values } = this[kState]
    const slots = native.slots(id)
    const result = []
    for (let i = 0; i < slots.length; i++) result[i] = values[slots[i]]
    return result
  }

  entries() {
    this.prune()
    const { id, values } = this[kState]
    const joined = native.keys(id)
    const { slots } = joined
    const keys = cutKeys(joined)
    const result = []
    for (let i = 0; i < keys.length; i++) result[i] = [keys[i], values[slots[i]]]
    return result
  }

  getStats() {
    this.prune()
    const [hits, misses, evictions, expirations, size, weight] = native.stats(this[kState].id)
    return { hits, misses, evictions, expirations, size, weight }
  }

  resetStats() {
    native.resetStats(this[kState].id)
  }

  prune() {
    return prune(this[kState])
  }

  async flushHooks() {
    await this[kState].deferred?.flushed()
  }
}

// A `set` that needs room calls `prune` where somebody has replaced it: a subclass, a spy.
const genuinePrune = MemoryCache.prototype.prune

module.exports = { MemoryCache, kState }
