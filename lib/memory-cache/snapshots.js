// What a MemoryCache holds, as a list of entries and as a file, and back. Keys, lifetimes and tags go from native
// code to native code; values are encoded and decoded here, some at a time. What comes in is built beside what is
// there and put in its place in one step.
'use strict'

const { currentTime } = require('../common/clock.js')
const { decodeRow, encodeAside } = require('../common/codec.js')
const { areTimed, dumpedEntry, loadingOf } = require('../common/dumps.js')
const { closedCache, snapshotValue } = require('../common/errors.js')
const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const { ROW } = require('../common/port.js')
const { hearAbort, ignoreAbort } = require('../common/signals.js')
const { OwnSnapshot, saveInTurn, succeeded } = require('../common/snapshots.js')
const { nextTurn, workFor } = require('../common/turns.js')
const { overtakeMatching } = require('./fetches.js')
const { inspect } = require('./lifetimes.js')
const {
  CHUNK_BITS,
  CHUNK_MASK,
  clear,
  hasHook,
  listValidKeys,
  timeOf,
  valueAt,
} = require('./state.js')
const { weigh } = require('./writes.js')

// Entries of one native step: few enough that their values are encoded within a turn.
const AT_ONCE = 128

// Slots whose values are put in place without a look at the clock.
const PLACED_AT_ONCE = 4_096

// The tag of a value that is to be left out.
const LEFT_OUT = 255

function requireOpen(state) {
  if (state.closed) throw closedCache()
}

/** Stops what a signal has aborted, or the end of the cache has overtaken. */
function check(state, { signal }) {
  if (signal?.aborted) throw signal.reason
  requireOpen(state)
}

/** Entries with the keys there are now, as they are when their turns come; `seen` is given the values. */
function dump(state, seen) {
  return dumped(state, listValidKeys(state), seen)
}

function* dumped(state, keys, seen) {
  for (const key of keys) {
    requireOpen(state)
    const known = inspect(state, key)
    if (known === undefined || known.facts.stale) continue
    const value = seen(valueAt(state.values, known.slot))
    yield [key, dumpedEntry(value, known.facts, state.ttl)]
  }
}

// Slots are filled in any order: a chunk that grew to a high one would become a dictionary.
function chunkAt(chunk, most) {
  const length = Math.min(CHUNK_MASK + 1, most + 1 - (chunk << CHUNK_BITS))
  return Array.from({ length })
}

// Values by slot, as the state has them, and how to fill them.
class Places {
  constructor(values, places) {
    this.values = values
    this.places = places
    this.next = 0
    const most = places.reduce((highest, slot) => Math.max(highest, slot), 0)
    const count = (most >> CHUNK_BITS) + 1
    this.chunks = Array.from({ length: count }, (_, chunk) => chunkAt(chunk, most))
  }

  /** Puts some values in place; whether there are others. */
  placeSome() {
    const { values, places, chunks } = this
    const end = Math.min(this.next + PLACED_AT_ONCE, places.length)
    for (let i = this.next; i < end; i++) {
      const slot = places[i]
      if (slot === 0) continue
      chunks[slot >> CHUNK_BITS][slot & CHUNK_MASK] = values[i]
    }
    this.next = end
    return end < places.length
  }
}

/** Puts a list that was built natively in the place of what is there; false if the limits are others by now. */
function replace(state, loading, built, placed) {
  if (built.expires) state.beginToExpire()
  overtakeMatching(state, '', false)
  // Each is reported. What the hooks write meanwhile is replaced, too.
  if (hasHook(state.hooks, 'onDelete')) clear(state)
  requireOpen(state)
  const { chunks } = placed
  // A save that is under way goes on in what is no longer there.
  state.loads++
  if (!native.loadingSwap(state.id, loading)) return false
  state.values = chunks
  return true
}

function loadNow(state, loading, values, weights, now, { wanted, path, strict }) {
  for (;;) {
    const answer = native.loadingBuildSync(loading, state.id, weights, now, strict)
    const built = succeeded(wanted, path, answer)
    const placed = new Places(values, built.places)
    while (placed.placeSome());
    if (replace(state, loading, built, placed)) return
  }
}

