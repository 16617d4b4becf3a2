// Requests counted by client and window, for the stores of rate limiters. A SharedMemoryCache holds the number, in one
// atomic step for all threads. A MemoryCache holds the window itself, so that a read or write that renews the
// entry does not prolong it. What must not live here: anything that knows one of these libraries.
'use strict'

const { isShared } = require('./common.js')

// An entry is still there in the millisecond in which it ends, a window is over.
const lifetimeOf = (windowMs) => Math.ceil(windowMs) - 0.5

/** Counts a request, or several; the first one starts a window of so many milliseconds. */
function countHit(cache, key, windowMs, hits = 1) {
  if (isShared(cache)) {
    const { value, remainingTtl } = cache.incrementEntry(key, hits, { ttl: lifetimeOf(windowMs) })
    return { totalHits: value, resetTime: Math.ceil(Date.now() + remainingTtl) }
  }
  const now = Date.now()
  let window = cache.get(key)
  if (window === undefined || window.resetTime <= now) {
    window = { totalHits: 0, resetTime: now + windowMs }
    cache.set(key, window, windowMs)
  }
  window.totalHits += hits
  return { ...window }
}

/** Starts a window with so many requests, in place of one that there may be. */
function startWindow(cache, key, totalHits, windowMs) {
  const resetTime = Date.now() + windowMs
  if (isShared(cache)) cache.set(key, totalHits, lifetimeOf(windowMs))
  else cache.set(key, { totalHits, resetTime }, windowMs)
  return { totalHits, resetTime }
}

/** The window of a client, if it lasts. */
function readWindow(cache, key) {
  const found = cache.info(key)
  if (found === undefined) return undefined
  const window = isShared(cache)
    ? { totalHits: found.value, resetTime: Math.ceil(found.expiresAt) }
    : { ...found.value }
  return window.resetTime > Date.now() ? window : undefined
}

/** Takes a request back, if its window lasts. */
function takeBack(cache, key) {
  const found = cache.peek(key)
  if (!isShared(cache)) {
    if (found?.totalHits > 0) found.totalHits -= 1
  } else if (found > 0) {
    const left = cache.incrementEntry(key, -1, { onlyIfPresent: true })
    // Another thread was faster and took the last.
    if (left?.value < 0) cache.incrementEntry(key, 1, { onlyIfPresent: true })
  }
}

/** Lets the window of a client last so long from now. */
function renewWindow(cache, key, windowMs) {
  if (isShared(cache)) {
    cache.touch(key, lifetimeOf(windowMs))
    return
  }
  const window = cache.peek(key)
  if (window !== undefined) window.resetTime = Date.now() + windowMs
  cache.touch(key, windowMs)
}

/** Gives a client at least so many requests, for so long from now. */
function blockClient(cache, key, totalHits, blockMs) {
  if (isShared(cache)) {
    // Its window may have ended since it was counted, and another thread counts in it or has begun a new one.
    cache.update(key, (found = 0) => Math.max(found, totalHits), { ttl: lifetimeOf(blockMs) })
  } else {
    startWindow(cache, key, totalHits, blockMs)
  }
}

module.exports = { blockClient, countHit, readWindow, renewWindow, startWindow, takeBack }
