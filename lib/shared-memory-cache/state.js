// What a SharedMemoryCache consists of, and its events. The public API is in shared-memory-cache.js.
'use strict'

const { BUILT_IN } = require('../common/codec-options.js')
const { decodeRow } = require('../common/codec.js')
const { ObservedHooks, isObserved, observedInterest } = require('../common/diagnostics.js')
const { conflictingOption, snapshotFailure } = require('../common/errors.js')
const { report } = require('../common/hooks.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { NearCache } = require('./near-cache.js')
const { readAttachOptions, readOptions } = require('./options.js')
const { holdSnapshot } = require('./snapshots.js')
const { ownTime } = require('./steps.js')

// Hooks by the bits of native interest.
const INTEREST = { onSet: 1, onEvict: 2, onExpire: 4, onDelete: 8 }

// Hook and further members of the context, by the number of what happened natively.
const HAPPENED = [
  ['onSet', { isUpdate: false }],
  ['onSet', { isUpdate: true }],
  ['onEvict', {}],
  ['onExpire', { source: 'get' }],
  ['onExpire', { source: 'has' }],
  ['onExpire', { source: 'prune' }],
  ['onDelete', { source: 'delete' }],
  ['onDelete', { source: 'deleteAsync' }],
  ['onDelete', { source: 'deleteByPrefix' }],
  ['onDelete', { source: 'deleteByMagicString' }],
  ['onDelete', { source: 'clear' }],
  ['onDelete', { source: 'deleteByTag' }],
]

// What a thread keeps decoded where the store itself has no lower limit.
const MOST_NEAR = 10_000
const MOST_NEAR_BYTES = 64 * 1024 * 1024

let warned = false

class SharedState {
  constructor(options) {
    this.open(readOptions(options), false)
  }

  /** The state of a store that somebody has open; undefined if nobody has. */
  static attach(name, options) {
    const state = Object.create(SharedState.prototype)
    return state.open(readAttachOptions(name, options), true) ? state : undefined
  }

  /** Whether the store is open now. */
  open({ name, hooks, codec, codecName, nearCache, snapshot, ...limits }, attach) {
    this.name = name
    this.ownHooks = hooks
    this.observed = undefined
    this.ownInterest = 0
    for (const [hook, bit] of Object.entries(INTEREST)) {
      if (hooks?.[hook]) this.ownInterest |= bit
    }
    // The same, and of whoever is told what this thread does: what others do is published where they do it.
    this.interest = this.ownInterest
    const opened = native.openShared(
      port.port,
      name,
      {
        ...limits,
        ttlJitterSeed: limits.ttlJitterSeed ?? Math.random(),
        codec: codecName,
        snapshot: snapshot && { ...snapshot, now: ownTime() },
      },
      this.interest,
      attach,
    )
    if (opened === null) return false
    if (opened.failure !== undefined) throw snapshotFailure('open', snapshot.path, opened.failure)
    if (opened.option !== undefined) {
      const { option } = opened
      const wanted = { ...limits, codec: codecName, 'snapshot.path': snapshot?.path }
      throw conflictingOption(name, option, opened.open, wanted[option])
    }
    const { index, id, registration, ...effective } = opened
    this.codec = codec ?? BUILT_IN.get(effective.codec)
    if (this.codec === undefined) {
      // The functions of a codec do not travel between threads.
      native.closeShared(index, id)
      throw conflictingOption(name, 'codec', effective.codec, codec)
    }
    this.index = index
    this.id = id
    // Closes the native side when it is collected.
    this.registration = registration
    this.closed = false
    // Fetches of this handle by key.
    this.inFlight = new Map()
    const { maxSize, maxBytes, updateAgeOnGet, staleWhileRevalidate, staleIfError } = effective
    this.lifetimes = { updateAgeOnGet, staleWhileRevalidate, staleIfError }
    this.near = nearCache
      ? new NearCache(
          Math.min(maxSize || Infinity, MOST_NEAR),
          Math.min(maxBytes || Infinity, MOST_NEAR_BYTES),
        )
      : undefined
    if (this.interest !== 0) port.subscribe(id, this)
    this.lastSave = undefined
    this.snapshot = undefined
    if (snapshot !== undefined) holdSnapshot(this, snapshot)
    return true
  }

  /** Those of the user, and whoever else is told. */
  get hooks() {
    if (!isObserved()) return this.ownHooks
    return (this.observed ??= new ObservedHooks(this.cache, this.ownHooks))
  }

  /** Has native code tell of what somebody has begun to observe, and no longer of what nobody does any more. */
  heedObservers() {
    const interest = this.ownInterest | observedInterest(INTEREST)
    if (interest === this.interest) return
    // First: what is told has somewhere to go, wherever this is cut off.
    port.subscribe(this.id, this)
    native.sharedWatch(this.index, interest)
    this.interest = interest
  }

  /** An event, whoever caused it. */
  receive(happened, key, value, isOwn) {
    if (this.closed) return
    this.warnOfDroppedEvents()
    reportEvent(this, isOwn ? this.hooks : this.ownHooks, happened, key, value)
  }

  warnOfDroppedEvents() {
    if (warned || native.sharedDropped(this.index) === 0) return
    warned = true
    if (!native.isFirstWarning('NMC_EVENTS_DROPPED')) return
    process.emitWarning(
      `Events of the shared store "${this.name}" were dropped: too many were waiting for one ` +
        'subscriber. getMetrics() counts them.',
      { type: 'MemoryCacheWarning', code: 'NMC_EVENTS_DROPPED' },
    )
  }

  close() {
    const { snapshot } = this
    if (this.closed) {
      // May have been cut off.
      snapshot?.end(false)
      return
    }
    const failure = native.closeShared(this.index, this.id)
    this.closed = true
    this.near = undefined
    // May be cut off: the port holds a handle weakly, and one that is closed takes no events.
    port.unsubscribe(this.id)
    if (snapshot === undefined) return
    // The store itself saves with its last handle.
    snapshot.end(false)
    if (failure) snapshot.failed(snapshotFailure('save', snapshot.path, failure))
  }
}

/** Calls the hook; the value is decoded when it is read for the first time. */
function reportEvent({ codec }, hooks, happened, key, { tag, place, length, payload }) {
  const [name, further] = HAPPENED[happened]
  let decoded
  const context = {
    key,
    get value() {
      decoded ??= { value: decodeRow(codec, tag, place, length, payload) }
      return decoded.value
    },
    ...further,
  }
  if (hooks !== undefined) report(hooks, name, context)
}

/** What a monitor is told; nothing is pruned. */
function readMetrics({ index, snapshot }) {
  const metrics = native.sharedMetrics(index)
  const [bytes, entries, subscribers, droppedEvents, allDroppedEvents, flights, shards] = metrics
  const [, , , , , , , refreshErrors, staleServed] = metrics
  return {
    bytes,
    entries,
    shards,
    subscribers,
    droppedEvents,
    allDroppedEvents,
    flights,
    refreshErrors,
    staleServed,
    snapshotErrors: snapshot === undefined ? 0 : snapshot.failures,
  }
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

module.exports = { SharedState, readMetrics, summarize }
