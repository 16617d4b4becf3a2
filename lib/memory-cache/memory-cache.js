// The class that users see: argument checks, the fast paths and results. Steps that call hooks are
// in state.js; which entry goes when is decided natively.
'use strict'

const { readEntries, readKeys } = require('../common/batches.js')
const { captureClock } = require('../common/clock.js')
const {
  areExpirationsObserved,
  areReadsObserved,
  areWritesObserved,
} = require('../common/diagnostics.js')
const { addDisposal } = require('../common/disposal.js')
const { readDump } = require('../common/dumps.js')
const {
  asCalledBy,
  checkedFor,
  closedCache,
  invalidArgument,
  methodsOf,
} = require('../common/errors.js')
const { addInspection } = require('../common/inspection.js')
const { addForEach, scanned } = require('../common/iteration.js')
const { cutKeys } = require('../common/keys.js')
const { readFetchOptions } = require('../common/fetch-options.js')
const { STORES_OWN, readLifetime, readTtl } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const { readRestore, readSave, STRUCTURED } = require('../common/snapshot-options.js')
const { readTagsToDelete } = require('../common/tags.js')
const { deleteMany, getMany, hasMany, setMany } = require('./batches.js')
const { CONTENTS, kContents } = require('./contents.js')
const { getOrFetch } = require('./get-or-set.js')
const { inspect, peek, remainingTtl, touch } = require('./lifetimes.js')
const { announceChange, reveal, seeThrough } = require('./membranes.js')
const { CacheView } = require('./namespace.js')
const { readLimits, readOptions } = require('./options.js')
const { dump, endSnapshot, load, openSnapshot, restore, save } = require('./snapshots.js')
const {
  ABSENT,
  CHUNK_BITS,
  CHUNK_MASK,
  FREED,
  State,
  clear,
  close,
  dropFreed,
  kState,
  listValidKeys,
  prune,
  read,
  remove,
  removeMatching,
  scan,
  statistics,
  summarize,
  take,
  timeOfList,
  usesNativeClock,
  valueAt,
} = require('./state.js')
const { removeTagged } = require('./tags.js')
const { resize, write } = require('./writes.js')

const { NOT_A_STRING, STALE, get: getSlot, has: hasSlot, set: setSlot, setFor: setSlotFor } = native

// Whether one native step does a whole `set`. The first lifetime of its own has a cache begin to expire.
function isDirect({ directSet, timed }, options) {
  return (
    directSet && (options === undefined || (timed && typeof options === 'number' && options >= 0))
  )
}

class MemoryCache {
  #state

  constructor(options = {}) {
    captureClock()
    const checked = checkedFor(MemoryCache, () => readOptions(options))
    const state = new State(this, checked)
    this.#state = state
    // Neither read-only nor fixed, or a proxy could not wrap it.
    Object.defineProperty(this, kState, { value: state, writable: true, configurable: true })
    Object.defineProperty(this, kContents, CONTENTS)
    if (checked.snapshot !== undefined) openSnapshot(this, state, checked.snapshot)
  }

