// The class over a store that all threads share: values go in and come out as copies. Steps are
// native and atomic; this file encodes, decodes and calls hooks.
'use strict'

const { captureClock, currentTime, isGenuine } = require('../common/clock.js')
const {
  asCalledBy,
  checkedFor,
  closedStore,
  invalidArgument,
  invalidNumber,
  methodsOf,
  noSuchStore,
  notANumber,
} = require('../common/errors.js')
const { readFetchOptions } = require('../common/fetch-options.js')
const { addDisposal } = require('../common/disposal.js')
const { report } = require('../common/hooks.js')
const { addInspection } = require('../common/inspection.js')
const { addForEach, addIterator, scanned } = require('../common/iteration.js')
const { cutKeys } = require('../common/keys.js')
const { STORES_OWN, factsOf, readLifetime, readTtl } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeFound, decodeRow, encode, encodeError } = require('./codec.js')
const { follow, lead, outcomeOf } = require('./flights.js')
const { readLimits } = require('./options.js')
const { SharedState, summarize } = require('./state.js')
const {
  ABSENT,
  ANY,
  NO_NUMBER,
  PRESENT,
  STARTED,
  deliver,
  increment,
  isPast,
  readArguments,
  readVersion,
  removeIf,
  store,
} = require('./steps.js')

const { answers, answeredNumber, sharedGet, sharedTake, sharedVersion } = native

const kState = Symbol('native-memory-cache.shared')

function open(cache) {
  const state = cache[kState]
  if (state.closed) throw closedStore(state.name)
  return state
}

function holding(cache, value) {
  // Neither read-only nor fixed, or a proxy could not wrap it.
  return Object.defineProperty(cache, kState, { value, writable: true, configurable: true })
}

function requireKey(method, key, argument = 'key') {
  if (typeof key !== 'string') {
    throw asCalledBy(genuine[method], invalidArgument(method, argument, key))
  }
}

function hit(state, key, value) {
  if (state.hooks !== undefined) report(state.hooks, 'onHit', { key, value })
  return value
}

function missed(state, key, expired) {
  if (state.hooks === undefined) return
  report(state.hooks, 'onMiss', { key, reason: expired ? 'expired' : 'not_found' })
}

// `found` is what a native read has answered, and `payload` what it has returned.
function readOutcome(state, key, found, payload) {
  if (found > 0) {
    let value
    try {
      value = decodeFound(state.codec, found - 1, payload)
    } finally {
      deliver(state)
    }
    return hit(state, key, value)
  }
  deliver(state)
  missed(state, key, found < 0)
  return undefined
}

function readNear(state, key) {
  const version = isGenuine()
    ? sharedVersion(state.index, key)
    : sharedVersion(...readArguments(state, key))
  if (version > 0) {
    const known = state.near.get(version)
    if (known !== undefined) return hit(state, key, known.value)
    const payload = native.foundValue()
    const [found, bytes] = answers
    const value = decodeFound(state.codec, found - 1, payload)
    // A codec may close the handle.
    state.near?.set(key, version, value, bytes)
    return hit(state, key, value)
  }
  state.near.delete(key)
  deliver(state)
  missed(state, key, version < 0)
  return undefined
}

function readOwnLifetime(method, options) {
  return options === undefined ? STORES_OWN : readLifetime(genuine[method], method, options)
}

// Whether it was stored; `condition` is one of those that steps.js has.
function write(cache, method, key, value, condition, options) {
  const state = open(cache)
  requireKey(method, key)
  const own = readOwnLifetime(method, options)
  const encoded = encode(state.codec, value)
  const past = isPast(own)
  // A codec, a getter or a clock may have closed the handle.
  open(cache)
  if (past) {
    if (condition === PRESENT) removeIf(state, key, PRESENT, true)
    else if (condition !== ABSENT) native.sharedExpire(state.index, key)
    deliver(state)
    return false
  }
  const stored = store(state, key, encoded, condition, own)
  deliver(state)
  return stored === true
}

