// Fetches of getOrSet under way, where a write or a removal of the key is to overtake them. What is
// fetched, and what becomes of it, is decided by the class.
'use strict'

const native = require('../common/native.js')

// Fetches are known from before the fetcher is called, if what happens meanwhile is to overtake them.
function beginFetch(state, key) {
  if (!state.discardsLate) return undefined
  const fetch = { overtaken: false }
  state.fetches ??= new Map()
  const others = state.fetches.get(key)
  if (others === undefined) state.fetches.set(key, new Set([fetch]))
  else others.add(fetch)
  return fetch
}

function endFetch({ fetches }, key, fetch) {
  const all = fetches?.get(key)
  if (all?.delete(fetch) && all.size === 0) fetches.delete(key)
}

// Those who wait are still answered, but nobody joins any more.
function overtake({ fetches, inFlight }, key) {
  const overtaken = fetches?.get(key)
  if (overtaken === undefined) return
  for (const fetch of overtaken) fetch.overtaken = true
  inFlight?.delete(key)
}

function overtakeMatching(state, pattern, wildcard, literal = 0) {
  if (state.fetches === undefined) return
  for (const key of state.fetches.keys()) {
    if (native.matches(key, pattern, wildcard, literal)) overtake(state, key)
  }
}

module.exports = { beginFetch, endFetch, overtake, overtakeMatching }
