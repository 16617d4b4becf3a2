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
  timeOf,
  timeOfList,
  valueAt,
} = require('./state.js')
const { weigh } = require('./writes.js')

// Entries of one native step. Their values are encoded and decoded one by one: how long one takes is its codec's.
const AT_ONCE = 128

// Slots whose values are put in place without a look at the clock.
const PLACED_AT_ONCE = 1_024

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
  return dumped(state, cutKeys(native.keysToDump(state.id, timeOfList(state))), seen)
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

// A chunk that grew to a high slot would become a dictionary.
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
    // Slots count from 1, and there is none beyond the number of entries.
    this.chunks = [chunkAt(0, places.length)]
  }

  /** Puts some values in place; whether there are others. */
  placeSome() {
    const { values, places, chunks } = this
    const end = Math.min(this.next + PLACED_AT_ONCE, places.length)
    for (let i = this.next; i < end; i++) {
      const slot = places[i]
      if (slot === 0) continue
      while (chunks.length <= slot >> CHUNK_BITS) {
        chunks.push(chunkAt(chunks.length, places.length))
      }
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

// What is encoded for a writer, in steps of one value.
class Encoded {
  constructor(state, writer, { path, codec }) {
    this.state = state
    this.writer = writer
    this.path = path
    this.codec = codec
    this.next = 0
    this.found = []
  }

  /** Encodes another value; whether there may be others. */
  encodeNext() {
    if (this.next === this.found.length && !this.#takeSome()) return false
    this.#encode(this.next++)
    if (this.next === this.found.length) {
      native.snapshotFill(this.writer, this.tags, this.payloads)
    }
    return true
  }

  #takeSome() {
    const { state, writer } = this
    requireOpen(state)
    const slots = native.snapshotNext(writer, state.id, AT_ONCE, timeOf(state))
    const { values } = state
    const found = []
    // All of them first: a codec may use the cache.
    for (let i = 0; i < slots.length; i++) found[i] = valueAt(values, slots[i])
    this.found = found
    this.next = 0
    this.tags = new Uint8Array(found.length)
    this.payloads = []
    return found.length > 0
  }

  #encode(i) {
    try {
      const { tag, payload } = encodeAside(this.codec, this.found[i])
      this.tags[i] = tag
      this.payloads[i] = payload
    } catch (cause) {
      throw snapshotValue('save', this.path, native.snapshotPendingKey(this.writer, i), cause)
    }
  }
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
    const saved = await saveOnce(state, wanted)
    if (saved !== undefined) return saved
  }
}

/** Undefined, and no new file, if all that was there has been replaced meanwhile. */
async function saveOnce(state, wanted) {
  const { path, signal, onProgress } = wanted
  const { loads } = state
  const writer = beginToWrite(state, wanted)
  // Not more: the writer may be waiting for the disk.
  const abort = () => native.snapshotStop(writer)
  const written = (answer) => {
    check(state, wanted)
    return succeeded('save', path, answer)
  }
  const encoded = new Encoded(state, writer, wanted)
  try {
    if (signal !== undefined) hearAbort(signal, abort)
    while (!native.snapshotWalk(state.id)) {
      await nextTurn()
      check(state, wanted)
    }
    for (;;) {
      const more = workFor(() => encoded.encodeNext())
      written(await native.snapshotFlush(writer))
      if (state.loads !== loads) return undefined
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
    const encoded = new Encoded(state, writer, own)
    while (encoded.encodeNext());
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
    // Up to here entries were taken.
    this.end = 0
    this.weights = state.maxWeight > 0 ? new Float64Array(entries) : undefined
  }

  /** Decodes another value; whether there are others. */
  decodeNext() {
    const { values, weights, total } = this
    const number = values.length
    if (number === total) return false
    if (number === this.end) this.#takeSome(number)
    const { batch, keys, start } = this
    const i = number - start
    const value = this.#decode(keys[i], batch.rows, i * ROW, batch.payload)
    values.push(value)
    if (weights !== undefined) weights[number] = weigh(this.cache, this.state, keys[i], value)
    return number + 1 < total
  }

  #takeSome(start) {
    this.batch = native.loadingTake(this.loading, start, AT_ONCE)
    this.keys = cutKeys(this.batch)
    this.start = start
    this.end = start + this.keys.length
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
  while (workFor(() => decoded.decodeNext())) {
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
  while (decoded.decodeNext());
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
