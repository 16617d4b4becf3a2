// What a MemoryCache consists of and the steps that call hooks: one native step, then at most one
// event, so that a hook always meets a consistent cache. The public API is in memory-cache.js.
//
// JavaScript can be cut off wherever a function is entered or a loop goes round: by a stack overflow,
// a vm timeout, the end of a worker. So whoever calls a native step that hands out or frees a slot
// brings `values` in line right there, in statements that call nothing.
'use strict'

const { currentTime, isGenuine } = require('../common/clock.js')
const { ObservedHooks, isObserved } = require('../common/diagnostics.js')
const { callHook } = require('../common/hooks.js')
const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const deferredHooks = require('./deferred-hooks.js')
const { overtake, overtakeMatching } = require('./fetches.js')
const { revealer } = require('./membranes.js')

// Flags of the native write calls, beside `slot << 2`.
const UPDATED = 1
const FREED = 2

// A slot's value is `values[slot >> CHUNK_BITS][slot & CHUNK_MASK]`. Arrays grow by half: of the sizes
// near this one, 4,096 leaves least unused.
const CHUNK_BITS = 12
const CHUNK_MASK = (1 << CHUNK_BITS) - 1

// Entries that a check removes in one turn of the event loop.
const CHECKED_AT_ONCE = 1_000

const { STALE } = native

// What `read` returns where there is no valid entry; any other value can be a cached one.
const ABSENT = Symbol('absent')

// Where a proxy of a cache finds what the cache itself has in a private field.
const kState = Symbol('native-memory-cache.state')

class State {
  constructor(cache, options) {
    const { maxSize, maxWeight, ttl, sizeCalculation, hooks, hookDelivery, checkInterval } = options
    const lifetimes = nativeLifetimes(options)
    const { id, registration } = native.open(maxSize, maxWeight, ttl, lifetimes, options.eviction)
    this.id = id
    // Frees the native side when it is collected.
    this.registration = registration
    // Values by slot, in chunks: a single array would be copied whole whenever it has to grow, which
    // is several milliseconds for a million. No entry has slot 0, so a miss can be answered from here
    // as well.
    this.values = [[undefined]]
    this.maxSize = maxSize
    this.ttl = ttl
    this.lifetimes = options.lifetimes
    // How long entries are kept beyond their lifetimes, and whether any was ever to be.
    this.grace = graceOf(options.lifetimes)
    this.keeps = this.grace > 0
    // Whether entries may expire, so that a clock is read.
    this.timed = false
    this.maxWeight = maxWeight
    this.sizeCalculation = sizeCalculation
    this.cache = cache
    this.ownHooks = hooks
    this.observed = undefined
    // Whether nothing can be done with it any more.
    this.closed = false
    // Without hooks and weights one native call does a whole operation.
    this.direct = hooks === undefined
    // What is written or removed during a fetch makes that a late one.
    this.discardsLate = options.lateFetch === 'discard'
    this.directSet = hooks === undefined && maxWeight === 0 && !this.discardsLate
    // A Map once something is fetched: most caches that live for a request fetch nothing.
    this.inFlight = undefined
    this.fetches = undefined
    this.refreshErrors = 0
    this.staleServed = 0
    this.deferred = hookDelivery === 'deferred' ? deferredHooks : undefined
    // For who sees this through a proxy: see membranes.js.
    this.reveal = revealer(this)
    this.changes = 0
    this.probe = 0
    this.seen = undefined
    this.checkInterval = checkInterval
    this.checks = undefined
    // Saves: the last one asked for, the writer of the one under way, and the cache's own file.
    this.lastSave = undefined
    // How often everything was replaced.
    this.loads = 0
    this.writer = undefined
    this.snapshot = undefined
    if (ttl > 0) this.beginToExpire()
  }

  /** Those of the user, and whoever else is told. */
  get hooks() {
    if (!isObserved()) return this.ownHooks
    return (this.observed ??= new ObservedHooks(this.cache, this.ownHooks))
  }

  beginToExpire() {
    if (this.timed || this.closed) return
    if (this.checkInterval > 0) this.startChecks(this.checkInterval)
    this.timed = true
  }

  startChecks(interval) {
    // What a check that was cut off has left goes in the next interval.
    const check = () => {
      try {
        if (prune(this, CHECKED_AT_ONCE) === CHECKED_AT_ONCE) port.nudge(number, false)
      } catch {
        // Nobody has called: what a mocked clock or the look-up of a hook throws has no one to go to.
      }
    }
    const number = port.addDueWeakly(check)
    // Kept here: the port holds it weakly, so that it keeps no cache alive.
    this.check = check
    this.checks = port.startChecks(number, interval)
  }
}

