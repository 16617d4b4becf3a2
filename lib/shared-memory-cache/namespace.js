// Views of a SharedMemoryCache within a prefix: the steps that they take on the store. What views do is in
// common/namespace.js.
'use strict'

const { cutKeys } = require('../common/keys.js')
const { View, addSteps, kCache } = require('../common/namespace.js')
const native = require('../common/native.js')
const { open } = require('./handle.js')
const { decodeEntries, scanEntries } = require('./reads.js')
const { deliver, ownTime } = require('./steps.js')
const { removeTagged } = require('./tags.js')

class SharedCacheView extends View {
  constructor(cache, prefix) {
    super(prefix)
    // Not enumerable: to compare views, assertions of jest and vitest would iterate over the cache, which
    // prunes it. Neither read-only nor fixed, or a proxy could not wrap it.
    Object.defineProperty(this, kCache, { value: cache, writable: true, configurable: true })
  }

  get name() {
    return this[kCache].name
  }

  // By steps, unlike the cache's own: assertions that compare views by iterating over them change nothing.
  [Symbol.iterator]() {
    return this.scan()
  }
}

const KEYED = [
  ['setIfAbsent', 2],
  ['replace', 2],
  ['update', 2],
  ['increment', 1],
  ['incrementEntry', 1],
]

const steps = {
  requireOpen: open,
  keys(cache, prefix) {
    return cutKeys(native.sharedKeys(open(cache).index, prefix, ownTime()), prefix.length)
  },
  entries(cache, prefix) {
    const { index, codec } = open(cache)
    return [...decodeEntries(codec, native.sharedEntries(index, prefix, ownTime()), prefix.length)]
  },
  tally(cache, prefix) {
    const { index } = open(cache)
    const [size, bytes] = native.sharedTally(index, prefix)
    const [, maxBytes] = native.sharedLimits(index)
    return { size, weight: maxBytes > 0 ? bytes : 0 }
  },
  clear(cache, prefix) {
    const state = open(cache)
    native.sharedClear(state.index, prefix)
    deliver(state)
  },
  removeMatching(cache, prefix, pattern) {
    const state = open(cache)
    const { index } = state
    const count = native.sharedDeleteMatching(index, prefix + pattern, true, prefix.length)
    deliver(state)
    return count
  },
  removeTagged(cache, prefix, tags) {
    return removeTagged(cache, tags, prefix)
  },
  scan(cache, prefix, pattern = '*', from) {
    return scanEntries(cache, from, prefix + pattern, true, prefix.length)
  },
}

addSteps(SharedCacheView, steps, KEYED)

module.exports = { SharedCacheView }