// Adds to a number: the sum, or undefined if there is none and none was to be started. The rest is as
// `increment` in steps.js leaves it.
function add(cache, method, key, by, ttl, onlyIfPresent) {
  if (typeof by !== 'number' || Number.isNaN(by)) {
    throw asCalledBy(genuine[method], invalidNumber(method, 'by', 'a number', by))
  }
  const own = readTtl(genuine[method], method, ttl)
  // A getter of the options may have closed the handle.
  const sum = increment(open(cache), key, by, own, onlyIfPresent)
  if (answers[0] === NO_NUMBER) throw asCalledBy(genuine[method], notANumber(method, key))
  return sum
}

// The options of an addition.
function readAddition(method, options) {
  if (typeof options !== 'object') {
    throw asCalledBy(genuine[method], invalidNumber(method, 'options', 'an object', options))
  }
  const { ttl } = options
  const onlyIfPresent = options.onlyIfPresent ?? false
  if (typeof onlyIfPresent !== 'boolean') {
    const error = invalidNumber(method, 'onlyIfPresent', 'a boolean', onlyIfPresent)
    throw asCalledBy(genuine[method], error)
  }
  return { ttl, onlyIfPresent }
}

function removeMatching(cache, method, pattern, wildcard) {
  const state = open(cache)
  requireKey(method, pattern, wildcard ? 'pattern' : 'prefix')
  const count = native.sharedDeleteMatching(state.index, pattern, wildcard)
  deliver(state)
  return count
}