function load(cache, state, entries) {
  const weights =
    state.maxWeight === 0
      ? undefined
      : Float64Array.from(entries, ({ key, value }) => weigh(cache, state, key, value))
  const now = areTimed(entries, state.ttl) ? currentTime() : 0
  // By a getter, a weight or the clock.
  requireOpen(state)
  const loading = loadingOf(entries, undefined, state.ttl, now)
  const values = entries.map(({ value }) => value)
  loadNow(state, loading, values, weights, now, { wanted: 'load', path: undefined, strict: false })
}

/** Adds some entries to a writer; whether there may be others. */
function writeSome(state, writer, { path, codec }) {
  requireOpen(state)
  const slots = native.snapshotNext(writer, state.id, AT_ONCE, timeOf(state))
  if (slots.length === 0) return false
  const { values } = state
  const found = []
  // All of them first: a codec may use the cache.
  for (let i = 0; i < slots.length; i++) found[i] = valueAt(values, slots[i])
  const tags = new Uint8Array(slots.length).fill(LEFT_OUT)
  const payloads = []
  for (let i = 0; i < slots.length; i++) {
    try {
      const { tag, payload } = encodeAside(codec, found[i])
      tags[i] = tag
      payloads[i] = payload
    } catch (cause) {
      throw snapshotValue('save', path, native.snapshotPendingKey(writer, i), cause)
    }
  }
  native.snapshotFill(writer, tags, payloads)
  return true
}

/** Stops a save that is under way, or was cut off before it could end by itself. */
function abortSave(state) {
  const { writer } = state
  state.writer = undefined
  if (writer !== undefined) native.snapshotAbort(writer)
}

function beginToWrite(state, { path, codecName }) {
  abortSave(state)
  const own = state.snapshot
  const now = currentTime()
  // Its own file is locked already.
  const answer =
    own?.path === path
      ? native.snapshotWriterBy(own.lock, path, codecName, now)
      : native.snapshotWriter(path, codecName, now)
  state.writer = answer.writer
  return succeeded('save', path, answer).writer
}

async function saveInTurns(state, wanted) {
  for (;;) {
    check(state, wanted)
    const loads = state.loads
    const saved = await saveOnce(state, wanted, () => state.loads !== loads)
    if (saved !== undefined) return saved
  }
}

/** Undefined, and no new file, if all that was there has been replaced meanwhile. */
async function saveOnce(state, wanted, isReplaced) {
  const { path, signal, onProgress } = wanted
  const writer = beginToWrite(state, wanted)
  // Not more: the writer may be waiting for the disk.
  const abort = () => native.snapshotStop(writer)
  const written = (answer) => {
    check(state, wanted)
    return succeeded('save', path, answer)
  }
  try {
    if (signal !== undefined) hearAbort(signal, abort)
    while (!native.snapshotWalk(state.id)) {
      await nextTurn()
      check(state, wanted)
    }
    for (;;) {
      const more = workFor(() => writeSome(state, writer, wanted))
      written(await native.snapshotFlush(writer))
      if (isReplaced()) return undefined
      if (!more) break
      reportProgress(onProgress, native.snapshotWritten(writer), native.size(state.id))
      await nextTurn()
      check(state, wanted)
    }
    const answer = await native.snapshotFinish(writer)
    // One that has been renamed is there, whatever has come meanwhile.
    if (answer.failure !== undefined) written(answer)
    const { entries, bytes } = answer
    reportProgress(onProgress, [entries, bytes], entries)
    return { entries, bytes }
  } finally {
    if (signal !== undefined) ignoreAbort(signal, abort)
    endSave(state, writer)
  }
}

// Of a save that has ended there is nothing to abort.
function endSave(state, writer) {
  native.snapshotAbort(writer)
  if (state.writer === writer) state.writer = undefined
  native.snapshotEndWalk(state.id)
}

function reportProgress(onProgress, [entries, bytes], total) {
  onProgress?.({ entries, total: Math.max(entries, total), bytes })
}

function save(state, wanted) {
  return saveInTurn(state, () => saveInTurns(state, wanted))
}

