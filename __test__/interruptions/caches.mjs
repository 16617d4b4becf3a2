// Caches to be cut off, of either kind: made ready many at a time, and seen to be closed. What they are made
// of and what must hold of them is for the tests to say.

import assert from 'node:assert/strict'

/** Caches of `open()` whose entries have expired by the real clock, after so many milliseconds; 0: nothing is waited for. */
export function supply(open, lifetime) {
  let ready = []
  return () => {
    if (ready.length === 0) {
      ready = Array.from({ length: 50 }, open)
      const end = Date.now() + (lifetime > 0 ? lifetime + 2 : 0)
      while (Date.now() < end);
    }
    return ready.pop()
  }
}

export function isClosed(cache) {
  try {
    cache.keys()
    return false
  } catch (error) {
    assert.match(error.message, /is closed/)
    return true
  }
}
