// Caches that are given to `memoize` and `cached` for results: those of either kind and views of them, also behind
// proxies. What is stored in them, and how, is in calls.js.
'use strict'

const { View, kCache, kPrefix } = require('../common/namespace.js')
const { MemoryCache, kState } = require('../memory-cache/memory-cache.js')
const { reveal } = require('../memory-cache/membranes.js')
const { SharedMemoryCache } = require('../shared-memory-cache/shared-memory-cache.js')

function isResultCache(value) {
  return [MemoryCache, SharedMemoryCache, View].some((Class) => value instanceof Class)
}

function behind(cache) {
  return cache instanceof View ? cache[kCache] : cache
}

function isShared(cache) {
  return behind(cache) instanceof SharedMemoryCache
}

/** What views and proxies of a MemoryCache have in common, and the prefix of its keys in this one. */
function identify(cache) {
  const prefix = cache instanceof View ? cache[kPrefix] : ''
  return { identity: reveal(behind(cache)[kState]), prefix }
}

module.exports = { identify, isResultCache, isShared }
