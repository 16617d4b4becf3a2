// Native steps on a key as several methods take them: with the time where it is not the native clock's,
// under a condition, with their events. Arguments are checked elsewhere.
'use strict'

const { currentTime, isGenuine } = require('../common/clock.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeFound } = require('../common/codec.js')

const { answers } = native

// Under which condition a value is stored: none, that there is a live entry, that there is none. The version
// of an entry is a condition, too: that nobody has written since.
const ANY = Number.NaN
const PRESENT = -1
const ABSENT = 0

// What native code answers of an addition, beside 1 for a number that there was: that it was started, that
// there is something else, that the sum would be none, and that the store cannot hold an entry of the key.
const STARTED = 2
const NO_NUMBER = -1
const NO_SUM = -2
const TOO_LARGE = -3

/** Arguments for a native call on a key, with the time where it is not the native clock's. */
function readArguments(state, key) {
  if (isGenuine()) return [state.index, key]
  const timed = native.sharedContains(state.index, key)
  return [state.index, key, timed ? Number(Date.now()) : 0]
}

/** The time where it is not the native clock's, for steps on a whole store. */
function ownTime() {
  return isGenuine() ? undefined : Number(Date.now())
}

/** Reports what native steps of this thread have caused. */
function deliver(state) {
  if (state.interest !== 0) port.deliverOwn()
}

/** Whether an entry of this lifetime would be expired at once. */
function isPast({ expiresAt }) {
  // Without one no clock is read.
  if (Number.isNaN(expiresAt)) return false
  return expiresAt <= currentTime()
}

/**
 * Whether it was stored: undefined if the condition does not hold, false if the value is too large. Without
 * tags the entry has none; with null it keeps those that it has.
 */
function store({ index }, key, { tag, payload }, condition, { ttl, expiresAt, tags }) {
  if (!isGenuine()) {
    const now = Number(Date.now())
    return native.sharedSet(index, key, tag, payload, condition, ttl, expiresAt, tags, now)
  }
  return tags === undefined
    ? native.sharedSet(index, key, tag, payload, condition, ttl, expiresAt)
    : native.sharedSet(index, key, tag, payload, condition, ttl, expiresAt, tags)
}

/** The value as it lies there, and its version; `ABSENT` for none. Nothing is counted, used or removed. */
function readVersion(state, key) {
  const version = native.sharedPeekVersion(...readArguments(state, key))
  if (version === ABSENT) return { version, value: undefined }
  const payload = native.foundValue()
  return { version, value: decodeFound(state.codec, answers[0] - 1, payload) }
}

/**
 * Removes the entry under a condition, as deleted or as `expired`; whether the condition held. Under `ABSENT` it is
 * one that has expired and is kept.
 */
function removeIf(state, key, condition, expired) {
  const held = isGenuine()
    ? native.sharedRemoveIf(state.index, key, condition, expired)
    : native.sharedRemoveIf(state.index, key, condition, expired, Number(Date.now()))
  deliver(state)
  return held
}

/**
 * Adds to a number: the sum, or undefined. What else came of it is in `answers` and `answeredNumber`, until a
 * hook adds, too: the caller delivers.
 */
function increment({ index }, key, by, ttl, onlyIfPresent) {
  return isGenuine()
    ? native.sharedIncrement(index, key, by, ttl, onlyIfPresent)
    : native.sharedIncrement(index, key, by, ttl, onlyIfPresent, Number(Date.now()))
}

module.exports = {
  ABSENT,
  ANY,
  NO_NUMBER,
  NO_SUM,
  PRESENT,
  STARTED,
  TOO_LARGE,
  deliver,
  increment,
  isPast,
  ownTime,
  readArguments,
  readVersion,
  removeIf,
  store,
}
