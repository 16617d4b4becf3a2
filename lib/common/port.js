// How this facade hears from other threads and from the expiry thread: one port, one wake-up
// through a threadsafe function for all that waits. What a message means is its receiver's business.
'use strict'

// Taken at load: a test's fake timers must not hold messages back.
const { setImmediate } = require('node:timers')
const { MessageChannel } = require('node:worker_threads')

const { cutKeys } = require('./keys.js')
const native = require('./native.js')

// Rows of native messages: kind, two operands, tag, place, length.
const ROW = 6
const EVENT = 0
const LANDED = 1
const NUDGE = 3
const AWAITED = 4

const AT_ONCE = 64
// After so many messages other things of the event loop have their turn.
const PER_TURN = 1024

let port
let numbers = 0
const nudged = new Map()
const subscribers = new Map()
const waiters = new Map()
// Flights that somebody of this facade will end: of others it was cut off before it could begin.
const leading = new Set()

function connect() {
  port ??= native.connect(deliver)
  return port
}

let awaited = 0
let anchor

// While somebody waits for an answer of another thread the process must not end for want of work.
function keepAlive() {
  if (awaited++ > 0) return
  anchor ??= new MessageChannel().port1
  anchor.ref()
}

function letGo() {
  if (--awaited === 0) anchor.unref()
}

function deliver() {
  for (let count = 0; count < PER_TURN; count += AT_ONCE) {
    const batch = native.receive(port, AT_ONCE)
    dispatch(batch)
    if (!batch.more) return
  }
  setImmediate(deliver)
}

/** Reports what the calls of this thread have caused themselves. */
function deliverOwn() {
  if (native.hasOwnEvents()) eachBatch(native.ownEvents(), dispatch)
}

/** Visits all batches of rows, of which native code has made the first. */
function eachBatch(first, visit) {
  visit(first)
  let { more } = first
  while (more) {
    const batch = native.nextRows(first.rest)
    visit(batch)
    ;({ more } = batch)
  }
}

function dispatch({ rows, chunks, lengths, payload }) {
  const keys = cutKeys({ chunks, lengths })
  let nextKey = 0
  for (let at = 0; at < rows.length; at += ROW) {
    const [kind, first, second, tag, place, length] = rows.subarray(at, at + ROW)
    const value = { tag, place, length, payload }
    if (kind === EVENT) {
      const key = keys[nextKey++]
      subscribers.get(first)?.deref()?.receive(second, key, value)
    } else if (kind === NUDGE) {
      nudged.get(first)?.deref()?.()
    } else if (kind === AWAITED) {
      if (!leading.has(first)) native.giveUpFlight(first)
    } else {
      // Else the leader's thread is gone, and the waiter takes the flight over.
      settle(first, kind === LANDED ? { failed: second === 1, value } : { flight: second })
    }
  }
}

function settle(number, message) {
  const waiter = waiters.get(number)
  if (waiter === undefined) {
    // It was cut off before it could wait.
    if (message.flight !== undefined) native.giveUpFlight(message.flight)
    return
  }
  waiters.delete(number)
  letGo()
  waiter(message)
}

/** A number for a waiter whose callback gets `{ failed, value }` or `{ flight }`. */
function addWaiter() {
  return ++numbers
}

function awaitMessage(number, callback) {
  keepAlive()
  waiters.set(number, callback)
}

/** Events of a subscriber go to `receiver.receive(happened, key, value)`, as long as it lives. */
function subscribe(id, receiver) {
  holdWeakly(subscribers, id, receiver)
}

function unsubscribe(id) {
  subscribers.delete(id)
}

/** A number for a callback that native code can have called, as long as `callback` lives. */
function addNudged(callback) {
  const number = ++numbers
  holdWeakly(nudged, number, callback)
  return number
}

const gone = new FinalizationRegistry(({ map, number }) => map.delete(number))

function holdWeakly(map, number, target) {
  map.set(number, new WeakRef(target))
  gone.register(target, { map, number })
}

/** Has the callback of this number called after the current turn. */
function nudge(number) {
  native.nudge(connect(), number)
}

/** Has the callback of this number called in intervals, until what is returned is collected. */
function startChecks(number, interval) {
  return native.startChecks(connect(), number, interval)
}

module.exports = {
  ROW,
  addNudged,
  addWaiter,
  awaitMessage,
  connect,
  deliverOwn,
  eachBatch,
  keepAlive,
  leading,
  letGo,
  nudge,
  setImmediate,
  startChecks,
  subscribe,
  unsubscribe,
}
