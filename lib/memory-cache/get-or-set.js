// getOrSet of MemoryCache: reads, joins a fetch or begins one, and stores what was fetched. Who waits how
// is in ../common/fetching.js, what overtakes a fetch in fetches.js; arguments are checked by the class.
'use strict'

const { Fetch, isWithin, mayLeave, orStale, refreshing } = require('../common/fetching.js')
const { kGrace } = require('../common/lifetimes.js')
const { ignore } = require('../common/promises.js')
const { beginFetch, endFetch } = require('./fetches.js')
const { inspect } = require('./lifetimes.js')
const { seeThrough } = require('./membranes.js')
const { ABSENT, kState, read, valueAt } = require('./state.js')

// A proxy that wraps what is read through it wraps values, too.
function seenBy(cache, state, value) {
  const view = cache[kState]
  return view === state ? value : seeThrough(view, value)
}

/** What there is of a key, valid or kept. */
function look(cache, state, key) {
  const known = inspect(state, key)
  if (known === undefined) return undefined
  return { value: seenBy(cache, state, valueAt(state.values, known.slot)), ...known.facts }
}

/** What the cache still has for a fetch, and for who takes it late. */
function lookForStale(cache, state, key, { forceRefresh }) {
  // Nothing else can be left of the key: a native call less.
  if (!state.keeps && !forceRefresh) return undefined
  const known = look(cache, state, key)
  return known?.stale || forceRefresh ? known : undefined
}

/** The value, or a promise of it: what the class's asynchronous method returns. */
function getOrFetch(cache, state, key, fetcher, wanted) {
  const { forceRefresh, signal, staleWhileRevalidate } = wanted
  if (signal?.aborted) throw signal.reason
  const takesStale = staleWhileRevalidate > 0 && !forceRefresh
  const joined = state.inFlight?.get(key)
  if (joined !== undefined && (!joined.refreshes || forceRefresh || !isValid(state, key))) {
    const stale = takesStale ? lookForStale(cache, state, key, wanted) : undefined
    if (!isWithin(stale, staleWhileRevalidate)) return outcomeFor(cache, state, joined, wanted)
    // Counted, and reported as a miss.
    read(state, key, 'get')
    state.staleServed++
    return stale.value
  }
  if (!forceRefresh) {
    const value = read(state, key, 'get')
    if (value !== ABSENT) return seenBy(cache, state, value)
  }
  const stale = takesStale || wanted.informs ? lookForStale(cache, state, key, wanted) : undefined
  const begun = begunMeanwhile(state, key, joined, wanted)
  if (takesStale && isWithin(stale, staleWhileRevalidate)) {
    if (begun === undefined) refresh(cache, state, key, fetcher, wanted, stale)
    state.staleServed++
    return stale.value
  }
  const fetch = begun ?? begin(cache, state, key, fetcher, wanted, stale)
  return outcomeFor(cache, state, fetch, wanted)
}

// A refresh is for who finds nothing valid: nobody else is to wait for it, or get its error.
function isValid(state, key) {
  return inspect(state, key)?.facts.stale === false
}

// What a hook of the miss has begun to fetch, or what had been begun already. Who asks for nothing but the published
// method does fetches all the same, as that one.
function begunMeanwhile(state, key, joined, { informs, staleWhileRevalidate, staleIfError }) {
  const wantsMore = informs || staleWhileRevalidate > 0 || staleIfError > 0
  return wantsMore || joined !== undefined ? state.inFlight?.get(key) : undefined
}

function refresh(cache, state, key, fetcher, wanted, stale) {
  const fetch = begin(cache, state, key, fetcher, wanted, stale, true)
  refreshing(fetch, wanted)
}

/** What a caller waits for. */
function outcomeFor(cache, state, fetch, wanted) {
  let outcome
  if (mayLeave(wanted)) {
    outcome = fetch.wait(wanted)
  } else {
    fetch.stay()
    outcome = fetch.landed
  }
  if (wanted.staleIfError === 0) return outcome
  return orStale(
    outcome,
    wanted,
    () => look(cache, state, fetch.key),
    () => state.staleServed++,
  )
}

// `isBackground`: nobody but those who join waits for it.
function begin(cache, state, key, fetcher, wanted, stale, isBackground = false) {
  const fetch = new Fetch(key, (reason) => {
    if (isBackground) state.refreshErrors++
    forget(state, fetch)
    fetch.abort(reason)
  })
  fetch.refreshes = isBackground || wanted.forceRefresh
  beginFetch(state, fetch, wanted.tags)
  fetch.landed = run(cache, state, fetch, fetcher, wanted, stale?.value)
  // A rejection is for those who wait: of them that cannot leave each awaits this promise.
  if (isBackground) fetch.landed.catch(() => countFailure(state, fetch))
  else if (wanted.informs || wanted.staleWhileRevalidate > 0) fetch.landed.catch(ignore)
  // A fetcher that throws synchronously has settled it already.
  if (fetch.outcome === undefined && !fetch.isOvertaken) {
    ;(state.inFlight ??= new Map()).set(key, fetch)
  }
  return fetch
}

// One that was abandoned is counted already.
function countFailure(state, fetch) {
  if (fetch.aborted === undefined) state.refreshErrors++
}

async function run(cache, state, fetch, fetcher, wanted, stale) {
  try {
    const fetched = await fetch.call(cache, fetcher, wanted, stale)
    if (fetch.aborted === undefined) keep(cache, state, fetch, wanted, fetched)
    fetch.land({ value: fetched })
    return fetched
  } catch (error) {
    fetch.land({ error })
    throw error
  } finally {
    forget(state, fetch)
  }
}

function keep(cache, state, fetch, wanted, fetched) {
  const { key } = fetch
  if (state.closed || !wanted.shouldCache(fetched, key)) return
  const ttl = wanted.lifetimeOf(fetched, key)
  const tags = wanted.tagsOf(fetched, key)
  // The caller's functions have their part in what happens meanwhile.
  if (state.closed || fetch.isOvertaken || fetch.aborted !== undefined) return
  const grace = Math.max(wanted.staleWhileRevalidate, wanted.staleIfError)
  if (tags !== undefined || grace !== state.grace) {
    cache.set(key, fetched, { ttl, tags, [kGrace]: grace })
  } else if (ttl === undefined) cache.set(key, fetched)
  else cache.set(key, fetched, ttl)
}

function forget(state, fetch) {
  endFetch(state, fetch)
  // Within a fetcher that threw synchronously another may have begun.
  if (state.inFlight?.get(fetch.key) === fetch) state.inFlight.delete(fetch.key)
}

module.exports = { getOrFetch }
