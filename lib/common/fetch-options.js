// What a caller of getOrSet wants of a fetch: checks alone. How fetches go is in fetching.js and each
// kind's own files.
'use strict'

const { asCalledBy, invalidNumber, invalidResult } = require('./errors.js')
const { readTtl } = require('./lifetimes.js')
const { warnOfMisspelt } = require('./option-warnings.js')
const { disown, isThenable } = require('./promises.js')
const { readTags } = require('./tags.js')

const FETCH_OPTIONS = new Set([
  'ttl',
  'tags',
  'forceRefresh',
  'shouldCache',
  'signal',
  'timeout',
  'staleWhileRevalidate',
  'staleIfError',
])

function always() {
  return true
}

// The cache's lifetime, of whatever is fetched, and as long as it takes.
const PLAIN = Object.freeze({
  lifetimeOf: () => undefined,
  tags: undefined,
  tagsOf: () => undefined,
  forceRefresh: false,
  shouldCache: always,
  signal: undefined,
  timeout: 0,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  // Whether the fetcher is told anything: programs pass functions that have optional parameters.
  informs: false,
})

// Node.js takes longer times for one millisecond.
const LONGEST_TIMEOUT = 2 ** 31 - 1

function refused(entry, name, expected, value) {
  return asCalledBy(entry, invalidNumber('getOrSet', name, expected, value))
}

function optional(entry, options, name, type, expected) {
  const value = options[name] ?? undefined
  if (value === undefined || typeof value === type) return value
  throw refused(entry, name, expected, value)
}

function duration(entry, options, name) {
  const value = options[name] ?? undefined
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value
  throw refused(entry, name, 'a non-negative number', value)
}

// Signals of other realms and polyfills will do.
function isSignal({ aborted, addEventListener, removeEventListener }) {
  const isTarget = typeof addEventListener === 'function'
  return typeof aborted === 'boolean' && isTarget && typeof removeEventListener === 'function'
}

function readSignal(entry, options) {
  const signal = options.signal ?? undefined
  if (signal === undefined || isSignal(signal)) return signal
  throw refused(entry, 'signal', 'an AbortSignal', signal)
}

// A promise would be taken for `true`, whatever it brings.
function readShouldCache(entry, options) {
  const given = optional(entry, options, 'shouldCache', 'function', 'a function')
  if (given === undefined) return always
  return (value, key) => {
    const answer = given(value, key)
    if (!isThenable(answer)) return answer
    disown(answer)
    throw asCalledBy(entry, invalidResult('getOrSet', 'shouldCache', 'a boolean', answer))
  }
}

// `tags` are those that are known before the fetch, `tagsOf` tells those of what was fetched.
function readFetchTags(entry, { tags: given }) {
  if (typeof given === 'function') {
    return {
      tags: undefined,
      tagsOf: (value, key) => readTags(entry, 'getOrSet', disown(given(value, key))),
    }
  }
  const tags = readTags(entry, 'getOrSet', given)
  return { tags, tagsOf: () => tags }
}

/** `lifetimes` are the cache's: what the caller says nothing of is as they are. */
function readFetchOptions(entry, options, lifetimes = PLAIN) {
  const { staleWhileRevalidate, staleIfError } = lifetimes
  if (options === undefined || options === null) {
    if (staleWhileRevalidate === 0 && staleIfError === 0) return PLAIN
    return { ...PLAIN, staleWhileRevalidate, staleIfError }
  }
  if (typeof options !== 'object') throw refused(entry, 'options', 'an object', options)
  const ttl = options.ttl ?? undefined
  if (typeof ttl !== 'function') readTtl(entry, 'getOrSet', ttl)
  const { tags, tagsOf } = readFetchTags(entry, options)
  const forceRefresh = optional(entry, options, 'forceRefresh', 'boolean', 'a boolean') ?? false
  const shouldCache = readShouldCache(entry, options)
  const lifetimeOf = (value, key) => {
    if (typeof ttl !== 'function') return ttl
    const own = disown(ttl(value, key)) ?? undefined
    readTtl(entry, 'getOrSet', own)
    return own
  }
  const timeout = duration(entry, options, 'timeout') ?? 0
  warnOfMisspelt(options, FETCH_OPTIONS, 'getOrSet')
  return {
    lifetimeOf,
    tags,
    tagsOf,
    forceRefresh,
    shouldCache,
    signal: readSignal(entry, options),
    timeout: timeout <= LONGEST_TIMEOUT ? timeout : 0,
    staleWhileRevalidate: duration(entry, options, 'staleWhileRevalidate') ?? staleWhileRevalidate,
    staleIfError: duration(entry, options, 'staleIfError') ?? staleIfError,
    informs: true,
  }
}

module.exports = { isSignal, readFetchOptions }
