// The class over a store that all threads share: values go in and come out as copies. Steps are
// native and atomic; this file encodes, decodes and calls hooks.
'use strict'

const { captureClock, isGenuine } = require('../common/clock.js')
const {
  asCalledBy,
  checkedFor,
  closedStore,
  invalidArgument,
  invalidNumber,
  methodsOf,
  notANumber,
} = require('../common/errors.js')
const { addDisposal } = require('../common/disposal.js')
const { report } = require('../common/hooks.js')
const { addInspection } = require('../common/inspection.js')
const { addIteration, scanned } = require('../common/iteration.js')
const { cutKeys } = require('../common/keys.js')
const { STORES_OWN, factsOf, readLifetime, readTtl } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeFound, decodeRow, encode, encodeError } = require('./codec.js')
const { readLimits } = require('./options.js')
const { SharedState } = require('./state.js')

const { answers, sharedGet, sharedTake, sharedVersion } = native

const kState = Symbol('native-memory-cache.shared')

function open(cache) {
  const state = cache[kState]
  if (state.closed) throw closedStore(state.name)
  return state
}

function requireKey(method, key, argument = 'key') {
  if (typeof key !== 'string') {
    throw asCalledBy(genuine[method], invalidArgument(method, argument, key))
  }
}

// Arguments for a native call on a key, with the time where it is not the native clock's.
function readArguments(state, key) {
  if (isGenuine()) return [state.index, key]
  const timed = native.sharedContains(state.index, key)
  return [state.index, key, timed ? Number(Date.now()) : 0]
}

