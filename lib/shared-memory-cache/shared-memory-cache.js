// The class over a store that all threads share: values go in and come out as copies. Steps are
// native and atomic; this file encodes, decodes and calls hooks.
'use strict'

const { captureClock, isGenuine } = require('../common/clock.js')
const {
  checkedFor,
  closedStore,
  invalidArgument,
  invalidNumber,
  notANumber,
} = require('../common/errors.js')
const { callHook } = require('../common/hooks.js')
const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeFound, decodeRow, encode, encodeError } = require('./codec.js')
const { SharedState, deliverOwnEvents } = require('./state.js')

const kState = Symbol('native-memory-cache.shared')

function open(cache) {
  const state = cache[kState]
  if (state.closed) throw closedStore(state.name)
  return state
}

function requireKey(method, key, argument = 'key') {
  if (typeof key !== 'string') throw invalidArgument(method, argument, key)
}

// Arguments for a native call on a key, with the time where it is not the native clock's.
function readArguments(state, key) {
  if (isGenuine()) return [state.index, key]
  const timed = native.sharedContains(state.index, key)
  return [state.index, key, timed ? Number(Date.now()) : 0]
}

function deliver(state) {
  if (state.interest !== 0) deliverOwnEvents(state)
}

function decodeHit(state, key, tag) {
  const value = decodeFound(state.codec, tag)
  callHook(state.hooks.onHit, { key, value })
  return value
}

function missed(state, key, expired) {
  callHook(state.hooks.onMiss, { key, reason: expired ? 'expired' : 'not_found' })
}

function read(cache, method, step, key) {
  const state = open(cache)
  requireKey(method, key)
  const found = step(...readArguments(state, key))
  if (found > 0) {
    const value = decodeFound(state.codec, found - 1)
    deliver(state)
    callHook(state.hooks.onHit, { key, value })
    return value
  }
  deliver(state)
  missed(state, key, found < 0)
  return undefined
}

function write(cache, method, key, value, onlyIfAbsent) {
  const state = open(cache)
  requireKey(method, key)
  const { tag, payload } = encode(state.codec, value)
  const written = store(state, key, tag, payload, onlyIfAbsent)
  deliver(state)
  return written
}

function store(state, key, tag, payload, onlyIfAbsent) {
  return isGenuine()
    ? native.sharedSet(state.index, key, tag, payload, onlyIfAbsent)
    : native.sharedSet(state.index, key, tag, payload, onlyIfAbsent, Number(Date.now()))
}

function removeMatching(cache, method, pattern, wildcard) {
  const state = open(cache)
  requireKey(method, pattern, wildcard ? 'pattern' : 'prefix')
  const count = native.sharedDeleteMatching(state.index, pattern, wildcard)
  deliver(state)
  return count
}

// Fetches for all who wait, on every thread.
async function lead(state, key, flight, fetcher) {
  let outcome
  let failed = false
  try {
    const value = await fetcher()
    outcome = encode(state.codec, value)
    if (!state.closed) {
      store(state, key, outcome.tag, outcome.payload, false)
      deliver(state)
    }
    return value
  } catch (error) {
    failed = true
    outcome = encodeError(error)
    throw error
  } finally {
    // A fetcher that throws synchronously ends here before the flight is known as one.
    if (!state.inFlight.delete(key)) state.settled.add(key)
    native.sharedFinish(flight, failed, outcome.tag, outcome.payload)
  }
}

