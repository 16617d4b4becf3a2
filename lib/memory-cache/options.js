// Checks and defaults of the options of MemoryCache. What they mean is decided elsewhere.
'use strict'

const { invalidOption, missingSizeCalculation } = require('../common/errors.js')
const { LIFETIME_OPTIONS, readLifetimeOptions } = require('../common/lifetimes.js')
const { warnOfUnknown } = require('../common/option-warnings.js')
const { limit, readEviction, readHooks, requireObject } = require('../common/options.js')
const { readSnapshot, STRUCTURED } = require('../common/snapshot-options.js')

// Those of caches for results, too, of which there may be many: none has a file of its own.
const OPTIONS = [
  'maxSize',
  'ttl',
  'maxWeight',
  'sizeCalculation',
  'eviction',
  'hooks',
  'hookDelivery',
  'checkInterval',
  'lateFetch',
  ...LIFETIME_OPTIONS,
]

function readOptions(options) {
  requireObject(options, 'options')
  const maxSize = limit(options, 'maxSize', 100)
  const ttl = limit(options, 'ttl', 300_000)
  const maxWeight = limit(options, 'maxWeight', 0)
  const { sizeCalculation } = options
  if (maxWeight > 0) {
    if (!sizeCalculation) throw missingSizeCalculation()
    if (typeof sizeCalculation !== 'function') {
      throw invalidOption('sizeCalculation', 'a function', sizeCalculation)
    }
  }
  const eviction = readEviction(options)
  const hooks = readHooks(options)
  const checkInterval = limit(options, 'checkInterval', 0)
  const hookDelivery = options.hookDelivery ?? 'sync'
  if (hookDelivery !== 'sync' && hookDelivery !== 'deferred') {
    throw invalidOption('hookDelivery', "'sync' or 'deferred'", hookDelivery)
  }
  const lateFetch = options.lateFetch ?? 'store'
  if (lateFetch !== 'store' && lateFetch !== 'discard') {
    throw invalidOption('lateFetch', "'store' or 'discard'", lateFetch)
  }
  const {
    updateAgeOnGet = false,
    ttlJitter = 0,
    ttlJitterSeed,
    staleWhileRevalidate = 0,
    staleIfError = 0,
  } = readLifetimeOptions(options)
  const lifetimes = {
    updateAgeOnGet,
    ttlJitter,
    ttlJitterSeed,
    staleWhileRevalidate,
    staleIfError,
  }
  const snapshot = readSnapshot(options, STRUCTURED)
  warnOfUnknown(options, [...OPTIONS, 'snapshot'], 'MemoryCache')
  const limits = { maxSize, ttl, maxWeight, sizeCalculation }
  return { ...limits, eviction, hooks, checkInterval, hookDelivery, lateFetch, lifetimes, snapshot }
}

const LIMITS = ['maxSize', 'maxWeight', 'ttl']

/** What `resize` is told; limits left out are the current ones. */
function readLimits(limits, current) {
  requireObject(limits, 'limits')
  const maxSize = limit(limits, 'maxSize', current.maxSize)
  const maxWeight = limit(limits, 'maxWeight', current.maxWeight)
  const ttl = limit(limits, 'ttl', current.ttl)
  // What is held was weighed or not when it was written.
  if (current.maxWeight === 0 && maxWeight > 0) {
    throw invalidOption('maxWeight', '0, since the cache was made without weights', maxWeight)
  }
  if (current.maxWeight > 0 && maxWeight === 0) {
    const expected = 'above 0, since the cache was made with weights; Infinity means no limit'
    throw invalidOption('maxWeight', expected, maxWeight)
  }
  warnOfUnknown(limits, LIMITS, 'MemoryCache.resize')
  return { maxSize, maxWeight, ttl }
}

module.exports = { OPTIONS, readLimits, readOptions }
