// Lifetimes, and many entries at once, as storage libraries give them. What must not live here: anything that knows
// one of these libraries.
'use strict'

/**
 * How long an entry lives to which the library gives no lifetime, as `set` takes it: without an end, unless the options
 * of a cache that is made here say otherwise. That of a ready cache is for whoever else uses it.
 */
function defaultLifetime({ cache }, isOwn) {
  return isOwn && (cache.ttl ?? undefined) !== undefined ? undefined : Infinity
}

/** What the cache is to be told of a lifetime in ms. One of 0 was not given; one that is over ends what the key had. */
function lifetimeOf(ttl, otherwise) {
  if (ttl < 0) return { expiresAt: Date.now() + ttl }
  return ttl === 0 || ttl === null || ttl === undefined ? otherwise : ttl
}

/** Stores `{ key, value, ttl }`, those together that follow each other with one lifetime. */
function setEntries(cache, entries, otherwise) {
  for (let start = 0; start < entries.length;) {
    const { ttl } = entries[start]
    let end = start + 1
    while (end < entries.length && entries[end].ttl === ttl) end += 1
    const run = entries.slice(start, end)
    cache.setMany(
      run.map(({ key, value }) => [key, value]),
      lifetimeOf(ttl, otherwise),
    )
    start = end
  }
}

module.exports = { defaultLifetime, lifetimeOf, setEntries }
