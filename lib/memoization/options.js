// Checks of the options of `cached` and `memoize`, and the keys that they make of arguments. What the
// options mean for a call is in calls.js.
'use strict'

const { invalidOption } = require('../common/errors.js')
const { warnOfUnknown } = require('../common/option-warnings.js')
const { requireObject } = require('../common/options.js')
const { MOST_TAGS, areTags } = require('../common/tags.js')
const { MemoryCache } = require('../memory-cache/memory-cache.js')
const { OPTIONS, readOptions } = require('../memory-cache/options.js')
const { SharedMemoryCache } = require('../shared-memory-cache/shared-memory-cache.js')

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
  if (cache === undefined) return undefined
  if (cache instanceof MemoryCache || cache instanceof SharedMemoryCache) return cache
  throw invalidOption('cache', 'a MemoryCache or a SharedMemoryCache', cache)
}

/**
 * `fetching`: what every fetch wants, undefined if nothing but what the published decorator does.
 * `cacheOptions`: those of a cache of its own, and `checked`, the same as they were found.
 */
function readMemoizeOptions(options, what) {
  const { keyGenerator, hashKeys, timeout, shouldCache, tags, cache, ...others } = requireObject(
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
    const { ttl, staleWhileRevalidate, staleIfError } = others
    fetching.ttl = typeof ttl === 'function' ? ttl : optionalDuration('ttl', ttl ?? undefined)
    const durations = { staleWhileRevalidate, staleIfError }
    for (const [name, value] of Object.entries(durations)) {
      fetching[name] = optionalDuration(name, value ?? undefined)
    }
    warnOfUnknown(options, OPTIONS_WITH_CACHE, what)
    return { ...read, fetching }
  }
  const { ttl } = others
  const cacheOptions = { ...others }
  if (typeof ttl === 'function') {
    fetching.ttl = ttl
    delete cacheOptions.ttl
  }
  warnOfUnknown(options, ALL_OPTIONS, what)
  const checked = readOptions(cacheOptions)
  const { staleWhileRevalidate, staleIfError } = checked.lifetimes
  const wantsMore =
    Object.values(fetching).some((value) => value !== undefined) ||
    staleWhileRevalidate > 0 ||
    staleIfError > 0
  return { ...read, cacheOptions, checked, fetching: wantsMore ? fetching : undefined }
}

module.exports = { readMemoizeOptions }
