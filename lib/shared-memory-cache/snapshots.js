// What a shared store holds, as a list of entries and as a file, and back. Files are read and written natively, on
// no JavaScript thread: values lie in the store as they lie in a file.
'use strict'

const { AsyncResource } = require('node:async_hooks')

const { currentTime } = require('../common/clock.js')
const { encodeAside } = require('../common/codec.js')
const { areTimed, dumpedEntry, loadingOf } = require('../common/dumps.js')
const { closedStore } = require('../common/errors.js')
const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { hearAbort, ignoreAbort } = require('../common/signals.js')
const { OwnSnapshot, saveInTurn, succeeded } = require('../common/snapshots.js')
const { open } = require('./handle.js')
const { readInfo } = require('./reads.js')
const { deliver, ownTime } = require('./steps.js')

// How often a caller is told how far a file is, in milliseconds.
const PROGRESS_INTERVAL = 50

// Of an interval, how old another thread's save must be to count for nothing: theirs and ours are not in step.
const STILL_FRESH = 0.5

function storeTtl({ index }) {
  const [, , ttl] = native.sharedLimits(index)
  return ttl
}

/** Entries with the keys there are now, as they are when their turns come. */
function dump(cache) {
  const keys = cutKeys(native.sharedKeys(open(cache).index, undefined, ownTime()))
  return dumped(cache, keys)
}

function* dumped(cache, keys) {
  for (const key of keys) {
    const state = open(cache)
    const info = readInfo(state, key)
    if (info === undefined || info.stale) continue
    const { value, ...facts } = info
    yield [key, dumpedEntry(value, facts, storeTtl(state))]
  }
}

function load(cache, entries) {
  const { codec } = open(cache)
  const encoded = entries.map(({ value }) => encodeAside(codec, value))
  // A codec, a getter or a clock may have closed the handle.
  const ttl = storeTtl(open(cache))
  const now = areTimed(entries, ttl) ? currentTime() : 0
  const state = open(cache)
  const loading = loadingOf(entries, encoded, ttl, now)
  const answer = native.sharedLoad(state.index, loading, ownTime())
  deliver(state)
  succeeded('load', undefined, answer)
}

/** What a step answers that works for as long as its file takes; `begin` is given what it is stopped by. */
async function transfer(state, wanted, path, { signal, onProgress }, begin) {
  if (signal?.aborted) throw signal.reason
  const control = native.snapshotControl()
  // In the caller's async context, as all that it is given to call.
  const call = onProgress && AsyncResource.bind(onProgress)
  let failure
  const cancel = () => native.snapshotCancel(control)
  const report = () => {
    const [entries, total, bytes] = native.snapshotProgress(control)
    try {
      call({ entries, total: Math.max(entries, total), bytes })
    } catch (error) {
      failure ??= { error }
      cancel()
    }
  }
  const checks = onProgress && port.startChecks(port.addDueWeakly(report), PROGRESS_INTERVAL)
  if (signal !== undefined) hearAbort(signal, cancel)
  let answer
  try {
    answer = await begin(control)
  } finally {
    if (checks !== undefined) native.stopChecks(checks)
    if (signal !== undefined) ignoreAbort(signal, cancel)
  }
  if (failure !== undefined) throw failure.error
  if (answer.failure?.code === 'ABORTED') {
    // By the signal, or the end of the store.
    throw signal?.aborted ? signal.reason : closedStore(state.name)
  }
  const result = succeeded(wanted, path, answer)
  if (onProgress !== undefined) {
    report()
    if (failure !== undefined) throw failure.error
  }
  return result
}

/** Each would else wait for the file, and a thread of the pool with it. */
function save(cache, wanted) {
  return saveInTurn(open(cache), () => saveOnce(cache, wanted))
}

async function saveOnce(cache, { path, signal, onProgress }) {
  const state = open(cache)
  const { entries, bytes } = await transfer(
    state,
    'save',
    path,
    { signal, onProgress },
    (control) => native.sharedSave(state.index, path, control, undefined, ownTime()),
  )
  return { entries, bytes }
}

async function restore(cache, { path, keepValid, signal, onProgress }) {
  const state = open(cache)
  const { entries } = await transfer(state, 'restore', path, { signal, onProgress }, (control) =>
    native.sharedRestore(state.index, path, keepValid, control, ownTime()),
  )
  if (!state.closed) deliver(state)
  return { entries }
}

/** Gives a handle the snapshot that its options ask for; its store has it already. */
function holdSnapshot(state, { path, interval, onExit }) {
  // The handle itself, and with it what keeps the store open, and no number of it alone.
  state.snapshot = new OwnSnapshot(
    { path, interval, onExit },
    {
      saveNow() {
        // By a call that was cut off before it could say so here.
        if (state.closed) return
        succeeded('save', path, native.sharedSaveSync(state.index, ownTime()))
      },
      async saveLater() {
        const isDestroyed = () => !state.closed && native.sharedEnded(state.index)
        if (!isDestroyed()) {
          const control = native.snapshotControl()
          const youngest = interval * STILL_FRESH
          const saved = native.sharedSave(state.index, path, control, youngest, ownTime())
          const answer = await saved
          if (!isDestroyed()) return void succeeded('save', path, answer)
        }
        // It has nothing to save, and no file any more.
        state.snapshot.end(false)
      },
    },
  )
}

module.exports = { dump, holdSnapshot, load, restore, save }
