// Deletion by tag. As in state.js, `values` is brought in line right after each native step.
'use strict'

const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const { carries, overtake, overtakeTagged } = require('./fetches.js')
const { CHUNK_BITS, CHUNK_MASK, dropFreed, emit } = require('./state.js')

/** Removes what carries any of these tags, under keys with this prefix; returns how many entries. */
function removeTagged(state, tags, prefix = '') {
  const { id, hooks } = state
  // Each key is asked for its own tags, of which there are few, and not for all of these.
  const wanted = new Set(tags)
  overtakeTagged(state, wanted, prefix)
  if (hooks !== undefined && hooks.onDelete) {
    let count = 0
    for (const key of cutKeys(native.taggedKeys(id, tags, prefix))) {
      if (removeIfTagged(state, key, wanted)) count++
    }
    return count
  }
  const none = [[undefined]]
  const count = native.deleteTagged(id, tags, prefix)
  if (count < 0) {
    // Nothing is left, and the slots start anew.
    state.values = none
    return -count
  }
  if (count > 0) dropFreed(state)
  return count
}

// A hook may have removed it, or written it anew without these tags.
function removeIfTagged(state, key, tags) {
  if (!carries(state, key, tags)) return false
  overtake(state, key)
  const slot = native.delete(state.id, key)
  const chunk = state.values[slot >> CHUNK_BITS]
  const value = chunk[slot & CHUNK_MASK]
  chunk[slot & CHUNK_MASK] = undefined
  if (slot === 0) return false
  if (state.hooks !== undefined) {
    emit(state, state.hooks.onDelete, { key, value, source: 'deleteByTag' })
  }
  return true
}

module.exports = { removeTagged }