/** In one go, in the place of a save that is under way. */
function saveNow(state) {
  const own = state.snapshot
  const writer = beginToWrite(state, own)
  try {
    while (!native.snapshotWalk(state.id));
    while (writeSome(state, writer, own));
    succeeded('save', own.path, native.snapshotFinishSync(writer))
  } finally {
    endSave(state, writer)
  }
}

// What is decoded of a file, in the order of its entries.
class Decoded {
  constructor(cache, state, { loading, entries }, { wanted, path, codec }) {
    this.cache = cache
    this.state = state
    this.loading = loading
    this.total = entries
    this.wanted = wanted
    this.path = path
    this.codec = codec
    this.values = []
    this.weights = state.maxWeight > 0 ? new Float64Array(entries) : undefined
  }

  /** Decodes some more; whether there are others. */
  decodeSome() {
    const { values, weights, total } = this
    const start = values.length
    if (start === total) return false
    const batch = native.loadingTake(this.loading, start, AT_ONCE)
    const keys = cutKeys(batch)
    for (const [i, key] of keys.entries()) {
      const value = this.#decode(key, batch.rows, i * ROW, batch.payload)
      values[start + i] = value
      if (weights !== undefined) weights[start + i] = weigh(this.cache, this.state, key, value)
    }
    return values.length < total
  }

  #decode(key, rows, at, payload) {
    try {
      return decodeRow(this.codec, rows[at + 3], rows[at + 4], rows[at + 5], payload)
    } catch (cause) {
      throw snapshotValue(this.wanted, this.path, key, cause)
    }
  }
}

async function restore(cache, state, wanted) {
  check(state, wanted)
  const { path, codecName, keepValid, onProgress } = wanted
  const read = await native.snapshotRead(path, codecName, keepValid)
  check(state, wanted)
  const { loading, entries, bytes } = succeeded('restore', path, read)
  const decoded = new Decoded(cache, state, { loading, entries }, { ...wanted, wanted: 'restore' })
  while (workFor(() => decoded.decodeSome())) {
    reportProgress(onProgress, [decoded.values.length, bytes], entries)
    await nextTurn()
    check(state, wanted)
  }
  for (;;) {
    const { values, weights } = decoded
    const now = currentTime()
    const answer = await native.loadingBuild(loading, state.id, weights, now, !keepValid)
    check(state, wanted)
    const built = succeeded('restore', path, answer)
    const placed = new Places(values, built.places)
    while (workFor(() => placed.placeSome())) {
      await nextTurn()
      check(state, wanted)
    }
    reportProgress(onProgress, [entries, bytes], entries)
    check(state, wanted)
    if (replace(state, loading, built, placed)) return { entries: native.size(state.id) }
  }
}

/** In one go; whether there was a file. */
function restoreNow(cache, state, { path, codec, codecName, keepValid }) {
  const read = native.snapshotReadSync(path, codecName, keepValid)
  if (read.failure?.code === 'NOT_FOUND') return
  const wanted = 'open'
  const { loading, entries } = succeeded(wanted, path, read)
  const decoded = new Decoded(cache, state, { loading, entries }, { wanted, path, codec })
  while (decoded.decodeSome());
  const { values, weights } = decoded
  const how = { wanted, path, strict: !keepValid }
  loadNow(state, loading, values, weights, currentTime(), how)
}

/** Gives a new cache the snapshot that its options ask for. */
function openSnapshot(cache, state, wanted) {
  const { path, codec, codecName } = wanted
  const { lock } = succeeded('open', path, native.snapshotLock(path))
  try {
    restoreNow(cache, state, wanted)
  } catch (error) {
    native.snapshotUnlock(lock)
    throw error
  }
  const own = new OwnSnapshot(wanted, {
    saveNow: () => saveNow(state),
    saveLater: () => save(state, state.snapshot),
  })
  state.snapshot = Object.assign(own, { codec, codecName, lock })
}

/** Before a cache is closed. */
function endSnapshot(state) {
  const { snapshot } = state
  snapshot?.end(true)
  abortSave(state)
  if (snapshot === undefined) return
  native.snapshotUnlock(snapshot.lock)
  state.snapshot = undefined
}

module.exports = { dump, endSnapshot, load, openSnapshot, restore, save }