function graceOf({ staleWhileRevalidate, staleIfError }) {
  return Math.max(staleWhileRevalidate, staleIfError)
}

function nativeLifetimes({ lifetimes }) {
  const { updateAgeOnGet, ttlJitter, ttlJitterSeed } = lifetimes
  const grace = graceOf(lifetimes)
  if (!updateAgeOnGet && ttlJitter === 0 && grace === 0) return undefined
  return { grace, updateAgeOnGet, jitter: ttlJitter, jitterSeed: ttlJitterSeed ?? Math.random() }
}

function usesNativeClock(state) {
  return !state.timed || isGenuine()
}

/** 0 where times do not matter: no clock is read then. */
function timeOf(state) {
  return state.timed ? currentTime() : 0
}

/** The time at which listed entries must be valid; undefined where none is kept longer. */
function timeOfList(state) {
  return state.keeps ? timeOf(state) : undefined
}

function emit(state, hook, context) {
  if (!hook) return
  if (state.deferred === undefined) callHook(hook, context)
  else state.deferred.add(hook, context)
}

// Whether events are to be reported one by one. What a getter throws belongs to an event.
function hasHook(hooks, name) {
  try {
    return Boolean(hooks?.[name])
  } catch {
    return true
  }
}

// The slots stay freed until native code is told that their values are gone, so an interrupted
// round is made up for by the next.
function dropFreed({ id, values }) {
  const freed = native.freed(id)
  for (let i = 0; i < freed.length; i++) {
    // A batch that was cut off may not have come to its chunk.
    const chunk = values[freed[i] >> CHUNK_BITS]
    if (chunk !== undefined) chunk[freed[i] & CHUNK_MASK] = undefined
  }
  native.recycleFreed(id)
}

// `Date.now` is the user's: it is read only if there is an entry whose age matters.
function timeOfRead({ id }, key) {
  return native.contains(id, key) ? Number(Date.now()) : 0
}

// Positive: the slot of a valid entry; 0: none; negative: of an entry that had expired, or STALE.
function lookup(state, key, method) {
  const { id } = state
  const tracked = method === 'get'
  if (usesNativeClock(state)) return tracked ? native.get(id, key) : native.has(id, key)
  const now = timeOfRead(state, key)
  return tracked ? native.getAt(id, key, now) : native.hasAt(id, key, now)
}

// `method` is 'get' or 'has'; only 'get' counts and reports hits and misses.
function read(state, key, method) {
  const found = lookup(state, key, method)
  if (found === STALE) return missedStale(state, key, method)
  const slot = found < 0 ? -found : found
  const chunk = state.values[slot >> CHUNK_BITS]
  const value = chunk[slot & CHUNK_MASK]
  if (found < 0) chunk[slot & CHUNK_MASK] = undefined
  const { hooks } = state
  const tracked = method === 'get'
  if (found > 0) {
    if (tracked && hooks !== undefined) emit(state, hooks.onHit, { key, value })
    return value
  }
  missed(state, key, value, found < 0, method)
  return ABSENT
}

// It stays, and is counted.
function missedStale(state, key, method) {
  const { hooks } = state
  if (method === 'get' && hooks !== undefined) emit(state, hooks.onMiss, { key, reason: 'expired' })
  return ABSENT
}

// What had expired is removed; `value` was its value.
function missed(state, key, value, expired, method) {
  const { hooks } = state
  const tracked = method === 'get'
  if (expired) {
    if (hooks !== undefined) emit(state, hooks.onExpire, { key, value, source: method })
    if (tracked) native.countMiss(state.id)
  }
  if (tracked && hooks !== undefined) {
    emit(state, hooks.onMiss, { key, reason: expired ? 'expired' : 'not_found' })
  }
}

function prune(state, most = Infinity) {
  const { id, hooks } = state
  if (!state.timed) return 0
  if (!hasHook(hooks, 'onExpire') && isGenuine()) {
    const count = native.prune(id, most)
    if (count > 0) dropFreed(state)
    return count
  }
  const now = Number(Date.now())
  let count = 0
  for (; count < most; count++) {
    const slot = native.expireNext(id, now)
    const chunk = state.values[slot >> CHUNK_BITS]
    const value = chunk[slot & CHUNK_MASK]
    chunk[slot & CHUNK_MASK] = undefined
    if (slot === 0) break
    if (hooks === undefined) continue
    const removed = native.removedKey(id)
    emit(state, hooks.onExpire, { key: removed, value, source: 'prune' })
  }
  return count
}

