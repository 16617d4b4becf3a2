// The class over a store that all threads share: values go in and come out as copies. Steps are
// native and atomic; this file encodes, decodes and calls hooks.
'use strict'

const { readEntries, readKeys } = require('../common/batches.js')
const { captureClock, isGenuine } = require('../common/clock.js')
const {
  asCalledBy,
  checkedFor,
  invalidArgument,
  invalidNumber,
  methodsOf,
  noSuchStore,
} = require('../common/errors.js')
const { readFetchOptions } = require('../common/fetch-options.js')
const { addDisposal } = require('../common/disposal.js')
const { readDump } = require('../common/dumps.js')
const { addInspection } = require('../common/inspection.js')
const { addForEach, addIterator, scanned } = require('../common/iteration.js')
const { cutKeys } = require('../common/keys.js')
const { readTtl } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const { readRestore, readSave } = require('../common/snapshot-options.js')
const { deleteMany, getMany, hasMany, setMany } = require('./batches.js')
const { decodeFound, encodeError } = require('../common/codec.js')
const { getOrFetch } = require('./get-or-set.js')
const { genuine, holding, kState, open, requireKey } = require('./handle.js')
const { readLimits } = require('./options.js')
const { SharedCacheView } = require('./namespace.js')
const {
  readInfo,
  readNear,
  readOutcome,
  decodeEntries,
  scanEntries,
  takenOutcome,
} = require('./reads.js')
const { dump, load, restore, save } = require('./snapshots.js')
const { SharedState, readMetrics, summarize } = require('./state.js')
const { ABSENT, ANY, PRESENT, STARTED, deliver, ownTime, readArguments } = require('./steps.js')
const {
  add,
  readAddition,
  readOwnLifetime,
  readStart,
  removeMatching,
  write,
  writeOver,
} = require('./writes.js')
const { removeTagged } = require('./tags.js')

const { answers, answeredNumber, sharedGet, sharedTake } = native

class SharedMemoryCache {
  constructor(options) {
    captureClock()
    holding(
      this,
      checkedFor(SharedMemoryCache, () => new SharedState(options)),
    )
  }

  static names() {
    // An array of the caller's realm.
    return [...native.sharedNames()]
  }

  static attach(name, options = undefined) {
    if (typeof name !== 'string') {
      throw asCalledBy(SharedMemoryCache.attach, invalidArgument('attach', 'name', name))
    }
    captureClock()
    // No store has the empty name.
    const value =
      name === ''
        ? undefined
        : checkedFor(SharedMemoryCache.attach, () => SharedState.attach(name, options))
    if (value === undefined) throw asCalledBy(SharedMemoryCache.attach, noSuchStore(name))
    return holding(Object.create(SharedMemoryCache.prototype), value)
  }

  static destroy(name) {
    if (typeof name !== 'string') {
      throw asCalledBy(SharedMemoryCache.destroy, invalidArgument('destroy', 'name', name))
    }
    const reason = encodeError(new Error(`the shared store "${name}" was destroyed`))
    return native.destroyShared(name, reason.tag, reason.payload)
  }

  get name() {
    return this[kState].name
  }

  get renewsOnGet() {
    return this[kState].lifetimes.updateAgeOnGet
  }

  // Methods that are one native step, whatever other threads do.

  get(key) {
    const state = open(this)
    requireKey('get', key)
    if (state.near !== undefined) return readNear(state, key)
    const payload = isGenuine()
      ? sharedGet(state.index, key)
      : sharedGet(...readArguments(state, key))
    return readOutcome(state, key, answers[0], payload)
  }

  has(key) {
    const state = open(this)
    requireKey('has', key)
    const found = native.sharedHas(...readArguments(state, key))
    deliver(state)
    return found
  }

  set(key, value, options = undefined) {
    write(this, 'set', key, value, ANY, options)
  }

  setIfAbsent(key, value, options = undefined) {
    return write(this, 'setIfAbsent', key, value, ABSENT, options)
  }

  replace(key, value, options = undefined) {
    return write(this, 'replace', key, value, PRESENT, options)
  }

  peek(key) {
    const state = open(this)
    requireKey('peek', key)
    const payload = native.sharedPeek(...readArguments(state, key))
    const [found] = answers
    return found > 0 ? decodeFound(state.codec, found - 1, payload) : undefined
  }

  take(key) {
    const state = open(this)
    requireKey('take', key)
    const payload = sharedTake(...readArguments(state, key))
    return takenOutcome(state, key, answers[0], payload)
  }

  touch(key, ttl = undefined) {
    const state = open(this)
    requireKey('touch', key)
    const own = readTtl(genuine.touch, 'touch', ttl)
    if (isGenuine()) return native.sharedTouch(state.index, key, own)
    // Only a write makes the store one of a clock of the user's.
    if (!native.sharedContains(state.index, key)) return false
    return native.sharedTouch(state.index, key, own, Number(Date.now()))
  }

  getRemainingTTL(key) {
    const state = open(this)
    requireKey('getRemainingTTL', key)
    return native.sharedRemainingTtl(...readArguments(state, key))
  }

  info(key) {
    const state = open(this)
    requireKey('info', key)
    return readInfo(state, key)
  }

