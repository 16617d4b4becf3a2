// How this facade is reached by other threads, by the expiry thread and by itself in a later turn: one
// port, opened when the module loads, so that what arises in nobody's call runs in nobody's async
// context. What a message means is its receiver's business; what keeps the process alive is decided
// natively.
'use strict'

const { AsyncResource } = require('node:async_hooks')

const { cutKeys } = require('./keys.js')
const native = require('./native.js')

// Rows of native messages: kind, two operands, tag, place, length.
const ROW = 6
const EVENT = 0
const LANDED = 1
const AWAITED = 4
const ABANDONED = 5

const AT_ONCE = 64
// After so many messages other things of the event loop have their turn.
const PER_TURN = 1024

let numbers = 0
const due = new Map()
const subscribers = new Map()
const waiters = new Map()
// Flights that somebody of this facade will end, each with what is called if nobody waits for it any more:
// of others it was cut off before it could begin.
const leading = new Map()

const { port, registration } = native.connect(deliver)

// Native code holds neither: both are to live as long as the module.
const kept = [deliver, registration]

// Called once in a turn if something has come. What it leaves comes in the next, so it may be cut off.
function deliver() {
  for (let number; (number = native.nextDue(port)) !== 0;) due.get(number)?.deref()?.()
  for (let count = 0; count < PER_TURN; count += AT_ONCE) {
    const batch = native.receive(port, AT_ONCE)
    dispatch(batch)
    if (!batch.more) return
  }
}

/** Reports what the calls of this thread have caused themselves. */
function deliverOwn() {
  if (native.hasOwnEvents()) eachBatch(native.ownEvents(), dispatchOwn)
}

/** The same, but calls `before` first: what that causes is reported within it. */
function deliverOwnAfter(before) {
  const own = native.hasOwnEvents() ? native.ownEvents() : undefined
  try {
    return before()
  } finally {
    if (own !== undefined) eachBatch(own, dispatchOwn)
  }
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

function dispatchOwn(batch) {
  dispatch(batch, true)
}

function dispatch({ rows, chunks, lengths, payload }, isOwn = false) {
  const keys = cutKeys({ chunks, lengths })
  let nextKey = 0
  for (let at = 0; at < rows.length; at += ROW) {
    const [kind, first, second, tag, place, length] = rows.subarray(at, at + ROW)
    const value = { tag, place, length, payload }
    if (kind === EVENT) {
      const key = keys[nextKey++]
      subscribers.get(first)?.deref()?.receive(second, key, value, isOwn)
    } else if (kind === AWAITED) {
      if (!leading.has(first)) native.giveUpFlight(first)
    } else if (kind === ABANDONED) {
      leading.get(first)?.(second === 1 ? value : undefined)
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
  waiter(message)
}

/** A number for a waiter whose callback gets `{ failed, value }` or `{ flight }`. */
function addWaiter() {
  return ++numbers
}

function awaitMessage(number, callback) {
  // Whoever takes a flight over calls a fetcher, which expects its caller's async context.
  waiters.set(number, AsyncResource.bind(callback))
}

/** Has a waiter wait no more, for a reason that is encoded. */
function stopWaiting(number, { tag, payload }) {
  waiters.delete(number)
  native.sharedLeave(port, number, tag, payload)
}

/** Events of a subscriber go to `receiver.receive(happened, key, value, isOwn)`, as long as it lives. */
function subscribe(id, receiver) {
  holdWeakly(subscribers, id, receiver)
}

function unsubscribe(id) {
  subscribers.delete(id)
}

/** A number that has the callback called when it is due. */
function addDue(callback) {
  const number = ++numbers
  due.set(number, { deref: () => callback })
  return number
}

/** The same, as long as the callback lives. */
function addDueWeakly(callback) {
  const number = ++numbers
  holdWeakly(due, number, callback)
  return number
}

const gone = new FinalizationRegistry(({ map, number }) => map.delete(number))

function holdWeakly(map, number, target) {
  if (map.get(number)?.deref() === target) return
  map.set(number, new WeakRef(target))
  gone.register(target, { map, number })
}

/**
 * Makes a number due in the next turn, once however often it is asked to. What is pressing keeps
 * the process alive until then.
 */
function nudge(number, pressing) {
  native.nudge(port, number, pressing)
}

/** Makes a number due in intervals, until what is returned is collected. */
function startChecks(number, interval) {
  return native.startChecks(port, number, interval)
}

module.exports = {
  ROW,
  addDue,
  addDueWeakly,
  addWaiter,
  awaitMessage,
  deliverOwn,
  deliverOwnAfter,
  eachBatch,
  kept,
  leading,
  nudge,
  port,
  startChecks,
  stopWaiting,
  subscribe,
  unsubscribe,
}