// Waits for the thread that fetches, or takes its place.
function follow(state, key, number, fetcher) {
  return new Promise((resolve, reject) => {
    port.awaitMessage(number, ({ flight, failed, value }) => {
      if (flight !== undefined) {
        // The leader's thread is gone.
        lead(state, key, flight, fetcher).then(resolve, reject)
        return
      }
      state.inFlight.delete(key)
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
    return native.sharedNames()
  }

  static destroy(name) {
    if (typeof name !== 'string') throw invalidArgument('destroy', 'name', name)
    const reason = encodeError(new Error(`the shared store "${name}" was destroyed`))
    return native.destroyShared(name, reason.tag, reason.payload)
  }

  get name() {
    return this[kState].name
  }

  get(key) {
    const state = open(this)
    if (!state.near) return read(this, 'get', native.sharedGet, key)
    requireKey('get', key)
    const version = isGenuine()
      ? native.sharedVersion(state.index, key)
      : native.sharedVersion(...readArguments(state, key))
    if (version > 0) {
      const known = state.near.get(version)
      if (known !== undefined) {
        if (state.hooks.onHit) callHook(state.hooks.onHit, { key, value: known.value })
        return known.value
      }
      const value = decodeFound(state.codec, native.foundTag())
      state.keepNear(version, value)
      callHook(state.hooks.onHit, { key, value })
      return value
    }
    deliver(state)
    missed(state, key, version < 0)
    return undefined
  }

  has(key) {
    const state = open(this)
    requireKey('has', key)
    const found = native.sharedHas(...readArguments(state, key))
    deliver(state)
    return found
  }

  set(key, value) {
    write(this, 'set', key, value, false)
  }

  setIfAbsent(key, value) {
    return write(this, 'setIfAbsent', key, value, true)
  }

  take(key) {
    return read(this, 'take', native.sharedTake, key)
  }

  increment(key, by = 1, options = {}) {
    const state = open(this)
    requireKey('increment', key)
    if (typeof by !== 'number' || Number.isNaN(by)) {
      throw invalidNumber('increment', 'by', 'a number', by)
    }
    const ttl = options?.ttl ?? undefined
    if (ttl !== undefined && !(typeof ttl === 'number' && ttl >= 0)) {
      throw invalidNumber('increment', 'ttl', 'a non-negative number', ttl)
    }
    const sum = isGenuine()
      ? native.sharedIncrement(state.index, key, by, ttl ?? Number.NaN)
      : native.sharedIncrement(state.index, key, by, ttl ?? Number.NaN, Number(Date.now()))
    if (sum === undefined) throw notANumber(key)
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
    const { inFlight } = state
    const joined = inFlight.get(key)
    if (joined) return joined
    const number = port.addWaiter()
    const begun = isGenuine()
      ? native.sharedBegin(state.index, key, number)
      : native.sharedBegin(state.index, key, number, readArguments(state, key)[2])
    if (begun === 0) {
      deliver(state)
      return decodeHit(state, key, native.foundTag())
    }
    let flight
    if (begun > 0) {
      deliver(state)
      missed(state, key, begun % 2 === 1)
      flight = lead(state, key, Math.floor(begun / 2), fetcher)
    } else {
      flight = follow(state, key, number, fetcher)
    }
    if (!state.settled.delete(key)) inFlight.set(key, flight)
    return flight
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
    const { rows, chunks, lengths, payload } = native.sharedEntries(index)
    return cutKeys({ chunks, lengths }).map((key, i) => {
      const [, , , tag, place, length] = rows.subarray(i * port.ROW, (i + 1) * port.ROW)
      return [key, decodeRow(codec, tag, place, length, payload)]
    })
  }

  getStats() {
    this.prune()
    const state = open(this)
    const [hits, misses, evictions, expirations, size, bytes] = native.sharedStats(state.index)
    const weight = state.options.maxBytes > 0 ? bytes : 0
    return { hits, misses, evictions, expirations, size, weight }
  }

  resetStats() {
    native.sharedResetStats(open(this).index)
  }

  getMetrics() {
    const { index, options } = open(this)
    const metrics = native.sharedMetrics(index)
    const [bytes, entries, subscribers, droppedEvents, allDroppedEvents, flights] = metrics
    const { shards } = options
    return { bytes, entries, shards, subscribers, droppedEvents, allDroppedEvents, flights }
  }

  close() {
    this[kState].close()
  }
}

// Node.js 20 has it under a flag of its own in some versions only.
if (Symbol.dispose !== undefined) {
  Object.defineProperty(SharedMemoryCache.prototype, Symbol.dispose, {
    value() {
      this.close()
    },
    writable: true,
    configurable: true,
  })
}

module.exports = { SharedMemoryCache }