// A read that removes what it finds.
function take(state, key) {
  const { id } = state
  overtake(state, key)
  const found = usesNativeClock(state)
    ? native.take(id, key)
    : native.take(id, key, timeOfRead(state, key))
  if (found === STALE) return missedStale(state, key, 'get')
  const slot = found < 0 ? -found : found
  const chunk = state.values[slot >> CHUNK_BITS]
  const value = chunk[slot & CHUNK_MASK]
  chunk[slot & CHUNK_MASK] = undefined
  const { hooks } = state
  if (found <= 0) {
    missed(state, key, value, found < 0, 'get')
    return ABSENT
  }
  if (hooks !== undefined) {
    emit(state, hooks.onHit, { key, value })
    emit(state, hooks.onDelete, { key, value, source: 'delete' })
  }
  return value
}

function remove(state, key, source) {
  overtake(state, key)
  const slot = native.delete(state.id, key)
  const chunk = state.values[slot >> CHUNK_BITS]
  const value = chunk[slot & CHUNK_MASK]
  chunk[slot & CHUNK_MASK] = undefined
  if (slot === 0) return false
  const { hooks } = state
  if (hooks !== undefined) emit(state, hooks.onDelete, { key, value, source })
  return true
}

// The keys are those at the time of the call: a hook that writes cannot make this endless.
function removeAll(state, keys, source) {
  let count = 0
  for (const key of keys) if (remove(state, key, source)) count++
  return count
}

// Of a wildcard pattern, the first `literal` units stand for themselves.
function removeMatching(state, pattern, wildcard, source, literal = 0) {
  const { id, hooks } = state
  overtakeMatching(state, pattern, wildcard, literal)
  if (hooks !== undefined && hooks.onDelete) {
    const matching = native.matchingKeys(id, pattern, wildcard, literal)
    return removeAll(state, cutKeys(matching), source)
  }
  const none = [[undefined]]
  const count = native.deleteMatching(id, pattern, wildcard, literal)
  if (count < 0) {
    // Nothing is left, and the slots start anew.
    state.values = none
    return -count
  }
  if (count > 0) dropFreed(state)
  return count
}

function clear(state) {
  const { id, hooks } = state
  overtakeMatching(state, '', false)
  if (hooks !== undefined && hooks.onDelete) {
    removeAll(state, listKeys(state), 'clear')
    return
  }
  const none = [[undefined]]
  native.clear(id)
  state.values = none
}

/** Drops what is held, without hooks, and for good: steps that are under way find nothing. */
function close(state) {
  if (state.closed) return
  const none = [[undefined]]
  // The number stays this cache's until it is collected, or steps under way would work on another.
  native.clear(state.id)
  state.values = none
  state.closed = true
  // Fast paths look at nothing else.
  state.direct = false
  state.directSet = false
  if (state.checks !== undefined) native.stopChecks(state.checks)
}

/** For who only looks. */
function valueAt(values, slot) {
  return values[slot >> CHUNK_BITS][slot & CHUNK_MASK]
}

function listKeys(state) {
  return cutKeys(native.keys(state.id))
}

function listValidKeys(state) {
  return cutKeys(native.keys(state.id, timeOfList(state)))
}

/**
 * Some entries that are valid and match, from a slot on, and the slot to go on from. The first `literal`
 * units of the pattern stand for themselves, and the keys come without them.
 */
function scan(state, from, pattern, wildcard, literal = 0) {
  const now = timeOf(state)
  const joined = native.scan(state.id, from ?? 0, pattern, wildcard, now, literal)
  const { slots, next } = joined
  const { values } = state
  const entries = cutKeys(joined, literal).map((key, i) => [key, valueAt(values, slots[i])])
  return { entries, next }
}

function statistics({ id }) {
  const [hits, misses, evictions, expirations, size, weight] = native.stats(id)
  return { hits, misses, evictions, expirations, size, weight }
}

/** What a cache shows of itself; nothing is pruned. */
function summarize(state) {
  if (state.closed) return { closed: true }
  const { maxSize, ttl, maxWeight } = state
  const { size, weight, ...counted } = statistics(state)
  const limits = { maxSize, ttl, maxWeight }
  return { size, weight, limits, statistics: counted }
}

module.exports = {
  ABSENT,
  CHUNK_BITS,
  CHUNK_MASK,
  FREED,
  State,
  UPDATED,
  clear,
  close,
  dropFreed,
  emit,
  hasHook,
  kState,
  listKeys,
  listValidKeys,
  prune,
  read,
  remove,
  removeMatching,
  scan,
  statistics,
  summarize,
  take,
  timeOf,
  timeOfList,
  timeOfRead,
  usesNativeClock,
  valueAt,
}