/** The entries of all batches of rows, of which native code has made the first. */
function decodeEntries(codec, first) {
  const entries = []
  port.eachBatch(first, (batch) => {
    const { rows, payload } = batch
    for (const [i, key] of cutKeys(batch).entries()) {
      const [, , , tag, place, length] = rows.subarray(i * port.ROW, (i + 1) * port.ROW)
      entries.push([key, decodeRow(codec, tag, place, length, payload)])
    }
  })
  return entries
}

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

  update(key, fn, options = undefined) {
    open(this)
    requireKey('update', key)
    if (typeof fn !== 'function') {
      throw asCalledBy(genuine.update, invalidNumber('update', 'fn', 'a function', fn))
    }
    const own = readOwnLifetime('update', options)
    // Somebody else has succeeded wherever this one has not.
    for (;;) {
      const state = open(this)
      const { version, value } = readVersion(state, key)
      const updated = fn(value)
      if (typeof updated?.then === 'function') {
        const expected = 'a value and no promise'
        // Nobody else would hear of its rejection.
        Promise.resolve(updated).catch(() => {})
        throw asCalledBy(
          genuine.update,
          invalidNumber('update', 'what fn returns', expected, updated),
        )
      }
      if (updated === undefined) {
        open(this)
        if (version === ABSENT || removeIf(state, key, version, false)) return undefined
        continue
      }
      const encoded = encode(state.codec, updated)
      const past = isPast(own)
      open(this)
      if (past) {
        if (version === ABSENT || removeIf(state, key, version, true)) return undefined
        continue
      }
      const stored = store(state, key, encoded, version, own)
      deliver(state)
      if (stored !== undefined) return stored ? updated : undefined
    }
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

  peek(key) {
    const state = open(this)
    requireKey('peek', key)
    const payload = native.sharedPeek(...readArguments(state, key))
    const [found] = answers
    return found > 0 ? decodeFound(state.codec, found - 1, payload) : undefined
  }

  getRemainingTTL(key) {
    const state = open(this)
    requireKey('getRemainingTTL', key)
    return native.sharedRemainingTtl(...readArguments(state, key))
  }

  info(key) {
    const state = open(this)
    requireKey('info', key)
    const now = currentTime()
    const known = native.sharedInfo(state.index, key, now)
    if (known === null) return undefined
    const payload = native.foundValue()
    const value = decodeFound(state.codec, answers[0] - 1, payload)
    return { value, ...factsOf(known, now) }
  }

  take(key) {
    const state = open(this)
    requireKey('take', key)
    const payload = sharedTake(...readArguments(state, key))
    return readOutcome(state, key, answers[0], payload)
  }

  increment(key, by = 1, options = {}) {
    const state = open(this)
    requireKey('increment', key)
    const sum = add(this, 'increment', key, by, options?.ttl, false)
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

  async getOrSet(key, fetcher, options = undefined) {
    requireKey('getOrSet', key)
    const wanted = readFetchOptions(genuine.getOrSet, options)
    // After the options: a getter may have closed the handle.
    const state = open(this)
    const { forceRefresh } = wanted
    const joined = state.inFlight.get(key)
    if (joined && native.sharedFlies(state.index, key, joined.flight)) {
      return outcomeOf(joined.landed)
    }
    const number = port.addWaiter()
    const begun = isGenuine()
      ? native.sharedBegin(state.index, key, number, forceRefresh)
      : native.sharedBegin(state.index, key, number, forceRefresh, readArguments(state, key)[2])
    if (begun < 0) return follow(state, key, number, fetcher, wanted)
    if (begun === 0) {
      const payload = native.foundValue()
      return readOutcome(state, key, answers[0], payload)
    }
    deliver(state)
    if (!forceRefresh) missed(state, key, begun % 2 === 1)
    const flight = Math.floor(begun / 2)
    // What the hooks of this miss have written or removed was there before the fetch.
    if (state.hooks !== undefined && !state.closed) native.sharedResume(state.index, key, flight)
    return lead(state, key, flight, fetcher, wanted)
  }

  prune() {
    const state = open(this)
    const count = isGenuine()
      ? native.sharedPrune(state.index)
      : native.sharedPrune(state.index, Number(Date.now()))
    deliver(state)
    return count
  }

  size() {
    this.prune()
    return native.sharedStats(open(this).index)[4]
  }

  keys() {
    this.prune()
    return cutKeys(native.sharedKeys(open(this).index))
  }

  values() {
    return this.entries().map(([, value]) => value)
  }

  entries() {
    this.prune()
    const { index, codec } = open(this)
    return decodeEntries(codec, native.sharedEntries(index))
  }

  scan(pattern = undefined) {
    open(this)
    const wildcard = pattern !== undefined
    if (wildcard) requireKey('scan', pattern, 'pattern')
    return scanned(([shard, slot] = [0, 0]) => {
      const now = isGenuine() ? undefined : Number(Date.now())
      const { index, codec } = open(this)
      const { first, next } = native.sharedScan(index, shard, slot, pattern ?? '', wildcard, now)
      return { entries: decodeEntries(codec, first), next }
    })
  }

  getStats() {
    this.prune()
    const state = open(this)
    const [hits, misses, evictions, expirations, size, bytes] = native.sharedStats(state.index)
    const [, maxBytes] = native.sharedLimits(state.index)
    const weight = maxBytes > 0 ? bytes : 0
    return { hits, misses, evictions, expirations, size, weight }
  }

  resize(limits) {
    open(this)
    const { maxSize, maxBytes } = checkedFor(genuine.resize, () => readLimits(limits))
    const now = isGenuine() ? undefined : Number(Date.now())
    // A getter, or the clock, may have closed the handle.
    const state = open(this)
    native.sharedResize(state.index, maxSize, maxBytes, now)
    deliver(state)
  }

  resetStats() {
    native.sharedResetStats(open(this).index)
  }

  getMetrics() {
    const metrics = native.sharedMetrics(open(this).index)
    const [bytes, entries, subscribers, droppedEvents, allDroppedEvents, flights, shards] = metrics
    return { bytes, entries, shards, subscribers, droppedEvents, allDroppedEvents, flights }
  }

  close() {
    this[kState].close()
  }
}

addForEach(SharedMemoryCache)
addIterator(SharedMemoryCache)
addDisposal(SharedMemoryCache)
addInspection(SharedMemoryCache, (cache) => summarize(cache[kState]))

const genuine = methodsOf(SharedMemoryCache)

module.exports = { SharedMemoryCache }
