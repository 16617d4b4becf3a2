// Checks and defaults of the options of MemoryCache. What they mean is decided elsewhere.
'use strict'

const { invalidOption, missingSizeCalculation } = require('../common/errors.js')
const { LIFETIME_OPTIONS, readLifetimeOptions } = require('../common/lifetimes.js')
const { warnOfUnknown } = require('../common/option-warnings.js')
const { limit, readHooks, requireObject } = require('../common/options.js')

const OPTIONS = [
  'maxSize',
  'ttl',
  'maxWeight',
  'sizeCalculation',
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
  const { updateAgeOnGet = false, ttlJitter = 0, ttlJitterSeed } = readLifetimeOptions(options)
  const lifetimes = { updateAgeOnGet, ttlJitter, ttlJitterSeed }
  warnOfUnknown(options, OPTIONS, 'MemoryCache')
  const limits = { maxSize, ttl, maxWeight, sizeCalculation }
  return { ...limits, hooks, checkInterval, hookDelivery, lateFetch, lifetimes }
}

module.exports = { OPTIONS, readOptions }
