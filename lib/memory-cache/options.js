// Checks and defaults of the options of MemoryCache. What they mean is decided elsewhere.
'use strict'

const { invalidOption, missingSizeCalculation } = require('../common/errors.js')
const { limit, optionalFunction, readHooks, requireObject } = require('../common/options.js')

function readOptions(options) {
  requireObject(options, 'options')
  const maxSize = limit(options, 'maxSize', 100)
  const ttl = limit(options, 'ttl', 300_000)
  const maxWeight = limit(options, 'maxWeight', 0)
  const sizeCalculation = optionalFunction(options, 'sizeCalculation')
  if (maxWeight > 0 && sizeCalculation === undefined) throw missingSizeCalculation()
  const hooks = readHooks(options)
  const checkInterval = limit(options, 'checkInterval', 0)
  const hookDelivery = options.hookDelivery ?? 'sync'
  if (hookDelivery !== 'sync' && hookDelivery !== 'deferred') {
    throw invalidOption('hookDelivery', "'sync' or 'deferred'", hookDelivery)
  }
  return { maxSize, ttl, maxWeight, sizeCalculation, hooks, checkInterval, hookDelivery }
}

module.exports = { readOptions }
