// `memoize`: a function that remembers its results. Options are checked in options.js, calls in calls.js.
'use strict'

const { asCalledBy, checkedFor, missingName, notAFunction } = require('../common/errors.js')
const { MemoryCache } = require('../memory-cache/memory-cache.js')
const { storing } = require('./calls.js')
const { checkedKeys, readMemoizeOptions } = require('./options.js')

// What every function has of its own, and what is not its user's to copy.
const OF_FUNCTIONS = ['length', 'name', 'prototype', 'arguments', 'caller']

function checked(fn, options) {
  const read = readMemoizeOptions(options, 'memoize')
  if (read.cache === undefined || read.hasKeyGenerator || fn.name !== '') return read
  throw missingName()
}

function ownProperties(fn) {
  const own = Object.getOwnPropertyDescriptors(fn)
  for (const name of OF_FUNCTIONS) delete own[name]
  return own
}

function memoize(fn, options = {}) {
  if (typeof fn !== 'function') throw asCalledBy(memoize, notAFunction('memoize', 'fn', fn))
  const read = checkedFor(memoize, () => checked(fn, options))
  const cache = read.cache ?? new MemoryCache(read.cacheOptions)
  const prefix = read.cache === undefined ? '' : `${fn.name}:`
  const keyOf = checkedKeys(memoized, 'memoize', prefix, read.keyOf)
  const call = storing(memoized, fn, { cache, prefix, keyOf, fetching: read.fetching })

  function memoized(...args) {
    return call(this, args)
  }
  return Object.defineProperties(memoized, {
    ...ownProperties(fn),
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
    cache: { value: cache, enumerable: true },
    delete: { value: (...args) => cache.delete(keyOf(args)), enumerable: true },
  })
}

module.exports = { memoize }
