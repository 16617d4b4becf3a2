// Who is to hear of a signal's abort. Each signal has one listener, however many calls it is given to: beyond ten
// Node.js warns of a leak. What an abort means to a call is in fetching.js.
'use strict'

const { callAll } = require('./call-all.js')

// By signal: its listener and the functions that are called by it.
const heard = new WeakMap()

function stopHearing(signal, { listener }) {
  heard.delete(signal)
  try {
    signal.removeEventListener('abort', listener)
  } catch {
    // That of a signal of the user's own: whoever waits is answered all the same.
  }
}

// Apart from the first caller, of whom the listener must keep nothing.
function listenTo(signal) {
  const functions = new Set()
  const listener = () => {
    stopHearing(signal, { listener })
    callAll(functions)
  }
  signal.addEventListener('abort', listener)
  const known = { functions, listener }
  heard.set(signal, known)
  return known
}

/** Calls `onAbort` when the signal is aborted, until `ignoreAbort` is called with the same. */
function hearAbort(signal, onAbort) {
  const { functions } = heard.get(signal) ?? listenTo(signal)
  functions.add(onAbort)
}

function ignoreAbort(signal, onAbort) {
  const known = heard.get(signal)
  if (known?.functions.delete(onAbort) && known.functions.size === 0) stopHearing(signal, known)
}

module.exports = { hearAbort, ignoreAbort }
