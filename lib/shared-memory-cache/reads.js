// What becomes of what native reads have found: decoded, reported to hooks. Arguments are checked elsewhere.
'use strict'

const { currentTime, isGenuine } = require('../common/clock.js')
const { report } = require('../common/hooks.js')
const { cutKeys } = require('../common/keys.js')
const { factsOf } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeFound, decodeRow } = require('../common/codec.js')
const { open } = require('./handle.js')
const { deliver, ownTime, readArguments } = require('./steps.js')

const { answers, sharedVersion } = native

function hit(state, key, value) {
  if (state.hooks !== undefined) report(state.hooks, 'onHit', { key, value })
  return value
}

function missed(state, key, expired) {
  if (state.hooks === undefined) return
  report(state.hooks, 'onMiss', { key, reason: expired ? 'expired' : 'not_found' })
}

// `found` is what a native read has answered, and `payload` what it has returned.
function readOutcome(state, key, found, payload) {
  if (found > 0) {
    let value
    try {
      value = decodeFound(state.codec, found - 1, payload)
    } finally {
      deliver(state)
    }
    return hit(state, key, value)
  }
  deliver(state)
  missed(state, key, found < 0)
  return undefined
}

/** The same for a value that was taken: its removal is reported after the hit, as in a MemoryCache. */
function takenOutcome(state, key, found, payload) {
  if (found <= 0 || state.interest === 0) return readOutcome(state, key, found, payload)
  let value
  try {
    value = decodeFound(state.codec, found - 1, payload)
  } catch (error) {
    deliver(state)
    throw error
  }
  return port.deliverOwnAfter(() => hit(state, key, value))
}

function readNear(state, key) {
  const version = isGenuine()
    ? sharedVersion(state.index, key)
    : sharedVersion(...readArguments(state, key))
  if (version > 0) {
    const known = state.near.get(version)
    if (known !== undefined) return hit(state, key, known.value)
    const payload = native.foundValue()
    const [found, bytes] = answers
    const value = decodeFound(state.codec, found - 1, payload)
    // A codec may close the handle.
    state.near?.set(key, version, value, bytes)
    return hit(state, key, value)
  }
  state.near.delete(key)
  deliver(state)
  missed(state, key, version < 0)
  return undefined
}

/** What `info` tells of a key; undefined if there is neither a valid nor a kept entry. */
function readInfo(state, key) {
  const now = currentTime()
  const known = native.sharedInfo(state.index, key, now)
  if (known === null) return undefined
  const payload = native.foundValue()
  const value = decodeFound(state.codec, answers[0] - 1, payload)
  // An array of the caller's realm.
  return { value, ...factsOf(known.facts, now), tags: [...known.tags] }
}

/**
 * The entries of all batches of rows, of which native code has made the first. `skipped` units at the start
 * of each key are left out. A value is decoded when somebody comes to it: how long that takes is the codec's.
 */
function* decodeEntries(codec, first, skipped = 0) {
  for (let batch = first; ; batch = native.nextRows(first.rest)) {
    const { rows, payload } = batch
    for (const [i, key] of cutKeys(batch, skipped).entries()) {
      const [, , , tag, place, length] = rows.subarray(i * port.ROW, (i + 1) * port.ROW)
      yield [key, decodeRow(codec, tag, place, length, payload)]
    }
    if (!batch.more) return
  }
}

/**
 * The entries of one step of a scan, and where it goes on. The first `literal` units of the pattern stand for
 * themselves, and the keys come without them.
 */
function scanEntries(cache, from, pattern, wildcard, literal = 0) {
  const now = ownTime()
  const { index, codec } = open(cache)
  const { first, next } = native.sharedScan(index, from ?? [0, 0], pattern, wildcard, now, literal)
  return { entries: decodeEntries(codec, first, literal), next }
}

module.exports = {
  decodeEntries,
  hit,
  missed,
  readInfo,
  readNear,
  readOutcome,
  scanEntries,
  takenOutcome,
}