  increment(key, by = 1, options = {}) {
    const state = open(this)
    requireKey('increment', key)
    const sum = add(this, 'increment', key, by, readStart('increment', options ?? {}), false)
    deliver(state)
    return sum
  }

  incrementEntry(key, by = 1, options = {}) {
    const state = open(this)
    requireKey('incrementEntry', key)
    const { ttl, onlyIfPresent } = readAddition('incrementEntry', options ?? {})
    const value = add(this, 'incrementEntry', key, by, ttl, onlyIfPresent)
    const created = answers[0] === STARTED
    const remainingTtl = answeredNumber[0]
    deliver(state)
    return value === undefined ? undefined : { value, remainingTtl, created }
  }

  delete(key) {
    const state = open(this)
    requireKey('delete', key)
    const removed = native.sharedDelete(state.index, key, false)
    deliver(state)
    return removed
  }

  async deleteAsync(key) {
    const state = open(this)
    requireKey('deleteAsync', key)
    const removed = native.sharedDelete(state.index, key, true)
    deliver(state)
    return removed
  }

  // Methods that are one native step over many entries, in which each lock is held for some of them at a time.

  getMany(keys) {
    return getMany(this, readKeys(genuine.getMany, 'getMany', keys))
  }

  hasMany(keys) {
    return hasMany(this, readKeys(genuine.hasMany, 'hasMany', keys))
  }

  setMany(entries, options = undefined) {
    const list = readEntries(genuine.setMany, entries)
    setMany(this, list, readOwnLifetime('setMany', options))
  }

  deleteMany(keys) {
    return deleteMany(this, readKeys(genuine.deleteMany, 'deleteMany', keys))
  }

  clear() {
    const state = open(this)
    native.sharedClear(state.index)
    deliver(state)
  }

  deleteByPrefix(prefix) {
    return removeMatching(this, 'deleteByPrefix', prefix, false)
  }

  deleteByMagicString(pattern) {
    return removeMatching(this, 'deleteByMagicString', pattern, true)
  }

  deleteByTag(tags) {
    return removeTagged(this, tags)
  }

  prune() {
    const state = open(this)
    const count = native.sharedPrune(state.index, ownTime())
    deliver(state)
    return count
  }

  resize(limits) {
    open(this)
    const { maxSize, maxBytes } = checkedFor(genuine.resize, () => readLimits(limits))
    const now = ownTime()
    // A getter, or the clock, may have closed the handle.
    const state = open(this)
    native.sharedResize(state.index, maxSize, maxBytes, now)
    deliver(state)
  }

  resetStats() {
    native.sharedResetStats(open(this).index)
  }

  getMetrics() {
    return readMetrics(open(this))
  }

  // Methods that are made of others, or of several steps.

  update(key, fn, options = undefined) {
    open(this)
    requireKey('update', key)
    if (typeof fn !== 'function') {
      throw asCalledBy(genuine.update, invalidNumber('update', 'fn', 'a function', fn))
    }
    return writeOver(this, key, fn, readOwnLifetime('update', options))
  }

  async getOrSet(key, fetcher, options = undefined) {
    requireKey('getOrSet', key)
    const wanted = readFetchOptions(genuine.getOrSet, options, this[kState].lifetimes)
    // After the options: a getter may have closed the handle.
    return getOrFetch(open(this), key, fetcher, wanted)
  }

  size() {
    this.prune()
    return native.sharedStats(open(this).index)[4]
  }

  keys() {
    this.prune()
    return cutKeys(native.sharedKeys(open(this).index, undefined, ownTime()))
  }

  values() {
    return this.entries().map(([, value]) => value)
  }

  entries() {
    this.prune()
    const { index, codec } = open(this)
    return [...decodeEntries(codec, native.sharedEntries(index, undefined, ownTime()))]
  }

  scan(pattern = undefined) {
    open(this)
    const wildcard = pattern !== undefined
    if (wildcard) requireKey('scan', pattern, 'pattern')
    return scanned((from) => scanEntries(this, from, pattern ?? '', wildcard))
  }

  getStats() {
    this.prune()
    const state = open(this)
    const [hits, misses, evictions, expirations, size, bytes] = native.sharedStats(state.index)
    const [, maxBytes] = native.sharedLimits(state.index)
    const weight = maxBytes > 0 ? bytes : 0
    return { hits, misses, evictions, expirations, size, weight }
  }

  dump() {
    return dump(this)
  }

  load(entries) {
    const dumped = readDump(genuine.load, entries)
    load(this, dumped)
  }

  async save(path, options = undefined) {
    return save(this, readSave(genuine.save, path, options))
  }

  async restore(path, options = undefined) {
    return restore(this, readRestore(genuine.restore, path, options))
  }

  withNamespace(prefix) {
    open(this)
    requireKey('withNamespace', prefix, 'prefix')
    return new SharedCacheView(this, prefix)
  }

  close() {
    this[kState].close()
  }
}

addForEach(SharedMemoryCache)
addIterator(SharedMemoryCache)
addDisposal(SharedMemoryCache)
addInspection(SharedMemoryCache, (cache) => summarize(cache[kState]))

Object.assign(genuine, methodsOf(SharedMemoryCache))

module.exports = { SharedMemoryCache }
