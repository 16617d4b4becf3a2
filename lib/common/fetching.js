// Fetches of getOrSet as those see them on one thread who wait for them: who comes, leaves and is answered,
// and what is still good enough if a fetch fails. Who fetches, and what is stored, is each kind's own business.
'use strict'

const { traced } = require('./diagnostics.js')
const { fetchTimeout } = require('./errors.js')
const { ignore } = require('./promises.js')
const { hearAbort, ignoreAbort } = require('./signals.js')

/** Whether a caller may leave before the fetch has landed. */
function mayLeave({ signal, timeout }) {
  return signal !== undefined || timeout > 0
}

/**
 * One fetch of a key. Callers that may leave `wait`; the others `stay`, and await the outcome elsewhere.
 * `abandoned` is called with the reason when the last caller has left before the fetch landed: what becomes
 * of the fetch then is for the kind of cache to say, which calls `abort` if that is its end.
 */
class Fetch {
  constructor(key, abandoned) {
    this.key = key
    this.abandoned = abandoned
    this.stays = false
    // Those who may leave. None of them is held by the fetcher's promise, which may stay for ever.
    this.waiting = undefined
    // `{ value }` or `{ error }` once it has landed.
    this.outcome = undefined
    this.controller = undefined
    // `{ reason }` once it was aborted.
    this.aborted = undefined
  }

  /** Calls the fetcher. `stale` is what the cache still has of the key. */
  call(cache, fetcher, { informs }, stale) {
    return traced(cache, this.key, () => (informs ? fetcher(contextOf(this, stale)) : fetcher()))
  }

  /** Notes a caller that never leaves. */
  stay() {
    this.stays = true
  }

  /**
   * The outcome for a caller that may leave: by its signal, with the signal's reason, or when its time is
   * over, with a TimeoutError. An `idle` wait does not keep the process alive.
   */
  wait({ signal, timeout }, idle = false) {
    return new Promise((resolve, reject) => {
      // Whatever replaces them meanwhile.
      const { setTimeout, clearTimeout } = globalThis
      let timer
      const end = () => {
        this.waiting?.delete(waiter)
        if (signal !== undefined) ignoreAbort(signal, onAbort)
        if (timer !== undefined) clearTimeout(timer)
      }
      // Answered first: the timers may be the user's.
      const leave = (reason) => {
        reject(reason)
        end()
        this.#left(reason)
      }
      const onAbort = () => leave(signal.reason)
      const waiter = (outcome) => {
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
        end()
      }
      // The fetcher may have ended it at once.
      if (this.outcome !== undefined) return waiter(this.outcome)
      if (signal?.aborted) return leave(signal.reason)
      this.waiting ??= new Set()
      this.waiting.add(waiter)
      try {
        if (signal !== undefined) hearAbort(signal, onAbort)
        if (timeout > 0) {
          timer = setTimeout(() => leave(fetchTimeout(this.key, timeout)), timeout)
          if (idle) timer.unref?.()
        }
      } catch (error) {
        leave(error)
      }
    })
  }

  #left(reason) {
    if (this.stays || this.outcome !== undefined || this.waiting?.size > 0) return
    this.abandoned(reason)
  }

  /** Answers those who wait; `outcome` is `{ value }` or `{ error }`. */
  land(outcome) {
    if (this.outcome !== undefined) return
    this.outcome = outcome
    if (this.waiting === undefined) return
    for (const waiter of this.waiting) {
      try {
        waiter(outcome)
      } catch {
        // What ends a wait may be the user's: the others are answered all the same.
      }
    }
  }

  /** Tells the fetcher that nobody wants what it fetches. */
  abort(reason) {
    if (this.aborted !== undefined) return
    this.aborted = { reason }
    this.controller?.abort(reason)
  }
}

// The signal is made when it is asked for: few fetchers do, and a bare context has no AbortController.
function contextOf(fetch, stale) {
  return {
    key: fetch.key,
    get signal() {
      if (fetch.controller === undefined) {
        fetch.controller = new AbortController()
        if (fetch.aborted !== undefined) fetch.controller.abort(fetch.aborted.reason)
      }
      return fetch.controller.signal
    },
    stale,
  }
}

/** Whether an entry, as `info` tells of it, is valid or late by at most so many milliseconds. */
function isWithin(known, lateness) {
  return known !== undefined && !(-known.remainingTtl > lateness)
}

/**
 * The outcome or, if that is a failure, what the cache has then, if that is good enough. `look` returns what
 * `info` does, of a closed cache nothing, and `count` is called where it was good enough.
 */
async function orStale(outcome, { signal, staleIfError }, look, count) {
  try {
    return await outcome
  } catch (error) {
    if (signal?.aborted) throw error
    const known = look()
    if (!isWithin(known, staleIfError)) throw error
    if (known.stale) count()
    return known.value
  }
}

/**
 * Waits for a background refresh for as long as the call that began it would have waited. Its failure is
 * nobody's; each kind counts it.
 */
function refreshing(fetch, { timeout }) {
  fetch.wait({ timeout }, true).catch(ignore)
}

module.exports = { Fetch, isWithin, mayLeave, orStale, refreshing }
