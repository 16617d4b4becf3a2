// Views of a MemoryCache within a prefix: the steps that they take on its entries, also through proxies that
// wrap what is read. What views do is in common/namespace.js.
'use strict'

const { closedCache } = require('../common/errors.js')
const { cutKeys } = require('../common/keys.js')
const { View, addSteps, kCache, open } = require('../common/namespace.js')
const native = require('../common/native.js')
const { announceChange, reveal, seeThrough } = require('./membranes.js')
const { kState, removeMatching, scan, timeOfList, valueAt } = require('./state.js')
const { removeTagged } = require('./tags.js')

class CacheView extends View {
  constructor(cache, prefix) {
    super(prefix)
    this[kCache] = cache
  }

  async flushHooks() {
    await open(this).flushHooks()
  }
}

function stateOf(cache) {
  const state = reveal(cache[kState])
  if (state.closed) throw closedCache()
  return state
}

/** Entries with their values as whoever wraps the cache wraps them. */
function seenBy(cache, state, entries) {
  const seen = cache[kState]
  if (seen === state) return entries
  return entries.map(([key, value]) => [key, seeThrough(seen, value)])
}

/** The joined keys of valid entries within a prefix. */
function listed(state, prefix) {
  return native.matchingKeys(state.id, prefix, false, undefined, timeOfList(state))
}

/** `remove` removes some entries of a state and returns how many. */
function removing(cache, remove) {
  const state = stateOf(cache)
  const count = remove(state)
  const seen = cache[kState]
  if (count > 0 && seen !== state) announceChange(seen)
  return count
}

addSteps(CacheView, {
  requireOpen: stateOf,
  keys(cache, prefix) {
    return cutKeys(listed(stateOf(cache), prefix), prefix.length)
  },
  entries(cache, prefix) {
    const state = stateOf(cache)
    const joined = listed(state, prefix)
    const { slots } = joined
    const { values } = state
    const keys = cutKeys(joined, prefix.length)
    return seenBy(
      cache,
      state,
      keys.map((key, i) => [key, valueAt(values, slots[i])]),
    )
  },
  tally(cache, prefix) {
    const [size, weight] = native.tally(stateOf(cache).id, prefix)
    return { size, weight }
  },
  clear(cache, prefix) {
    removing(cache, (state) => removeMatching(state, prefix, false, 'clear'))
  },
  removeMatching(cache, prefix, pattern) {
    return removing(cache, (state) => {
      const source = 'deleteByMagicString'
      return removeMatching(state, prefix + pattern, true, source, prefix.length)
    })
  },
  removeTagged(cache, prefix, tags) {
    return removing(cache, (state) => removeTagged(state, tags, prefix))
  },
  scan(cache, prefix, pattern = '*', from) {
    const state = stateOf(cache)
    const { entries, next } = scan(state, from, prefix + pattern, true, prefix.length)
    return { entries: seenBy(cache, state, entries), next }
  },
})

module.exports = { CacheView }