  static #openOrClosed(cache) {
    return #state in cache ? cache.#state : reveal(cache[kState])
  }

  static #stateOf(cache) {
    const state = MemoryCache.#openOrClosed(cache)
    if (state.closed) throw closedCache()
    return state
  }

  // A proxy that wraps what is read through it wraps values, too.
  static #seenBy(cache, value) {
    return #state in cache ? value : seeThrough(cache[kState], value)
  }

  static #changed(cache) {
    if (!(#state in cache)) announceChange(cache[kState])
  }

  get renewsOnGet() {
    return MemoryCache.#openOrClosed(this).lifetimes.updateAgeOnGet
  }

  // Methods that are one native step; where hooks are to hear of it, one for each event.

  get(key) {
    if (#state in this) {
      const state = this.#state
      if (state.direct && !areReadsObserved() && usesNativeClock(state)) {
        const slot = getSlot(state.id, key)
        const { values } = state
        if (slot >= 0) return values[slot >> CHUNK_BITS][slot & CHUNK_MASK]
        if (slot === NOT_A_STRING) throw notAString('get', 'key', key)
        // Counted already.
        if (slot === STALE) return undefined
        values[-slot >> CHUNK_BITS][-slot & CHUNK_MASK] = undefined
        native.countMiss(state.id)
        return undefined
      }
    }
    requireString('get', 'key', key)
    const value = read(MemoryCache.#stateOf(this), key, 'get')
    return value === ABSENT ? undefined : MemoryCache.#seenBy(this, value)
  }

  has(key) {
    if (#state in this) {
      const state = this.#state
      if (state.direct && !areExpirationsObserved() && usesNativeClock(state)) {
        const slot = hasSlot(state.id, key)
        if (slot >= 0) return slot > 0
        if (slot === NOT_A_STRING) throw notAString('has', 'key', key)
        if (slot === STALE) return false
        state.values[-slot >> CHUNK_BITS][-slot & CHUNK_MASK] = undefined
        return false
      }
    }
    requireString('has', 'key', key)
    return read(MemoryCache.#stateOf(this), key, 'has') !== ABSENT
  }

  // `options` have a default: they do not count in the method's length.
  set(key, value, options = undefined) {
    // A `set` that needs room calls `prune` where somebody has replaced it: a subclass, a spy, a proxy.
    const fused = #state in this && this.prune === genuine.prune
    if (fused) {
      const state = this.#state
      if (isDirect(state, options) && !areWritesObserved() && usesNativeClock(state)) {
        const written =
          options === undefined ? setSlot(state.id, key) : setSlotFor(state.id, key, options)
        if (written === NOT_A_STRING) throw notAString('set', 'key', key)
        const slot = written >> 2
        ;(state.values[slot >> CHUNK_BITS] ??= [])[slot & CHUNK_MASK] = value
        if ((written & FREED) !== 0) dropFreed(state)
        return
      }
    }
    requireString('set', 'key', key)
    const own = options === undefined ? STORES_OWN : readLifetime(genuine.set, 'set', options)
    write(this, MemoryCache.#stateOf(this), key, value, fused, own)
    MemoryCache.#changed(this)
  }

  peek(key) {
    requireString('peek', 'key', key)
    return MemoryCache.#seenBy(this, peek(MemoryCache.#stateOf(this), key))
  }

  take(key) {
    requireString('take', 'key', key)
    const value = take(MemoryCache.#stateOf(this), key)
    if (value === ABSENT) return undefined
    MemoryCache.#changed(this)
    return MemoryCache.#seenBy(this, value)
  }

  touch(key, ttl = undefined) {
    requireString('touch', 'key', key)
    const touched = touch(MemoryCache.#stateOf(this), key, readTtl(genuine.touch, 'touch', ttl))
    if (touched) MemoryCache.#changed(this)
    return touched
  }

  getRemainingTTL(key) {
    requireString('getRemainingTTL', 'key', key)
    return remainingTtl(MemoryCache.#stateOf(this), key)
  }

  info(key) {
    requireString('info', 'key', key)
    const state = MemoryCache.#stateOf(this)
    const known = inspect(state, key)
    if (known === undefined) return undefined
    const { slot, facts } = known
    return { value: MemoryCache.#seenBy(this, valueAt(state.values, slot)), ...facts }
  }

  delete(key) {
    requireString('delete', 'key', key)
    const removed = remove(MemoryCache.#stateOf(this), key, 'delete')
    if (removed) MemoryCache.#changed(this)
    return removed
  }

  // eslint-disable-next-line require-await -- errors must reject and not throw
  async deleteAsync(key) {
    requireString('deleteAsync', 'key', key)
    const removed = remove(MemoryCache.#stateOf(this), key, 'deleteAsync')
    if (removed) MemoryCache.#changed(this)
    // As late as in the published package: a returned promise takes two microtasks more.
    return Promise.resolve(removed)
  }

  getMany(keys) {
    const list = readKeys(genuine.getMany, 'getMany', keys)
    const values = getMany(MemoryCache.#stateOf(this), list)
    return #state in this ? values : values.map((value) => MemoryCache.#seenBy(this, value))
  }

  hasMany(keys) {
    const list = readKeys(genuine.hasMany, 'hasMany', keys)
    return hasMany(MemoryCache.#stateOf(this), list)
  }

  setMany(entries, options = undefined) {
    const list = readEntries(genuine.setMany, entries)
    const own = readLifetime(genuine.setMany, 'setMany', options)
    const fused = #state in this && this.prune === genuine.prune
    setMany(this, MemoryCache.#stateOf(this), list, fused, own)
    MemoryCache.#changed(this)
  }

  deleteMany(keys) {
    const list = readKeys(genuine.deleteMany, 'deleteMany', keys)
    const removed = deleteMany(MemoryCache.#stateOf(this), list)
    if (removed.includes(true)) MemoryCache.#changed(this)
    return removed
  }

  clear() {
    clear(MemoryCache.#stateOf(this))
    MemoryCache.#changed(this)
  }

  deleteByPrefix(prefix) {
    requireString('deleteByPrefix', 'prefix', prefix)
    const count = removeMatching(MemoryCache.#stateOf(this), prefix, false, 'deleteByPrefix')
    if (count > 0) MemoryCache.#changed(this)
    return count
  }

  deleteByMagicString(pattern) {
    requireString('deleteByMagicString', 'pattern', pattern)
    const count = removeMatching(MemoryCache.#stateOf(this), pattern, true, 'deleteByMagicString')
    if (count > 0) MemoryCache.#changed(this)
    return count
  }

  deleteByTag(tags) {
    const wanted = readTagsToDelete(genuine.deleteByTag, tags)
    const count = removeTagged(MemoryCache.#stateOf(this), wanted)
    if (count > 0) MemoryCache.#changed(this)
    return count
  }

  prune() {
    const count = prune(MemoryCache.#stateOf(this))
    if (count > 0) MemoryCache.#changed(this)
    return count
  }

  getMetrics() {
    const { id, refreshErrors, staleServed, snapshot } = MemoryCache.#stateOf(this)
    const [bytes, entries, slots, hits, misses] = native.metrics(id)
    const reads = hits + misses
    const hitRatio = reads === 0 ? undefined : hits / reads
    const snapshotErrors = snapshot === undefined ? 0 : snapshot.failures
    return { bytes, entries, slots, hitRatio, refreshErrors, staleServed, snapshotErrors }
  }

  resetStats() {
    native.resetStats(MemoryCache.#stateOf(this).id)
    MemoryCache.#changed(this)
  }

  // Methods that are made of others, or of several steps.

  async getOrSet(key, fetcher, options = undefined) {
    requireString('getOrSet', 'key', key)
    const { lifetimes } = MemoryCache.#stateOf(this)
    const wanted = readFetchOptions(genuine.getOrSet, options, lifetimes)
    // After the options: a getter may have closed the cache.
    return getOrFetch(this, MemoryCache.#stateOf(this), key, fetcher, wanted)
  }

  size() {
    this.prune()
    return native.size(MemoryCache.#stateOf(this).id)
  }

  keys() {
    this.prune()
    return listValidKeys(MemoryCache.#stateOf(this))
  }

  values() {
    this.prune()
    const state = MemoryCache.#stateOf(this)
    const { id, values } = state
    const slots = native.slots(id, timeOfList(state))
    const result = []
    for (let i = 0; i < slots.length; i++) {
      result[i] = MemoryCache.#seenBy(this, valueAt(values, slots[i]))
    }
    return result
  }

  entries() {
    this.prune()
    const state = MemoryCache.#stateOf(this)
    const { id, values } = state
    const joined = native.keys(id, timeOfList(state))
    const { slots } = joined
    const keys = cutKeys(joined)
    const result = []
    for (let i = 0; i < keys.length; i++) {
      result[i] = [keys[i], MemoryCache.#seenBy(this, valueAt(values, slots[i]))]
    }
    return result
  }

  scan(pattern = undefined) {
    const wildcard = pattern !== undefined
    if (wildcard) requireString('scan', 'pattern', pattern)
    MemoryCache.#stateOf(this)
    return scanned((from) => {
      const { entries, next } = scan(MemoryCache.#stateOf(this), from, pattern ?? '', wildcard)
      return {
        entries: entries.map(([key, value]) => [key, MemoryCache.#seenBy(this, value)]),
        next,
      }
    })
  }

  getStats() {
    this.prune()
    return statistics(MemoryCache.#stateOf(this))
  }

  resize(limits) {
    const state = MemoryCache.#stateOf(this)
    resize(
      this,
      state,
      checkedFor(genuine.resize, () => readLimits(limits, state)),
    )
    MemoryCache.#changed(this)
  }

  withNamespace(prefix) {
    requireString('withNamespace', 'prefix', prefix)
    MemoryCache.#stateOf(this)
    return new CacheView(this, prefix)
  }

  dump() {
    return dump(MemoryCache.#stateOf(this), (value) => MemoryCache.#seenBy(this, value))
  }

  load(entries) {
    const dumped = readDump(genuine.load, entries)
    load(this, MemoryCache.#stateOf(this), dumped)
    MemoryCache.#changed(this)
  }

  async save(path, options = undefined) {
    const state = MemoryCache.#stateOf(this)
    return save(state, readSave(genuine.save, path, options, state.snapshot ?? STRUCTURED))
  }

  async restore(path, options = undefined) {
    const state = MemoryCache.#stateOf(this)
    const wanted = readRestore(genuine.restore, path, options, state.snapshot ?? STRUCTURED)
    const restored = await restore(this, state, wanted)
    MemoryCache.#changed(this)
    return restored
  }

  close() {
    const state = MemoryCache.#openOrClosed(this)
    endSnapshot(state)
    close(state)
    MemoryCache.#changed(this)
  }

  async flushHooks() {
    await MemoryCache.#stateOf(this).deferred?.flushed()
  }
}

addForEach(MemoryCache)
addDisposal(MemoryCache)
addInspection(MemoryCache, (cache) => summarize(reveal(cache[kState])))

const genuine = methodsOf(MemoryCache)

function notAString(method, argument, value) {
  return asCalledBy(genuine[method], invalidArgument(method, argument, value))
}

function requireString(method, argument, value) {
  if (typeof value !== 'string') throw notAString(method, argument, value)
}

module.exports = { MemoryCache, kState }
