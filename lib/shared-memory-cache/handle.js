// A handle of a store as its methods find it, and the checks with which they begin. No step is taken here.
'use strict'

const { asCalledBy, closedStore, invalidArgument } = require('../common/errors.js')

// Where a handle has its state, of itself or through a proxy.
const kState = Symbol('native-memory-cache.shared')

// The methods of the class as they are, which fills this in: entries for errors.
const genuine = {}

function open(cache) {
  const state = cache[kState]
  if (state.closed) throw closedStore(state.name)
  state.heedObservers()
  return state
}

function holding(cache, value) {
  value.cache = cache
  // Neither read-only nor fixed, or a proxy could not wrap it.
  return Object.defineProperty(cache, kState, { value, writable: true, configurable: true })
}

function requireKey(method, key, argument = 'key') {
  if (typeof key !== 'string') {
    throw asCalledBy(genuine[method], invalidArgument(method, argument, key))
  }
}

module.exports = { genuine, holding, kState, open, requireKey }
