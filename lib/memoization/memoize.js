// `memoize`: a function that remembers its results. Options are checked in options.js, calls in calls.js.
'use strict'

const { asCalledBy, checkedFor, missingName, notAFunction } = require('../common/errors.js')
const { MemoryCache } = require('../memory-cache/memory-cache.js')
const { storing } = require('./calls.js')
const { readMemoizeOptions } = require('./options.js')

function checked(fn, options) {
  const read = readMemoizeOptions(options, 'memoize')
  if (read.cache === undefined || read.hasKeyGenerator || fn.name !== '') return read
  throw missingName()
}

function memoize(fn, options = {}) {
  if (typeof fn !== 'function') throw asCalledBy(memoize, notAFunction('memoize', 'fn', fn))
  const {
    keyOf,
    cache: given,
    cacheOptions,
    fetching = {},
  } = checkedFor(memoize, () => checked(fn, options))
  const cache = given ?? new MemoryCache(cacheOptions)
  const prefix = given === undefined ? '' : `${fn.name}:`
  const keyed = (args) => `${prefix}${keyOf(args)}`
  const call = storing(fn, cache, keyed, fetching)

  function memoized(...args) {
    return call(this, args)
  }
  return Object.defineProperties(memoized, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
    cache: { value: cache, enumerable: true },
    delete: { value: (...args) => cache.delete(keyed(args)), enumerable: true },
  })
}

module.exports = { memoize }
