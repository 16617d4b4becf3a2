// Deletion by tag. As in state.js, `values` is brought in line right after each native step.
'use strict'

const { cutKeys } = require('../common/keys.js')
const native = require('../common/native.js')
const { overtake, overtakeTagged } = require('./fetches.js')
const { CHUNK_BITS, CHUNK_MASK, dropFreed, emit } = require('./state.js')

/** Removes what carries any of these tags, under keys with this prefix; returns how many entries. */
function removeTagged(state, tags, prefix = '') {
  const { id, hooks } = state
  overtakeTagged(state, tags, prefix)
  if (hooks !== undefined && hooks.onDelete) {
    let count = 0
    for (const key of cutKeys(native.taggedKeys(id, tags, prefix))) {
      if (removeIfTagged(state, key, tags)) count++
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
  const { id } = state
  if (state.fetches?.has(key) && native.carries(id, key, tags)) overtake(state, key)
  const slot = native.deleteIfTagged(id, key, tags)
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
