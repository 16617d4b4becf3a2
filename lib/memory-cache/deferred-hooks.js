// Hooks after the caller's turn: the events of all caches of this facade wait in order and are handed
// over in rounds, one in a turn of the event loop. None is lost while the process lives.
//
// A round takes 256 events, or a 64th of those that wait if that is more, and where the last one has left
// some as many again as have come since: the queue does not grow while they keep coming. What hooks
// cause lengthens no round.
//
// JavaScript can be cut off wherever a function is entered or a loop goes round, hooks included. So
// nothing is noted here of rounds to come: whoever adds asks for one, which is native and costs little
// where one was asked for, and a round asks for the next before it calls a hook.
'use strict'

const { AsyncResource } = require('node:async_hooks')

const { callHook } = require('../common/hooks.js')
const port = require('../common/port.js')

const AT_ONCE = 256
const LARGEST_PART = 64

// A hook runs in the async context of the call that it reports.
class Event extends AsyncResource {
  constructor(hook, context) {
    super('MemoryCacheHook')
    this.hook = hook
    this.context = context
    // Number of the first call of flushHooks that waits for it. Whoever waits for a hook waits for
    // what it causes.
    this.flush = cause === undefined ? flushCalls : cause.flush
  }
}

let events = []
// Events are numbered. These are counts of all that there have ever been.
let forgotten = 0
let delivered = 0
// How many had come by the end of the last round, if it has left any.
let known
// The event whose hook is running.
let cause
let flushCalls = 0
// Those who wait, the first first.
const flushes = []

const number = port.addDue(deliver)

function add(hook, context) {
  events.push(new Event(hook, context))
  port.nudge(number, true)
}

function deliver() {
  // If a hook was cut off.
  cause = undefined
  const waiting = forgotten + events.length - delivered
  if (waiting > 0) {
    port.nudge(number, true)
    const came = known === undefined ? 0 : forgotten + events.length - known
    callHooks(came + Math.max(AT_ONCE, Math.floor(waiting / LARGEST_PART)))
    const total = forgotten + events.length
    known = delivered === total ? undefined : total
    forget()
  }
  if (flushes.length === 0) return
  const least = leastAwaited(flushes[0].number)
  let settled = 0
  while (settled < flushes.length && flushes[settled].number < least) flushes[settled++].resolve()
  flushes.splice(0, settled)
}

function callHooks(most) {
  for (let count = 0; count < most && delivered < forgotten + events.length; count++) {
    // Counted first: a hook that is cut off is not called again.
    const event = events[delivered++ - forgotten]
    cause = event
    event.runInAsyncScope(callHook, undefined, event.hook, event.context)
    cause = undefined
  }
}

// The first call that some event has to come before. The first call of all is mostly one: events that a
// call waits for are the first, but for what hooks have caused.
function leastAwaited(first) {
  let least = Infinity
  for (let i = delivered - forgotten; i < events.length && least > first; i++) {
    least = Math.min(least, events[i].flush)
  }
  return least
}

// By halves, so that no event is moved more than once on average.
function forget() {
  if ((delivered - forgotten) * 2 < events.length) return
  const rest = events.slice(delivered - forgotten)
  events = rest
  forgotten = delivered
}

/** Resolves when the hooks of all events so far have run, and of what these hooks cause. */
function flushed() {
  if (delivered === forgotten + events.length) return Promise.resolve()
  port.nudge(number, true)
  const call = flushCalls++
  return new Promise((resolve) => flushes.push({ number: call, resolve }))
}

module.exports = { add, flushed }
