// Many keys at once, as both kinds of cache take them: checks of what callers give, and how native code
// gets it, one string of all keys with their lengths. What a batch does is each kind's own business.
'use strict'

const { asCalledBy, invalidArgument, invalidBatch, notAPair } = require('./errors.js')
const native = require('./native.js')

const { batch } = native

// Longer texts are not kept room for natively.
const MOST_UNITS = 32_768

/** What `given`, the argument of that name, has: an array of the package's own, of which nobody else knows. */
function listed(entry, method, argument, expected, given) {
  // The characters of a string are seldom what is meant.
  if (typeof given !== 'object' || given === null || typeof given[Symbol.iterator] !== 'function') {
    throw asCalledBy(entry, invalidBatch(method, argument, expected, given))
  }
  return Array.isArray(given) ? given : [...given]
}

/** The keys that `entry`, the method of that name, was given. */
function readKeys(entry, method, given) {
  const list = listed(entry, method, 'keys', 'strings', given)
  const keys = []
  for (let i = 0; i < list.length; i++) {
    const key = list[i]
    if (typeof key !== 'string') throw asCalledBy(entry, invalidArgument(method, `keys[${i}]`, key))
    keys[i] = key
  }
  return keys
}

/** The keys and the values of the pairs that `setMany` was given. */
function readEntries(entry, given) {
  const list = listed(entry, 'setMany', 'entries', '[key, value] pairs', given)
  const keys = []
  const values = []
  for (let i = 0; i < list.length; i++) {
    const pair = list[i]
    if (!Array.isArray(pair)) throw asCalledBy(entry, notAPair('setMany', `entries[${i}]`, pair))
    const key = pair[0]
    if (typeof key !== 'string') {
      throw asCalledBy(entry, invalidArgument('setMany', `entries[${i}][0]`, key))
    }
    keys[i] = key
    values[i] = pair[1]
  }
  return { keys, values }
}

/**
 * Has `step(text, count, start)` take some keys at a time, those from `start` on, until it has taken all.
 * Their lengths lie in `batch`, where the native step leaves its answers.
 */
function inBatches(keys, most, step) {
  for (let start = 0; start < keys.length;) {
    let text = ''
    let count = 0
    for (let i = start; i < keys.length && count < most; i++) {
      const key = keys[i]
      if (count > 0 && text.length + key.length > MOST_UNITS) break
      // Adding them up takes no longer than `join`, and less where keys are strings just made of parts.
      text += key
      batch[count++] = key.length
    }
    step(text, count, start)
    start += count
  }
}

module.exports = { inBatches, readEntries, readKeys }
