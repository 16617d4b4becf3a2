// getOrSet of SharedMemoryCache: reads, joins a flight or leads one. How flights go is in flights.js, who waits
// for them how in ../common/fetching.js; arguments are checked by the class.
'use strict'

const { isGenuine } = require('../common/clock.js')
const { closedStore } = require('../common/errors.js')
const { mayLeave, orStale, refreshing } = require('../common/fetching.js')
const native = require('../common/native.js')
const port = require('../common/port.js')
const { decodeFound } = require('../common/codec.js')
const { follow, lead } = require('./flights.js')
const { missed, readInfo, readOutcome } = require('./reads.js')
const { deliver, readArguments } = require('./steps.js')

const { answers } = native

// What native code answers, beside the number of a flight to lead: that another one is awaited, that there is
// a value, that there is one that is stale while somebody fetches.
const WAIT = -1
const HELD = 0
const STALE = -2

/** The value, or a promise of it: what the class's asynchronous method returns. */
function getOrFetch(state, key, fetcher, wanted) {
  const { forceRefresh, informs, signal, staleWhileRevalidate } = wanted
  if (signal?.aborted) throw signal.reason
  const takesStale = staleWhileRevalidate > 0 && !forceRefresh
  const joined = state.inFlight.get(key)
  if (joined !== undefined) {
    if (takesStale && isStale(state, key, joined.flight, staleWhileRevalidate)) {
      return serveStale(state, key, fetcher, wanted)
    }
    if (holds(state, key, joined.flight, forceRefresh)) return outcomeFor(state, joined, wanted)
  }
  const number = port.addWaiter()
  const within = takesStale || informs ? staleWhileRevalidate : Number.NaN
  const begun = isGenuine()
    ? native.sharedBegin(state.index, key, number, forceRefresh, within)
    : native.sharedBegin(
        state.index,
        key,
        number,
        forceRefresh,
        within,
        readArguments(state, key)[2],
      )
  if (begun === WAIT) {
    const fetch = follow(state, key, number, fetcher, wanted, () =>
      lookForStale(state, key, wanted),
    )
    return outcomeFor(state, fetch, wanted)
  }
  if (begun === HELD) {
    const payload = native.foundValue()
    return readOutcome(state, key, answers[0], payload)
  }
  if (begun === STALE) return serveStale(state, key, fetcher, wanted)
  const flight = Math.floor(begun / 4)
  const refreshes = begun % 4 >= 2
  const kept = answers[0] === 1 ? decodeStale(state) : undefined
  if (refreshes && kept !== undefined) countStale(state)
  // Who leads in the background is nobody to wait for.
  if (refreshes && kept === undefined) native.giveUpFlight(flight)
  deliver(state)
  if (!forceRefresh) missed(state, key, begun % 2 === 1)
  if (refreshes && kept === undefined) return fetchInstead(state, key, fetcher, wanted)
  // What the hooks of this miss have written or removed was there before the fetch.
  if (state.hooks !== undefined && !state.closed) native.sharedResume(state.index, key, flight)
  const fetch = lead(state, key, flight, fetcher, wanted, kept?.value)
  if (!refreshes) return outcomeFor(state, fetch, wanted)
  // Its failure is counted natively.
  refreshing(fetch, wanted)
  return kept.value
}

/** What a caller waits for. */
function outcomeFor(state, fetch, wanted) {
  let outcome
  if (mayLeave(wanted)) {
    outcome = fetch.wait(wanted)
  } else {
    fetch.stay()
    outcome = fetch.landed.then(valueOf)
  }
  if (wanted.staleIfError === 0) return outcome
  return orStale(
    outcome,
    wanted,
    () => look(state, fetch.key),
    () => countStale(state),
  )
}

function valueOf(outcome) {
  if ('error' in outcome) throw outcome.error
  return outcome.value
}

// Who finds something valid does not wait for a flight that no miss has begun.
function holds(state, key, flight, anew) {
  return isGenuine()
    ? native.sharedHold(state.index, key, flight, anew)
    : native.sharedHold(state.index, key, flight, anew, readArguments(state, key)[2])
}

function isStale(state, key, flight, within) {
  return isGenuine()
    ? native.sharedStale(state.index, key, flight, within)
    : native.sharedStale(state.index, key, flight, within, readArguments(state, key)[2])
}

// Natively it was counted as a miss.
function serveStale(state, key, fetcher, wanted) {
  const kept = decodeStale(state)
  if (kept !== undefined) countStale(state)
  missed(state, key, true)
  return kept === undefined ? fetchInstead(state, key, fetcher, wanted) : kept.value
}

// A codec may have closed the handle.
function countStale(state) {
  if (!state.closed) native.sharedCountStale(state.index)
}

// What a codec refuses is taken as not there.
function decodeStale({ codec }) {
  try {
    const payload = native.foundValue()
    return { value: decodeFound(codec, answers[0] - 1, payload) }
  } catch {
    return undefined
  }
}

// The miss was counted and reported: what is there is not looked at again.
function fetchInstead(state, key, fetcher, wanted) {
  // By the codec or a hook.
  if (state.closed) throw closedStore(state.name)
  return getOrFetch(state, key, fetcher, { ...wanted, forceRefresh: true })
}

/** What there is of a key, valid or kept. */
function look(state, key) {
  if (state.closed || native.sharedEnded(state.index)) return undefined
  try {
    return readInfo(state, key)
  } catch {
    // A codec refuses it.
    return undefined
  }
}

/** What the fetcher of one who takes a flight over is told. */
function lookForStale(state, key, { informs, forceRefresh }) {
  if (!informs) return undefined
  const known = look(state, key)
  return known?.stale || forceRefresh ? known?.value : undefined
}

module.exports = { getOrFetch }
