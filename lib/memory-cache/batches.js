// Steps on many keys: one native step where nobody is told of single ones, else the single steps one after
// the other, each of which leaves the cache consistent for the hooks. Arguments are checked elsewhere.
//
// A loop over what a native step has answered can be cut off. Reads and removals lose nothing by that: the
// slots that they free wait. Of a write, entries are as good as gone until `filled`.
'use strict'

const { inBatches } = require('../common/batches.js')
const {
  areDeletionsObserved,
  areExpirationsObserved,
  areReadsObserved,
  areWritesObserved,
} = require('../common/diagnostics.js')
const native = require('../common/native.js')
const { overtake } = require('./fetches.js')
const {
  ABSENT,
  CHUNK_BITS,
  CHUNK_MASK,
  FREED,
  dropFreed,
  read,
  remove,
  usesNativeClock,
} = require('./state.js')
const { weigh, writeWeighed } = require('./writes.js')

const { batch } = native

// As many as there is room for.
const AT_ONCE = batch.length

function getMany(state, keys) {
  if (!state.direct || areReadsObserved() || !usesNativeClock(state)) {
    return keys.map((key) => {
      const value = read(state, key, 'get')
      return value === ABSENT ? undefined : value
    })
  }
  const found = []
  inBatches(keys, AT_ONCE, (text, count, start) => {
    const freed = native.getMany(state.id, text, count)
    const { values } = state
    for (let i = 0; i < count; i++) {
      const slot = batch[i]
      found[start + i] = values[slot >> CHUNK_BITS][slot & CHUNK_MASK]
    }
    if (freed === FREED) dropFreed(state)
  })
  return found
}

function hasMany(state, keys) {
  if (!state.direct || areExpirationsObserved() || !usesNativeClock(state)) {
    return keys.map((key) => read(state, key, 'has') !== ABSENT)
  }
  const found = []
  inBatches(keys, AT_ONCE, (text, count, start) => {
    const freed = native.hasMany(state.id, text, count)
    for (let i = 0; i < count; i++) found[start + i] = batch[i] !== 0
    if (freed === FREED) dropFreed(state)
  })
  return found
}

function deleteMany(state, keys) {
  if (!state.direct || areDeletionsObserved()) {
    return keys.map((key) => remove(state, key, 'delete'))
  }
  overtakeAll(state, keys)
  const removed = []
  inBatches(keys, AT_ONCE, (text, count, start) => {
    const others = native.deleteMany(state.id, text, count)
    const { values } = state
    for (let i = 0; i < count; i++) {
      const slot = batch[i]
      removed[start + i] = slot !== 0
      values[slot >> CHUNK_BITS][slot & CHUNK_MASK] = undefined
    }
    if (others === FREED) dropFreed(state)
    else native.recycleFreed(state.id)
  })
  return removed
}

// `fused`: nobody has replaced `prune`, so the native step may do its work.
function setMany(cache, state, { keys, values, owns }, fused, own) {
  const { ttl, expiresAt, tags } = own
  if (ttl > 0 && keys.length > 0) state.beginToExpire()
  const isAlike = owns === undefined && Number.isNaN(expiresAt)
  const isDirect = fused && isAlike && state.direct && state.maxWeight === 0
  if (!isDirect || areWritesObserved() || !usesNativeClock(state)) {
    const weights = keys.map((key, i) => weigh(cache, state, key, values[i]))
    for (const [i, key] of keys.entries()) {
      writeWeighed(cache, state, key, values[i], weights[i], fused, owns?.[i] ?? own)
    }
    return
  }
  overtakeAll(state, keys)
  inBatches(keys, AT_ONCE, (text, count, start) => {
    const freed = native.setMany(state.id, text, count, ttl, tags)
    for (let i = 0; i < count; i++) {
      const slot = batch[i] >> 2
      ;(state.values[slot >> CHUNK_BITS] ??= [])[slot & CHUNK_MASK] = values[start + i]
    }
    native.filled()
    if (freed === FREED) dropFreed(state)
  })
}

function overtakeAll(state, keys) {
  if (state.fetches === undefined) return
  for (const key of keys) overtake(state, key)
}

module.exports = { deleteMany, getMany, hasMany, setMany }
