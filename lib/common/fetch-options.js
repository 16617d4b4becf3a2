// What a caller of getOrSet wants of a fetch: checks alone. How fetches go is each kind's own business.
'use strict'

const { asCalledBy, invalidNumber } = require('./errors.js')
const { readTtl } = require('./lifetimes.js')
const { readTags } = require('./tags.js')

function always() {
  return true
}

// The cache's lifetime, of whatever is fetched.
const PLAIN = Object.freeze({
  lifetimeOf: () => undefined,
  tags: undefined,
  tagsOf: () => undefined,
  forceRefresh: false,
  shouldCache: always,
})

function optional(entry, options, name, type, expected) {
  const value = options[name] ?? undefined
  if (value === undefined || typeof value === type) return value
  throw asCalledBy(entry, invalidNumber('getOrSet', name, expected, value))
}

// `tags` are those that are known before the fetch, `tagsOf` tells those of what was fetched.
function readFetchTags(entry, { tags: given }) {
  if (typeof given === 'function') {
    return {
      tags: undefined,
      tagsOf: (value, key) => readTags(entry, 'getOrSet', given(value, key)),
    }
  }
  const tags = readTags(entry, 'getOrSet', given)
  return { tags, tagsOf: () => tags }
}

function readFetchOptions(entry, options) {
  if (options === undefined || options === null) return PLAIN
  if (typeof options !== 'object') {
    throw asCalledBy(entry, invalidNumber('getOrSet', 'options', 'an object', options))
  }
  const ttl = options.ttl ?? undefined
  if (typeof ttl !== 'function') readTtl(entry, 'getOrSet', ttl)
  const { tags, tagsOf } = readFetchTags(entry, options)
  const forceRefresh = optional(entry, options, 'forceRefresh', 'boolean', 'a boolean') ?? false
  const shouldCache = optional(entry, options, 'shouldCache', 'function', 'a function') ?? always
  const lifetimeOf = (value, key) => {
    if (typeof ttl !== 'function') return ttl
    const own = ttl(value, key) ?? undefined
    readTtl(entry, 'getOrSet', own)
    return own
  }
  return { lifetimeOf, tags, tagsOf, forceRefresh, shouldCache }
}

module.exports = { readFetchOptions }
