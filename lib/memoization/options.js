// Checks of the options of `cached` and `memoize`, and the keys that they make of arguments. What the
// options mean for a call is in calls.js.
'use strict'

const { asCalledBy, invalidOption, invalidResult } = require('../common/errors.js')
const { warnOfUnknown } = require('../common/option-warnings.js')
const { requireObject } = require('../common/options.js')
const { disown } = require('../common/promises.js')
const { MOST_TAGS, areTags } = require('../common/tags.js')
const { OPTIONS, readOptions } = require('../memory-cache/options.js')
const { decoratorHooks } = require('./hooks.js')
const { isResultCache } = require('./result-caches.js')

const FETCH_OPTIONS = ['ttl', 'timeout', 'shouldCache', 'staleWhileRevalidate', 'staleIfError']
const OWN_OPTIONS = ['keyGenerator', 'hashKeys', 'timeout', 'shouldCache', 'tags', 'cache']
const ALL_OPTIONS = [...OPTIONS, ...OWN_OPTIONS]
const OPTIONS_WITH_CACHE = [...FETCH_OPTIONS, ...OWN_OPTIONS]

// FNV-1a, 32 bits, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/), in
// hexadecimal without leading zeros: the published package's keys.
function hashKey(text) {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return (hash >>> 0).toString(16)
}

function argumentKeys({ keyGenerator, hashKeys }) {
  if (keyGenerator) {
    if (typeof keyGenerator !== 'function') {
      throw invalidOption('keyGenerator', 'a function', keyGenerator)
    }
    return keyGenerator
  }
  return hashKeys ? (args) => hashKey(JSON.stringify(args)) : (args) => JSON.stringify(args)
}

function optionalFunction(name, value) {
  if (value === undefined || typeof value === 'function') return value
  throw invalidOption(name, 'a function', value)
}

function optionalDuration(name, value) {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return value
  throw invalidOption(name, 'a non-negative number', value)
}

function optionalTags(value) {
  if (value === undefined || typeof value === 'function' || areTags(value)) return value
  throw invalidOption('tags', `an array of at most ${MOST_TAGS} strings or a function`, value)
}

function readCache(cache) {
  if (cache === undefined || isResultCache(cache)) return cache
  const expected = 'a MemoryCache, a SharedMemoryCache or a view of one'
  throw invalidOption('cache', expected, cache)
}

/** Keys that start with `prefix`; what is no string is refused, as called by the caller of `entry`. */
function checkedKeys(entry, method, prefix, keyOf) {
  return (args) => {
    const key = disown(keyOf(args))
    if (typeof key === 'string') return prefix + key
    throw asCalledBy(entry, invalidResult(method, 'keyGenerator', 'a string', key))
  }
}

// Inherited ones and accessors count, as they do for the constructor.
function readCacheOptions(options) {
  const found = {}
  for (const name of OPTIONS) {
    const value = options[name]
    if (value !== undefined) found[name] = value
  }
  return found
}

// The published decorator spreads its options, and takes nothing but what that finds.
function spreadCacheOptions(options) {
  const cacheOptions = { ...options }
  for (const name of [...OWN_OPTIONS, 'snapshot']) delete cacheOptions[name]
  return { cacheOptions, checked: readOptions(cacheOptions) }
}

function isSet(value) {
  return value !== undefined && value !== null && value !== 0
}

/** What every fetch is to be like, into a cache that is there already. */
function readFetching(options, fetching) {
  const { ttl, staleWhileRevalidate, staleIfError } = options
  return {
    ...fetching,
    ttl: typeof ttl === 'function' ? ttl : optionalDuration('ttl', ttl ?? undefined),
    staleWhileRevalidate: optionalDuration(
      'staleWhileRevalidate',
      staleWhileRevalidate ?? undefined,
    ),
    staleIfError: optionalDuration('staleIfError', staleIfError ?? undefined),
  }
}

/**
 * `fetching`: what every fetch wants, undefined if nothing but what the published decorator does.
 * `cacheOptions`: those of a cache of its own, and, for that decorator, `checked`, the same as they were found.
 */
function readMemoizeOptions(options, what) {
  const { keyGenerator, hashKeys, timeout, shouldCache, tags, cache } = requireObject(
    options,
    'options',
  )
  const keyOf = argumentKeys({ keyGenerator, hashKeys })
  const given = readCache(cache ?? undefined)
  const fetching = {
    timeout: optionalDuration('timeout', timeout ?? undefined),
    shouldCache: optionalFunction('shouldCache', shouldCache ?? undefined),
    tags: optionalTags(tags ?? undefined),
  }
  const read = { keyOf, cache: given, hasKeyGenerator: Boolean(keyGenerator) }
  if (given !== undefined) {
    const wanted = readFetching(options, fetching)
    warnOfUnknown(options, OPTIONS_WITH_CACHE, what)
    return { ...read, fetching: wanted }
  }
  warnOfUnknown(options, ALL_OPTIONS, what)
  const cacheOptions = readCacheOptions(options)
  const { ttl, staleWhileRevalidate, staleIfError } = cacheOptions
  if (typeof ttl === 'function') {
    fetching.ttl = ttl
    delete cacheOptions.ttl
  }
  const wantsMore =
    what === 'memoize' ||
    Object.values(fetching).some(isSet) ||
    isSet(staleWhileRevalidate) ||
    isSet(staleIfError)
  if (!wantsMore) return { ...read, ...spreadCacheOptions(options) }
  const { hooks } = readOptions(cacheOptions)
  if (hooks !== undefined) cacheOptions.hooks = decoratorHooks(hooks)
  return { ...read, cacheOptions, fetching }
}

module.exports = { checkedKeys, readMemoizeOptions }
