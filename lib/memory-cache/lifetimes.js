// Steps on how long an entry lives, and looks at one: no hook is called, and nothing is counted or removed.
'use strict'

const { factsOf } = require('../common/lifetimes.js')
const native = require('../common/native.js')
const { CHUNK_BITS, CHUNK_MASK, timeOf, timeOfRead, usesNativeClock } = require('./state.js')

function touch(state, key, ttl) {
  const { id } = state
  if (ttl > 0) state.beginToExpire()
  const touched = usesNativeClock(state)
    ? native.touch(id, key, ttl)
    : native.touch(id, key, ttl, timeOfRead(state, key))
  return touched === 1
}

// The value of a valid entry, which stays as it is.
function peek(state, key) {
  const { id, values } = state
  const slot = usesNativeClock(state)
    ? native.peek(id, key)
    : native.peek(id, key, timeOfRead(state, key))
  return values[slot >> CHUNK_BITS][slot & CHUNK_MASK]
}

function remainingTtl(state, key) {
  const { id } = state
  return usesNativeClock(state)
    ? native.remainingTtl(id, key)
    : native.remainingTtl(id, key, timeOfRead(state, key))
}

/** What is known of an entry, without its value. */
function inspect(state, key) {
  const now = timeOf(state)
  const known = native.info(state.id, key, now)
  if (known === null) return undefined
  const [slot, ttl, start, expiresAt, weight, stale, tagCount] = known
  const facts = factsOf([ttl, start, expiresAt, weight, stale], now)
  // An array of the caller's realm.
  const tags = tagCount === 0 ? [] : [...native.tagsOf(state.id, key)]
  return { slot, facts: { ...facts, tags } }
}

module.exports = { inspect, peek, remainingTtl, touch }
