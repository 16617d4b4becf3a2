// Writes and removals as several methods of the class make them: a value is encoded, then stored under a
// condition.
'use strict'

const {
  asCalledBy,
  entryTooLarge,
  invalidNumber,
  noSum,
  notANumber,
} = require('../common/errors.js')
const { STORES_OWN, readLifetime, readTtl } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const { warnOfMisspelt } = require('../common/option-warnings.js')
const { encode } = require('../common/codec.js')
const { genuine, open, requireKey } = require('./handle.js')
const {
  ABSENT,
  NO_NUMBER,
  NO_SUM,
  PRESENT,
  TOO_LARGE,
  deliver,
  increment,
  isPast,
  readVersion,
  removeIf,
  store,
} = require('./steps.js')

const { answers } = native

const REFUSALS = {
  [NO_NUMBER]: notANumber,
  [NO_SUM]: noSum,
  [TOO_LARGE]: entryTooLarge,
}

function readOwnLifetime(method, options) {
  return options === undefined ? STORES_OWN : readLifetime(genuine[method], method, options)
}

// Whether it was stored; `condition` is one of those that steps.js has.
function write(cache, method, key, value, condition, options) {
  const state = open(cache)
  requireKey(method, key)
  const own = readOwnLifetime(method, options)
  const encoded = encode(state.codec, value)
  const past = isPast(own)
  // A codec, a getter or a clock may have closed the handle.
  open(cache)
  if (past) {
    if (condition === PRESENT) removeIf(state, key, PRESENT, true)
    else if (condition !== ABSENT) native.sharedExpire(state.index, key)
    deliver(state)
    return false
  }
  const stored = store(state, key, encoded, condition, own)
  deliver(state)
  return stored === true
}

// Adds to a number: the sum, or undefined if there is none and none was to be started. The rest is as
// `increment` in steps.js leaves it.
function add(cache, method, key, by, ttl, onlyIfPresent) {
  if (typeof by !== 'number' || Number.isNaN(by)) {
    throw asCalledBy(genuine[method], invalidNumber(method, 'by', 'a number', by))
  }
  const own = readTtl(genuine[method], method, ttl)
  // A getter of the options may have closed the handle.
  const state = open(cache)
  const sum = increment(state, key, by, own, onlyIfPresent)
  const answer = answers[0]
  if (answer >= 0) return sum
  // Of what has expired.
  deliver(state)
  throw asCalledBy(genuine[method], REFUSALS[answer](method, key, by))
}

const START_OPTIONS = new Set(['ttl'])
const ADDITION_OPTIONS = new Set(['ttl', 'onlyIfPresent'])

// The lifetime that a number is started with.
function readStart(method, options, names = START_OPTIONS) {
  if (typeof options !== 'object') {
    throw asCalledBy(genuine[method], invalidNumber(method, 'options', 'an object', options))
  }
  warnOfMisspelt(options, names, method)
  return options.ttl
}

// The options of an addition that tells of its entry.
function readAddition(method, options) {
  const ttl = readStart(method, options, ADDITION_OPTIONS)
  const onlyIfPresent = options.onlyIfPresent ?? false
  if (typeof onlyIfPresent !== 'boolean') {
    const error = invalidNumber(method, 'onlyIfPresent', 'a boolean', onlyIfPresent)
    throw asCalledBy(genuine[method], error)
  }
  return { ttl, onlyIfPresent }
}

function removeMatching(cache, method, pattern, wildcard) {
  const state = open(cache)
  requireKey(method, pattern, wildcard ? 'pattern' : 'prefix')
  const count = native.sharedDeleteMatching(state.index, pattern, wildcard)
  deliver(state)
  return count
}

/** Writes what `fn` makes of the value, again and again until nobody has written meanwhile. */
function writeOver(cache, key, fn, given) {
  // It is the same entry: without others it keeps its tags, unless it has expired.
  const own = { ...given, tags: given.tags ?? null }
  // Somebody else has succeeded wherever this one has not.
  for (;;) {
    const state = open(cache)
    const { version, value } = readVersion(state, key)
    const updated = fn(value)
    if (typeof updated?.then === 'function') {
      const expected = 'a value and no promise'
      // Nobody else would hear of its rejection.
      Promise.resolve(updated).catch(() => {})
      throw asCalledBy(
        genuine.update,
        invalidNumber('update', 'what fn returns', expected, updated),
      )
    }
    if (updated === undefined) {
      open(cache)
      if (removeIf(state, key, version, false)) return undefined
      continue
    }
    const encoded = encode(state.codec, updated)
    const past = isPast(own)
    open(cache)
    if (past) {
      if (removeIf(state, key, version, true)) return undefined
      continue
    }
    const stored = store(state, key, encoded, version, own)
    deliver(state)
    if (stored !== undefined) return stored ? updated : undefined
  }
}

module.exports = { add, readAddition, readOwnLifetime, readStart, removeMatching, write, writeOver }
