// Many keys at once, as both kinds of cache take them: checks of what callers give, and how native code
// gets it, one string of all keys with their lengths. What a batch does is each kind's own business.
'use strict'

const { asCalledBy, invalidArgument, invalidBatch, notAnEntry } = require('./errors.js')
const { readLifetime } = require('./lifetimes.js')
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

// An entry as Keyv and node-cache have it, which may have options of its own.
function readObject(entry, given, place) {
  if (typeof given !== 'object' || given === null) {
    throw asCalledBy(entry, notAnEntry('setMany', place, given))
  }
  const { key, value, ttl, expiresAt, tags } = given
  if (typeof key !== 'string') {
    throw asCalledBy(entry, invalidArgument('setMany', `${place}.key`, key))
  }
  const options = { ttl, expiresAt, tags }
  const hasOwn = Object.values(options).some((option) => option !== undefined && option !== null)
  return { key, value, own: hasOwn ? readLifetime(entry, 'setMany', options) : undefined }
}

/** The keys and the values of the entries that `setMany` was given, and their own options if any has some. */
function readEntries(entry, given) {
  const list = listed(entry, 'setMany', 'entries', '[key, value] pairs', given)
  const keys = []
  const values = []
  let owns
  for (let i = 0; i < list.length; i++) {
    const item = list[i]
    if (Array.isArray(item)) {
      const key = item[0]
      if (typeof key !== 'string') {
        throw asCalledBy(entry, invalidArgument('setMany', `entries[${i}][0]`, key))
      }
      keys[i] = key
      values[i] = item[1]
    } else {
      const { key, value, own } = readObject(entry, item, `entries[${i}]`)
      keys[i] = key
      values[i] = value
      if (own !== undefined) (owns ??= [])[i] = own
    }
  }
  return { keys, values, owns }
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

module.exports = { inBatches, listed, readEntries, readKeys }
