// What tells caches apart for who compares objects by their properties, as assertions do: a property
// with what a cache holds, has counted and was set up with, computed only when somebody reads it.
'use strict'

const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const { reveal } = require('./membranes.js')
const { kState, statistics, valueAt } = require('./state.js')

const kContents = Symbol('contents')

// Nothing is pruned or promoted: a comparison changes nothing.
function contents() {
  const state = reveal(this[kState])
  const {
    values,
    maxSize,
    ttl,
    maxWeight,
    sizeCalculation,
    ownHooks: hooks = {},
    checkInterval,
  } = state
  const { lifetimes, discardsLate } = state
  const joined = native.keys(state.id)
  const { slots } = joined
  const entries = new Map(cutKeys(joined).map((key, i) => [key, valueAt(values, slots[i])]))
  const isDeferred = state.deferred !== undefined
  const options = {
    maxSize,
    ttl,
    maxWeight,
    sizeCalculation,
    hooks,
    checkInterval,
    isDeferred,
    lifetimes,
    discardsLate,
  }
  return { entries, statistics: statistics(state), options }
}

// Own, because comparisons look at nothing else, and a symbol, which serializers do not see.
const CONTENTS = { get: contents, enumerable: true, configurable: true }

module.exports = { CONTENTS, kContents }
