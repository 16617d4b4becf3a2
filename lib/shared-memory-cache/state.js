// What a SharedMemoryCache consists of, and its events. The public API is in shared-memory-cache.js.
'use strict'

const { conflictingOption } = require('../common/errors.js')
const { callHook } = require('../common/hooks.js')
const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeRow } = require('./codec.js')
const { BUILT_IN, readOptions } = require('./options.js')

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
]

// Decoded values that a thread keeps where the store itself has no limit.
const MOST_NEAR = 10_000

let warned = false

class SharedState {
  constructor(options) {
    const { name, hooks, codec, codecName, nearCache, ...limits } = readOptions(options)
    this.name = name
    this.hooks = hooks ?? {}
    this.interest = 0
    for (const [hook, bit] of Object.entries(INTEREST)) {
      if (this.hooks[hook]) this.interest |= bit
    }
    const opened = native.openShared(
      port.port,
      name,
      { ...limits, codec: codecName },
      this.interest,
    )
    if (opened.option !== undefined) {
      const { option } = opened
      throw conflictingOption(
        name,
        option,
        opened.open,
        option === 'codec' ? codecName : limits[option],
      )
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
    this.options = effective
    this.closed = false
    this.inFlight = new Map()
    // Keys whose flights ended before they were known as such.
    this.settled = new Set()
    const { maxSize } = effective
    this.mostNear = maxSize > 0 ? Math.min(maxSize, MOST_NEAR) : MOST_NEAR
    // By version: one is never used twice.
    this.near = nearCache ? new Map() : undefined
    if (this.interest !== 0) port.subscribe(id, this)
  }

  keepNear(version, value) {
    if (this.near.size >= this.mostNear) this.near.delete(this.near.keys().next().value)
    this.near.set(version, { value })
  }

  /** An event that another thread caused. */
  receive(happened, key, value) {
    if (this.closed) return
    this.warnOfDroppedEvents()
    reportEvent(this, happened, key, value)
  }

  warnOfDroppedEvents() {
    if (warned || native.sharedDropped(this.index) === 0) return
    warned = true
    if (!native.isFirstWarning()) return
    process.emitWarning(
      `Events of the shared store "${this.name}" were dropped: 65,536 were waiting for one ` +
        'subscriber. getMetrics() counts them.',
      { type: 'MemoryCacheWarning', code: 'NMC_EVENTS_DROPPED' },
    )
  }

  close() {
    if (this.closed) return
    this.closed = true
    this.near = undefined
    if (this.interest !== 0) port.unsubscribe(this.id)
    native.closeShared(this.index, this.id)
  }
}

/** Calls the hook; the value is decoded when it is read for the first time. */
function reportEvent(state, happened, key, { tag, place, length, payload }) {
  const [name, further] = HAPPENED[happened]
  const hook = state.hooks[name]
  if (!hook) return
  let decoded
  const context = {
    key,
    get value() {
      decoded ??= { value: decodeRow(state.codec, tag, place, length, payload) }
      return decoded.value
    },
    ...further,
  }
  callHook(hook, context)
}

/** Reports what the calls of this thread have caused. */
function deliverOwnEvents(state) {
  if (!native.hasOwnEvents()) return
  const { rows, chunks, lengths, payload } = native.ownEvents()
  const keys = cutKeys({ chunks, lengths })
  for (const [i, key] of keys.entries()) {
    // A hook may have closed the cache.
    if (state.closed) return
    const [, , happened, tag, place, length] = rows.subarray(i * port.ROW, (i + 1) * port.ROW)
    reportEvent(state, happened, key, { tag, place, length, payload })
  }
}

module.exports = { SharedState, deliverOwnEvents }
