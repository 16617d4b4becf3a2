// Lifetimes, and many entries at once, as storage libraries give them. What must not live here: anything that knows
// one of these libraries.
'use strict'

/** What the cache is to be told of a lifetime in ms. One of 0 was not given; one that is over ends what the key had. */
function lifetimeOf(ttl) {
  if (ttl < 0) return { expiresAt: Date.now() + ttl }
  return ttl === 0 || ttl === null ? undefined : ttl
}

/** Stores `{ key, value, ttl }`, those together that follow each other with one lifetime. */
function setEntries(cache, entries) {
  for (let start = 0; start < entries.length;) {
    const { ttl } = entries[start]
    let end = start + 1
    while (end < entries.length && entries[end].ttl === ttl) end += 1
    const run = entries.slice(start, end)
    cache.setMany(
      run.map(({ key, value }) => [key, value]),
      lifetimeOf(ttl),
    )
    start = end
  }
}

module.exports = { lifetimeOf, setEntries }
