// The steps of a write, and of other limits: room is made entry by entry where hooks are to hear of it. As
// in state.js, `values` is brought in line right after each native step.
'use strict'

const { invalidWeight } = require('../common/errors.js')
const native = require('../common/native.js')
const { overtake } = require('./fetches.js')
const {
  CHUNK_BITS,
  CHUNK_MASK,
  FREED,
  UPDATED,
  dropFreed,
  emit,
  hasHook,
  timeOf,
  usesNativeClock,
} = require('./state.js')

function weigh(cache, state, key, value) {
  if (state.maxWeight === 0) return 0
  const weight = Reflect.apply(state.sizeCalculation, cache, [value, key])
  if (!Number.isFinite(weight) || weight < 0) throw invalidWeight()
  return weight
}

// Native code is given tags only where there are any, which is seldom.
function setAtOnce(id, key, weight, { ttl, grace, tags }) {
  return tags === undefined
    ? native.setWeighted(id, key, weight, ttl, grace)
    : native.setTagged(id, key, weight, ttl, grace, tags)
}

function setIfFits(id, key, weight, { ttl, grace, tags }) {
  return tags === undefined
    ? native.setIfFits(id, key, weight, ttl, grace)
    : native.setIfFits(id, key, weight, ttl, grace, tags)
}

// `fused`: nobody has replaced `prune`, so the native step may do its work.
function write(cache, state, key, value, fused, own) {
  writeWeighed(cache, state, key, value, weigh(cache, state, key, value), fused, own)
}

function writeWeighed(cache, state, key, value, weight, fused, own) {
  overtake(state, key)
  const { ttl, expiresAt, grace } = own
  const isUntil = !Number.isNaN(expiresAt)
  if (grace > 0) state.keeps = true
  if (ttl > 0 || isUntil) state.beginToExpire()
  if (isUntil && expiresAt <= timeOf(state)) {
    expire(state, key)
    return
  }
  const { hooks } = state
  const observed = hasHook(hooks, 'onEvict') || hasHook(hooks, 'onExpire')
  // By what was called up to here.
  if (state.closed) return
  const written =
    fused && !observed && !isUntil && usesNativeClock(state)
      ? setAtOnce(state.id, key, weight, own)
      : writeStepwise(cache, state, key, weight, own)
  const slot = written >> 2
  if (slot !== 0) (state.values[slot >> CHUNK_BITS] ??= [])[slot & CHUNK_MASK] = value
  if ((written & FREED) !== 0) dropFreed(state)
  if (hooks !== undefined && slot !== 0) {
    emit(state, hooks.onSet, { key, value, isUpdate: (written & UPDATED) !== 0 })
  }
}

// An entry whose time has passed before it was written: what the key had goes.
function expire(state, key) {
  const slot = native.expire(state.id, key)
  const chunk = state.values[slot >> CHUNK_BITS]
  const value = chunk[slot & CHUNK_MASK]
  chunk[slot & CHUNK_MASK] = undefined
  if (slot === 0 || state.hooks === undefined) return
  emit(state, state.hooks.onExpire, { key, value, source: 'prune' })
}

// Each is reported before the next goes. `remove` is one native step.
function removeEach(state, remove, report) {
  const { id, hooks } = state
  for (;;) {
    const slot = remove()
    const chunk = state.values[slot >> CHUNK_BITS]
    const value = chunk[slot & CHUNK_MASK]
    chunk[slot & CHUNK_MASK] = undefined
    if (slot === 0) return
    if (hooks === undefined) continue
    // Before the hook is looked up, which may use the cache.
    const removed = native.removedKey(id)
    report(removed, value)
  }
}

// What is kept although it has expired goes before anything valid.
function makeRoom(state, expireKept, evict) {
  const { hooks } = state
  if (state.keeps) {
    const now = timeOf(state)
    removeEach(
      state,
      () => expireKept(now),
      (key, value) => emit(state, hooks.onExpire, { key, value, source: 'prune' }),
    )
  }
  removeEach(state, evict, (key, value) => emit(state, hooks.onEvict, { key, value }))
}

// Makes room entry by entry, then inserts.
function writeStepwise(cache, state, key, weight, own) {
  const { ttl, expiresAt, grace, tags } = own
  const { id, hooks } = state
  if (state.maxWeight > 0 && weight > state.maxWeight) {
    const slot = native.evict(id, key)
    const chunk = state.values[slot >> CHUNK_BITS]
    const value = chunk[slot & CHUNK_MASK]
    chunk[slot & CHUNK_MASK] = undefined
    if (slot !== 0 && hooks !== undefined) emit(state, hooks.onEvict, { key, value })
    return 0
  }
  const isUntil = !Number.isNaN(expiresAt)
  if (!isUntil && usesNativeClock(state)) {
    const written = setIfFits(id, key, weight, own)
    if (written !== 0) return written
  }
  if (native.exceeds(id, key, weight)) {
    cache.prune()
    makeRoom(
      state,
      (now) => native.expireKept(id, key, weight, now),
      () => native.evictNext(id, key, weight),
    )
  }
  const written = timeOfWrite(state, key)
  // By a hook, or the clock.
  if (state.closed) return 0
  // Hooks may have taken their time. Entries are queued in the order of their writing.
  const left = isUntil ? expiresAt - written : ttl
  if (isUntil && left <= 0) {
    expire(state, key)
    return 0
  }
  return native.insert(id, key, weight, left, grace, written, tags)
}

// The published package has taken the old entry out by the time it reads the clock.
function timeOfWrite(state, key) {
  if (!state.timed) return 0
  try {
    return Number(Date.now())
  } catch (error) {
    const slot = native.delete(state.id, key)
    state.values[slot >> CHUNK_BITS][slot & CHUNK_MASK] = undefined
    throw error
  }
}

/** Sets other limits and makes room for them as a write makes room: what has expired goes first. */
function resize(cache, state, { maxSize, maxWeight, ttl }) {
  if (ttl > 0) state.beginToExpire()
  const excessive = native.resize(state.id, maxSize, maxWeight, ttl)
  state.maxSize = maxSize
  state.maxWeight = maxWeight
  state.ttl = ttl
  if (!excessive) return
  cache.prune()
  const { id } = state
  makeRoom(
    state,
    (now) => native.expireKeptExcess(id, now),
    () => native.evictExcess(id),
  )
}

module.exports = { resize, weigh, write, writeWeighed }
