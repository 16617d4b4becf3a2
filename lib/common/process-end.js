// The end of the process, for whatever has something to do then: one listener for all of this thread, and none
// while there is nothing to do. What is done is for who asks.
//
// A listener for a signal takes its effect away, so ours ends the process by the signal exactly where that would have
// ended without it.
'use strict'

const { AsyncResource } = require('node:async_hooks')
const { isMainThread } = require('node:worker_threads')

const { callAll } = require('./call-all.js')

// Signals come to the main thread alone.
const SIGNALS = isMainThread ? ['SIGTERM', 'SIGINT'] : []

// By this the listeners of several copies of this module know each other.
const kEnds = Symbol.for('native-memory-cache.ends the process')

// What signal-exit, in many programs' trees, counts its listeners by: it ends the process itself
// unless there are listeners that it does not know.
const kSignalExit = Symbol.for('signal-exit emitter')
const SIGNAL_EXIT_3 = '__signal_exit_emitter__'

// A signal has one handle in a process, which keeps the async context that it was made in. That of this module's
// loading, and of no user's call.
const root = new AsyncResource('native-memory-cache.process-end')

const tasks = new Set()

function runAll() {
  callAll(tasks)
}

function signalExitListeners() {
  return (process[SIGNAL_EXIT_3]?.count ?? 0) + (globalThis[kSignalExit]?.count ?? 0)
}

function onSignal(signal) {
  const others = process.listeners(signal).filter((listener) => !listener[kEnds]).length
  // The program's own decide what becomes of it.
  if (others > signalExitListeners()) return
  runAll()
  process.removeListener(signal, onSignal)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}
onSignal[kEnds] = true

// A listener that is called before ours and only once is gone by then, as if there had been none.
function stayFirst(event, listener) {
  if (!SIGNALS.includes(event) || listener[kEnds]) return
  queueMicrotask(() => {
    if (process.listeners(event).indexOf(onSignal) < 1) return
    // In this order, which takes the one away that stands further back: a signal that comes while there is no
    // listener at all would be lost.
    process.prependListener(event, onSignal)
    process.removeListener(event, onSignal)
  })
}

function listen() {
  // One that was cut off has left some.
  stopListening()
  // First: a later one may call `process.exit`, or throw.
  process.prependListener('exit', runAll)
  for (const signal of SIGNALS) process.prependListener(signal, onSignal)
  if (SIGNALS.length > 0) process.on('newListener', stayFirst)
}

function stopListening() {
  process.removeListener('newListener', stayFirst)
  for (const signal of SIGNALS) process.removeListener(signal, onSignal)
  process.removeListener('exit', runAll)
}

/** Has a task run when the process ends normally or by a signal; on another thread, when that ends by itself. */
function addAtEnd(task) {
  if (tasks.size === 0) root.runInAsyncScope(listen)
  tasks.add(task)
}

function removeAtEnd(task) {
  if (tasks.delete(task) && tasks.size === 0) stopListening()
}

module.exports = { addAtEnd, removeAtEnd }
