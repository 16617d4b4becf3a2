// Fetches of `getOrSet`, of which there is one at a time for a key in the whole process: to lead one, and
// to wait for one. Whether a caller does the one or the other is decided natively; who on this thread waits
// for it, comes and leaves, in ../common/fetching.js.
'use strict'

const { Fetch } = require('../common/fetching.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeRow, encode, encodeError } = require('../common/codec.js')
const { deliver, ownTime } = require('./steps.js')
const { tagFlight } = require('./tags.js')

/**
 * Fetches for all who wait, on every thread. `stale` is what the store still has of the key. The promise
 * `landed` of what is returned resolves to `{ value }` or `{ error }` and never rejects: a caller that was cut
 * off does not look at it.
 */
function lead(state, key, flight, fetcher, wanted, stale) {
  return begin(state, new Fetch(key), flight, fetcher, wanted, stale)
}

// Until the flight is noted as led, JavaScript may be cut off: it is passed on then as soon as
// somebody waits for it.
function begin(state, fetch, flight, fetcher, wanted, stale) {
  fetch.flight = flight
  fetch.abandoned = (reason) => {
    // Somebody may wait on another thread.
    if (native.sharedRelease(flight)) abandon(state, fetch, reason)
  }
  let fetching
  try {
    tagFlight(state, fetch.key, flight, wanted.tags)
    fetching = Promise.resolve(fetch.call(state.cache, fetcher, wanted, stale))
  } catch (error) {
    fetch.landed = Promise.resolve(land(state, fetch, { error }))
    return fetch
  }
  // As `await` does: without a `then` of the promise's own.
  fetch.landed = Promise.prototype.then.call(
    fetching,
    (value) => land(state, fetch, { value }, wanted),
    (error) => land(state, fetch, { error }),
  )
  state.inFlight.set(fetch.key, fetch)
  port.leading.set(flight, (reason) => abandon(state, fetch, decodeReason(state, reason)))
  return fetch
}

// Nobody waits any more, on whatever thread.
function abandon(state, fetch, reason) {
  forget(state, fetch)
  fetch.abort(reason)
}

function land(state, fetch, fetched, wanted) {
  const outcome = keepAndTell(state, fetch, fetched, wanted)
  fetch.land(outcome)
  return outcome
}

function keepAndTell(state, fetch, fetched, wanted) {
  // Nobody is left to be told.
  if (fetch.aborted !== undefined) return fetched
  if ('error' in fetched) {
    finish(state, fetch, true, encodeError(fetched.error))
    return fetched
  }
  const { key } = fetch
  let isKept = true
  let encoded
  try {
    isKept = Boolean(wanted.shouldCache(fetched.value, key))
    const ttl = isKept ? wanted.lifetimeOf(fetched.value, key) : undefined
    const tags = isKept ? wanted.tagsOf(fetched.value, key) : undefined
    encoded = encode(state.codec, fetched.value)
    if (isKept) keepFetched(state, fetch, encoded, { ttl, tags }, wanted)
  } catch (error) {
    finish(state, fetch, true, encodeError(error))
    // What was not to be stored need not be encoded for the caller who fetched it.
    return isKept ? { error } : fetched
  }
  finish(state, fetch, false, encoded)
  deliver(state)
  return fetched
}

// A store that was closed or destroyed meanwhile cannot hold it, nor does one in which the key was
// written or removed since; but whoever waits gets it.
function keepFetched(state, { key, flight }, { tag, payload }, { ttl = Number.NaN, tags }, wanted) {
  const now = ownTime()
  // What the caller's functions or clock do may close it, too.
  if (state.closed) return
  state.heedObservers()
  const { index } = state
  const grace = Math.max(wanted.staleWhileRevalidate, wanted.staleIfError)
  try {
    if (now === undefined) native.sharedKeep(index, key, flight, tag, payload, ttl, grace, tags)
    else native.sharedKeep(index, key, flight, tag, payload, ttl, grace, tags, now)
  } catch (error) {
    if (!native.sharedEnded(state.index)) throw error
  }
}

function finish(state, fetch, failed, { tag, payload }) {
  forget(state, fetch)
  native.sharedFinish(fetch.flight, failed, tag, payload)
}

function forget(state, fetch) {
  if (state.inFlight.get(fetch.key) === fetch) state.inFlight.delete(fetch.key)
  port.leading.delete(fetch.flight)
}

/** Waits for the thread that fetches, or takes its place; `lookForStale` tells what the store has then. */
function follow(state, key, number, fetcher, wanted, lookForStale) {
  const fetch = new Fetch(key, (reason) => port.stopWaiting(number, encodeError(reason)))
  let resolve
  // Before the promise: where the stack is too short for this, there is none that rejects.
  port.awaitMessage(number, ({ flight, failed, value }) => {
    if (flight !== undefined) {
      // The leader's thread is gone.
      const { landed } = begin(state, fetch, flight, fetcher, wanted, lookForStale())
      resolve?.(landed)
      return
    }
    const outcome = outcomeOf(state, failed, value)
    fetch.land(outcome)
    resolve?.(outcome)
  })
  fetch.landed = new Promise((onLanded) => {
    resolve = onLanded
  })
  return fetch
}

function outcomeOf(state, failed, value) {
  try {
    const decoded = decode(state, value)
    return failed ? { error: decoded } : { value: decoded }
  } catch (error) {
    return { error }
  }
}

// The last who waited may have ended with its thread: then there is none.
function decodeReason(state, reason) {
  try {
    return reason && decode(state, reason)
  } catch {
    return undefined
  }
}

function decode(state, { tag, place, length, payload }) {
  return decodeRow(state.codec, tag, place, length, payload)
}

module.exports = { follow, lead }
