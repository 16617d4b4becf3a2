// Fetches of getOrSet under way, where a write or a removal of the key is to overtake them. What is
// fetched, and what becomes of it, is in get-or-set.js.
'use strict'

const native = require('../common/native.js')

// Fetches are known from before the fetcher is called, if what happens meanwhile is to overtake them.
// `tags` are those of what is fetched, if they are known already.
function beginFetch(state, fetch, tags) {
  fetch.isOvertaken = false
  fetch.tags = tags
  if (!state.discardsLate) return
  state.fetches ??= new Map()
  const others = state.fetches.get(fetch.key)
  if (others === undefined) state.fetches.set(fetch.key, new Set([fetch]))
  else others.add(fetch)
}

function endFetch({ fetches }, fetch) {
  const all = fetches?.get(fetch.key)
  if (all?.delete(fetch) && all.size === 0) fetches.delete(fetch.key)
}

// Those who wait are still answered, but nobody joins any more.
function overtake({ fetches, inFlight }, key) {
  const overtaken = fetches?.get(key)
  if (overtaken === undefined) return
  for (const fetch of overtaken) fetch.isOvertaken = true
  inFlight?.delete(key)
}

function overtakeMatching(state, pattern, wildcard, literal = 0) {
  if (state.fetches === undefined) return
  for (const key of state.fetches.keys()) {
    if (native.matches(key, pattern, wildcard, literal)) overtake(state, key)
  }
}

/** Fetches of keys that carry any of these tags, a set, now, and of what would carry them. */
function overtakeTagged(state, tags, prefix) {
  if (state.fetches === undefined) return
  for (const [key, all] of state.fetches) {
    if (!key.startsWith(prefix)) continue
    const isTagged = ({ isOvertaken, tags: own }) =>
      !isOvertaken && own !== undefined && own.some((tag) => tags.has(tag))
    if ([...all].some(isTagged) || carries(state, key, tags)) overtake(state, key)
  }
}

/** Whether a key's entry, expired or not, carries any of these tags, a set. */
function carries(state, key, tags) {
  return native.tagsOf(state.id, key).some((tag) => tags.has(tag))
}

module.exports = { beginFetch, carries, endFetch, overtake, overtakeMatching, overtakeTagged }
