// Calls of functions whose results are stored, for `memoize` and for what `cached` does beyond the published
// decorator. How fetches go is each cache's own business.
'use strict'

const { types } = require('node:util')

const { MemoryCache, kState } = require('../memory-cache/memory-cache.js')
const { reveal } = require('../memory-cache/membranes.js')
const { ABSENT, read } = require('../memory-cache/state.js')

function isThenable(value) {
  return typeof value === 'object' && value !== null && typeof value.then === 'function'
}

/** What is stored of a synchronous result. */
function keep(cache, key, value, { shouldCache, ttl, tags }) {
  if (shouldCache !== undefined && !shouldCache(value, key)) return
  const tell = (option) => (typeof option === 'function' ? option(value, key) : option)
  const own = { ttl: tell(ttl), tags: tell(tags) }
  if (own.ttl === undefined && own.tags === undefined) cache.set(key, value)
  else cache.set(key, value, own)
}

/** A function that stores what `fn` returns in `cache` under `keyOf` its arguments. */
function storing(fn, cache, keyOf, fetching) {
  // Whether `fn` returns promises: hits have to be promises, too, then.
  let isAsync = types.isAsyncFunction(fn) || !(cache instanceof MemoryCache)

  function call(self, args) {
    const key = keyOf(args)
    if (isAsync) return cache.getOrSet(key, () => Reflect.apply(fn, self, args), fetching)
    const value = read(reveal(cache[kState]), key, 'get')
    if (value !== ABSENT) return value
    const result = Reflect.apply(fn, self, args)
    if (!isThenable(result)) {
      keep(cache, key, result, fetching)
      return result
    }
    isAsync = true
    // It was read already.
    return cache.getOrSet(key, () => result, { ...fetching, forceRefresh: true })
  }
  return call
}

module.exports = { isThenable, storing }
