// Calls of functions whose results are stored, for `memoize` and for what `cached` does beyond the published
// decorator. How fetches go is each cache's own business.
'use strict'

const { types } = require('node:util')

const { readFetchOptions } = require('../common/fetch-options.js')
const { disown, isThenable } = require('../common/promises.js')
const { knownOf } = require('./known-functions.js')
const { isShared } = require('./result-caches.js')

// Entries by their public methods: a view has no others. What was stored may be `undefined`; a hook of the miss
// may have stored something else.
function lookUp(cache, key) {
  const value = cache.get(key)
  if (value !== undefined) return { value }
  return cache.has(key) ? { value: cache.peek(key) } : undefined
}

/** Stores a synchronous result as getOrSet would. */
function keep(cache, key, value, { shouldCache, lifetimeOf, tagsOf }) {
  if (!shouldCache(value, key)) return
  const ttl = lifetimeOf(value, key)
  const tags = tagsOf(value, key)
  if (ttl === undefined && tags === undefined) cache.set(key, value)
  else cache.set(key, value, { ttl, tags })
}

/**
 * Makes the calls of `entry`, which stores what `fn` returns in `cache` under `keyOf` its arguments. In a cache of
 * others the keys start with the name of `fn` and a colon, `prefix`.
 */
function storing(entry, fn, { cache, prefix, keyOf, fetching }) {
  const wanted = readFetchOptions(entry, fetching)
  // Whether `fn` returns promises: hits have to be promises, too, then.
  const known = knownOf(cache, prefix)
  if (types.isAsyncFunction(fn) || isShared(cache)) known.isAsync = true

  function fetch(self, args) {
    let key
    try {
      key = keyOf(args)
    } catch (error) {
      return Promise.reject(error)
    }
    return cache.getOrSet(key, () => Reflect.apply(fn, self, args), fetching)
  }

  function call(self, args) {
    if (known.isAsync) return fetch(self, args)
    const key = keyOf(args)
    const found = lookUp(cache, key)
    if (found !== undefined) return found.value
    const result = Reflect.apply(fn, self, args)
    if (!isThenable(result)) {
      keep(cache, key, result, wanted)
      return result
    }
    known.isAsync = true
    // It was read already. Another call may have begun meanwhile, or the cache be closed: nobody awaits this one then.
    const promise = disown(Promise.resolve(result))
    return cache.getOrSet(key, () => promise, { ...fetching, forceRefresh: true })
  }
  return call
}

module.exports = { storing }