function deliver(state) {
  if (state.interest !== 0) port.deliverOwn()
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

function write(cache, method, key, value, onlyIfAbsent, options) {
  const state = open(cache)
  requireKey(method, key)
  const own = options === undefined ? STORES_OWN : readLifetime(genuine[method], method, options)
  const { tag, payload } = encode(state.codec, value)
  // A codec, or a getter, may have closed the handle.
  open(cache)
  if (own.expiresAt <= (isGenuine() ? native.now() : Number(Date.now()))) {
    if (!onlyIfAbsent) native.sharedExpire(state.index, key)
    deliver(state)
    return false
  }
  const written = store(state, key, { tag, payload }, onlyIfAbsent, own)
  deliver(state)
  return written
}

function store({ index }, key, { tag, payload }, onlyIfAbsent, { ttl, expiresAt }) {
  return isGenuine()
    ? native.sharedSet(index, key, tag, payload, onlyIfAbsent, ttl, expiresAt)
    : native.sharedSet(index, key, tag, payload, onlyIfAbsent, ttl, expiresAt, Number(Date.now()))
}

function removeMatching(cache, method, pattern, wildcard) {
  const state = open(cache)
  requireKey(method, pattern, wildcard ? 'pattern' : 'prefix')
  const count = native.sharedDeleteMatching(state.index, pattern, wildcard)
  deliver(state)
  return count
}

/** What a cache shows of itself; nothing is pruned. */
function summarize({ name, closed, index }) {
  if (closed) return { name, closed }
  if (native.sharedEnded(index)) return { name, destroyed: true }
  const [hits, misses, evictions, expirations, size, bytes] = native.sharedStats(index)
  const [maxSize, maxBytes, ttl] = native.sharedLimits(index)
  const limits = { maxSize, maxBytes, ttl }
  return { name, size, bytes, limits, statistics: { hits, misses, evictions, expirations } }
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

// Fetches for all who wait, on every thread.
function lead(state, key, flight, fetcher) {
  return outcomeOf(begin(state, key, flight, fetcher))
}

async function outcomeOf(landed) {
  const { failed, error, value } = await landed
  if (failed) throw error
  return value
}

// The outcome, or a promise of it that never rejects: a caller that was cut off does not look at it.
// Until the flight is noted as led, JavaScript may be cut off: it is passed on then as soon as
// somebody waits for it.
function begin(state, key, flight, fetcher) {
  let fetching
  try {
    fetching = Promise.resolve(fetcher())
  } catch (error) {
    return land(state, key, flight, { failed: true, error })
  }
  // As `await` does: without a `then` of the promise's own.
  const landed = Promise.prototype.then.call(
    fetching,
    (value) => land(state, key, flight, { value }),
    (error) => land(state, key, flight, { failed: true, error }),
  )
  state.inFlight.set(key, { flight, landed })
  port.leading.add(flight)
  return landed
}

function land(state, key, flight, fetched) {
  if (fetched.failed) {
    finish(state, key, flight, true, encodeError(fetched.error))
    return fetched
  }
  let encoded
  try {
    encoded = encode(state.codec, fetched.value)
    keepFetched(state, key, encoded)
  } catch (error) {
    finish(state, key, flight, true, encodeError(error))
    return { failed: true, error }
  }
  finish(state, key, flight, false, encoded)
  deliver(state)
  return fetched
}

// A store that was closed or destroyed meanwhile cannot hold it, but whoever waits gets it.
function keepFetched(state, key, encoded) {
  if (state.closed) return
  try {
    store(state, key, encoded, false, STORES_OWN)
  } catch (error) {
    if (!native.sharedEnded(state.index)) throw error
  }
}

function finish(state, key, flight, failed, { tag, payload }) {
  if (state.inFlight.get(key)?.flight === flight) state.inFlight.delete(key)
  port.leading.delete(flight)
  native.sharedFinish(flight, failed, tag, payload)
}

// Waits for the thread that fetches, or takes its place.
function follow(state, key, number, fetcher) {
  return new Promise((resolve, reject) => {
    port.awaitMessage(number, ({ flight, failed, value }) => {
      if (flight !== undefined) {
        // The leader's thread is gone.
        resolve(lead(state, key, flight, fetcher))
        return
      }
      try {
        const { tag, place, length, payload } = value
        const decoded = decodeRow(state.codec, tag, place, length, payload)
        if (failed) reject(decoded)
        else resolve(decoded)
      } catch (error) {
        reject(error)
      }
    })
  })
}

class SharedMemoryCache {
  constructor(options) {
    captureClock()
    const value = checkedFor(SharedMemoryCache, () => new SharedState(options))
    // Neither read-only nor fixed, or a proxy could not wrap it.
    Object.defineProperty(this, kState, { value, writable: true, configurable: true })
  }

  static names() {
    // An array of the caller's realm.
    return [...native.sharedNames()]
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
    write(this, 'set', key, value, false, options)
  }

  setIfAbsent(key, value, options = undefined) {
    return write(this, 'setIfAbsent', key, value, true, options)
  }

  touch(key, ttl = undefined) {
    const state = open(this)
    requireKey('touch', key)
    const own = readTtl(genuine.touch, 'touch', ttl)
    return isGenuine()
      ? native.sharedTouch(state.index, key, own)
      : native.sharedTouch(state.index, key, own, readArguments(state, key)[2])
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
    const now = isGenuine() ? native.now() : Number(Date.now())
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
    if (typeof by !== 'number' || Number.isNaN(by)) {
      throw asCalledBy(genuine.increment, invalidNumber('increment', 'by', 'a number', by))
    }
    const ttl = options?.ttl ?? undefined
    if (ttl !== undefined && !(typeof ttl === 'number' && ttl >= 0)) {
      const error = invalidNumber('increment', 'ttl', 'a non-negative number', ttl)
      throw asCalledBy(genuine.increment, error)
    }
    const sum = isGenuine()
      ? native.sharedIncrement(state.index, key, by, ttl ?? Number.NaN)
      : native.sharedIncrement(state.index, key, by, ttl ?? Number.NaN, Number(Date.now()))
    if (sum === undefined) throw asCalledBy(genuine.increment, notANumber(key))
    deliver(state)
    return sum
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

  async getOrSet(key, fetcher) {
    const state = open(this)
    requireKey('getOrSet', key)
    const joined = state.inFlight.get(key)
    if (joined) return outcomeOf(joined.landed)
    const number = port.addWaiter()
    const begun = isGenuine()
      ? native.sharedBegin(state.index, key, number)
      : native.sharedBegin(state.index, key, number, readArguments(state, key)[2])
    if (begun < 0) return follow(state, key, number, fetcher)
    if (begun === 0) {
      const payload = native.foundValue()
      return readOutcome(state, key, answers[0], payload)
    }
    deliver(state)
    missed(state, key, begun % 2 === 1)
    return lead(state, key, Math.floor(begun / 2), fetcher)
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

addIteration(SharedMemoryCache)
addDisposal(SharedMemoryCache)
addInspection(SharedMemoryCache, (cache) => summarize(cache[kState]))

const genuine = methodsOf(SharedMemoryCache)

module.exports = { SharedMemoryCache }
