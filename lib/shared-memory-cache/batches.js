// Steps on many keys of a shared store: one native step for some keys at a time, of which each is atomic
// and not the whole. Values are encoded before the first step and decoded after each. Arguments are
// checked elsewhere.
'use strict'

const { inBatches } = require('../common/batches.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeRow, encodeAside } = require('../common/codec.js')
const { open } = require('./handle.js')
const { hit, missed } = require('./reads.js')
const { ANY, deliver, isPast, ownTime, store } = require('./steps.js')

const { answers, batch } = native

// As many as there is room for.
const AT_ONCE = batch.length

// Each value is an argument of the native call.
const WRITTEN_AT_ONCE = 128

function stepOnAll(step, cache, now, text, count) {
  // What was called since the last step may have closed the handle.
  const { index } = open(cache)
  if (now === undefined) step(index, text, count)
  else step(index, text, count, now)
}

function getMany(cache, keys) {
  // The user's clock is not to be asked for each key.
  const now = ownTime()
  const state = open(cache)
  const outcomes = []
  const values = []
  try {
    inBatches(keys, AT_ONCE, (text, count, start) => {
      stepOnAll(native.sharedGetMany, cache, now, text, count)
      const [found] = answers
      for (let i = 0; i < count; i++) {
        outcomes[start + i] = batch[i]
        values[start + i] = undefined
      }
      if (found > 0) decodeFound(state, keys, outcomes, values, start)
    })
  } finally {
    deliver(state)
  }
  if (state.near !== undefined || state.hooks !== undefined) report(state, keys, outcomes, values)
  return values
}

// The values that a native step has just found, from that of the key `next` on.
function decodeFound(state, keys, outcomes, values, start) {
  let next = start
  port.eachBatch(native.foundMany(), ({ rows, payload }) => {
    for (let at = 0; at < rows.length; at += port.ROW) {
      while (outcomes[next] <= 0) next++
      values[next] = decode(state, keys[next], rows, at, payload)
      next++
    }
  })
}

function decode({ codec, near }, key, rows, at, payload) {
  const version = rows[at + 1]
  const known = near?.get(version)
  if (known !== undefined) return known.value
  const length = rows[at + 5]
  const value = decodeRow(codec, rows[at + 3], rows[at + 4], length, payload)
  near?.set(key, version, value, length)
  return value
}

function report(state, keys, outcomes, values) {
  for (const [i, key] of keys.entries()) {
    if (outcomes[i] > 0) {
      hit(state, key, values[i])
    } else {
      state.near?.delete(key)
      missed(state, key, outcomes[i] < 0)
    }
  }
}

function hasMany(cache, keys) {
  // The user's clock is not to be asked for each key.
  const now = ownTime()
  const state = open(cache)
  const found = []
  inBatches(keys, AT_ONCE, (text, count, start) => {
    stepOnAll(native.sharedHasMany, cache, now, text, count)
    for (let i = 0; i < count; i++) found[start + i] = batch[i] !== 0
  })
  deliver(state)
  return found
}

function deleteMany(cache, keys) {
  const state = open(cache)
  const removed = []
  inBatches(keys, AT_ONCE, (text, count, start) => {
    native.sharedDeleteMany(state.index, text, count)
    for (let i = 0; i < count; i++) removed[start + i] = batch[i] !== 0
  })
  deliver(state)
  return removed
}

function setMany(cache, { keys, values, owns }, own) {
  const { codec } = open(cache)
  const encoded = values.map((value) => encodeAside(codec, value))
  const past = isPast(own)
  // The user's clock is not to be asked for each key.
  const now = ownTime()
  // A codec, a getter or a clock may have closed the handle.
  const state = open(cache)
  if (owns !== undefined) storeEach(cache, keys, encoded, (i) => owns[i] ?? own)
  else if (past) for (const key of keys) native.sharedExpire(state.index, key)
  else storeAll(state, keys, encoded, now ?? Number.NaN, own)
  deliver(state)
}

// Each entry with its own lifetime and tags.
function storeEach(cache, keys, encoded, ownOf) {
  for (const [i, key] of keys.entries()) {
    const own = ownOf(i)
    const past = isPast(own)
    const state = open(cache)
    if (past) native.sharedExpire(state.index, key)
    else store(state, key, encoded[i], ANY, own)
  }
}

function storeAll({ index }, keys, encoded, now, { ttl, expiresAt, tags }) {
  inBatches(keys, WRITTEN_AT_ONCE, (text, count, start) => {
    const payloads = []
    for (let i = 0; i < count; i++) {
      const { tag, payload } = encoded[start + i]
      batch[count + i] = tag
      payloads[i] = payload
    }
    native.sharedSetMany(index, text, count, ttl, expiresAt, now, tags, ...payloads)
  })
}

module.exports = { deleteMany, getMany, hasMany, setMany }
