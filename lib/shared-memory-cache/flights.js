// Fetches of `getOrSet`, of which there is one at a time for a key in the whole process: to lead one, and
// to wait for one. Whether a caller does the one or the other is decided natively.
'use strict'

const { isGenuine } = require('../common/clock.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeRow, encode, encodeError } = require('./codec.js')
const { deliver } = require('./steps.js')
const { tagFlight } = require('./tags.js')

/** Fetches for all who wait, on every thread. */
function lead(state, key, flight, fetcher, wanted) {
  return outcomeOf(begin(state, key, flight, fetcher, wanted))
}

async function outcomeOf(landed) {
  const { failed, error, value } = await landed
  if (failed) throw error
  return value
}

// The outcome, or a promise of it that never rejects: a caller that was cut off does not look at it.
// Until the flight is noted as led, JavaScript may be cut off: it is passed on then as soon as
// somebody waits for it.
function begin(state, key, flight, fetcher, wanted) {
  let fetching
  try {
    tagFlight(state, key, flight, wanted.tags)
    fetching = Promise.resolve(fetcher())
  } catch (error) {
    return land(state, key, flight, { failed: true, error })
  }
  // As `await` does: without a `then` of the promise's own.
  const landed = Promise.prototype.then.call(
    fetching,
    (value) => land(state, key, flight, { value }, wanted),
    (error) => land(state, key, flight, { failed: true, error }),
  )
  state.inFlight.set(key, { flight, landed })
  port.leading.add(flight)
  return landed
}

function land(state, key, flight, fetched, wanted) {
  if (fetched.failed) {
    finish(state, key, flight, true, encodeError(fetched.error))
    return fetched
  }
  let isKept = true
  let encoded
  try {
    isKept = Boolean(wanted.shouldCache(fetched.value, key))
    const ttl = isKept ? wanted.lifetimeOf(fetched.value, key) : undefined
    const tags = isKept ? wanted.tagsOf(fetched.value, key) : undefined
    encoded = encode(state.codec, fetched.value)
    if (isKept) keepFetched(state, key, flight, encoded, ttl, tags)
  } catch (error) {
    finish(state, key, flight, true, encodeError(error))
    // What was not to be stored need not be encoded for the caller who fetched it.
    return isKept ? { failed: true, error } : fetched
  }
  finish(state, key, flight, false, encoded)
  deliver(state)
  return fetched
}

// A store that was closed or destroyed meanwhile cannot hold it, nor does one in which the key was
// written or removed since; but whoever waits gets it.
function keepFetched(state, key, flight, { tag, payload }, ttl = Number.NaN, tags = undefined) {
  // What the caller's functions do may close it, too.
  if (state.closed) return
  const { index } = state
  try {
    if (isGenuine()) native.sharedKeep(index, key, flight, tag, payload, ttl, tags)
    else native.sharedKeep(index, key, flight, tag, payload, ttl, tags, Number(Date.now()))
  } catch (error) {
    if (!native.sharedEnded(state.index)) throw error
  }
}

function finish(state, key, flight, failed, { tag, payload }) {
  if (state.inFlight.get(key)?.flight === flight) state.inFlight.delete(key)
  port.leading.delete(flight)
  native.sharedFinish(flight, failed, tag, payload)
}

/** Waits for the thread that fetches, or takes its place. */
function follow(state, key, number, fetcher, wanted) {
  return new Promise((resolve, reject) => {
    port.awaitMessage(number, ({ flight, failed, value }) => {
      if (flight !== undefined) {
        // The leader's thread is gone.
        resolve(lead(state, key, flight, fetcher, wanted))
        return
      }
      try {
        const { tag, place, length, payload } = value
        const decoded = decodeRow(state.codec, tag, place, length, payload)
        if (failed) reject(decoded)
        else resolve(decoded)
      } catch (error) {
        reject(error)
      }
    })
  })
}

module.exports = { follow, lead, outcomeOf }
