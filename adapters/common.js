// What the adapters share: the cache that one is given, ready or as options, checks of options, and the way
// to the library that one is for. What must not live here: anything that knows one of these libraries.
'use strict'

const { inspect } = require('node:util')
const { CacheConfigError, MemoryCache, SharedMemoryCache } = require('../index.js')

const isObject = (value) => typeof value === 'object' && value !== null

function invalidOption(option, expected, value) {
  const received = inspect(value, { depth: 0, breakLength: Infinity })
  return new CacheConfigError(`${option} must be ${expected}, received ${received}`)
}

/** What `read` makes of the options of `constructor`; its errors are as called by who constructs. */
function readOptions(constructor, options, read) {
  try {
    if (!isObject(options)) throw invalidOption('options', 'an object', options)
    return read(options)
  } catch (error) {
    if (error instanceof CacheConfigError) Error.captureStackTrace?.(error, constructor)
    throw error
  }
}

// By its methods: that of another realm, or a copy of the package, is no instance of the classes here.
function isCache(value) {
  if (!isObject(value)) return false
  return ['info', 'scan', 'touch'].every((method) => typeof value[method] === 'function')
}

/** Whether the cache is a `SharedMemoryCache`, whose methods are atomic for all threads. */
function isShared(cache) {
  return typeof cache.incrementEntry === 'function'
}

/** The cache of an adapter; `isOwn` if it was made here, of options, as `completed` has them. */
function openCache({ cache }, completed = (options) => options) {
  if (isObject(cache)) {
    if (isCache(cache)) return { cache, isOwn: false }
    // A Map, or a cache of another package: no options have this.
    if (typeof cache.get !== 'function') {
      const Kind = (cache.name ?? undefined) === undefined ? MemoryCache : SharedMemoryCache
      return { cache: new Kind(completed(cache)), isOwn: true }
    }
  }
  throw invalidOption('cache', 'a MemoryCache, a SharedMemoryCache or the options of one', cache)
}

// Several shards evict by themselves. Who opens a store that is there takes it as it is.
function withOneShard(options) {
  const { name, shards } = options
  if ((name ?? undefined) === undefined || SharedMemoryCache.names().includes(name)) return options
  return { ...options, shards: shards ?? 1 }
}

/**
 * The same for a library that keeps what it knows of tags in entries and relies on them to outlive older ones, so that
 * what was least recently used has to go first, and on each to end when it says.
 */
function openOrderedCache(options) {
  const { cache, isOwn } = openCache(options, withOneShard)
  if (cache.updateAgeOnGet) {
    if (isOwn) cache.close()
    throw invalidOption('cache.updateAgeOnGet', 'false, or reads would keep what has ended', true)
  }
  return { cache, isOwn }
}

function readPrefix({ prefix }, fallback) {
  if (prefix === undefined || prefix === null) return fallback
  if (typeof prefix !== 'string') throw invalidOption('prefix', 'a string', prefix)
  return prefix
}

function readFlag(options, name) {
  const value = options[name] ?? false
  if (typeof value !== 'boolean') throw invalidOption(name, 'a boolean', value)
  return value
}

function readTtl(options) {
  const ttl = options.ttl ?? undefined
  if (ttl === undefined || (typeof ttl === 'number' && ttl >= 0)) return ttl
  throw invalidOption('ttl', 'a non-negative number', ttl)
}

/** The library that an adapter is for. `load` names it in a `require` that bundlers can see. */
function requirePeer(name, load) {
  try {
    return load()
  } catch (cause) {
    // The library may be there and lack something itself.
    const [message] = String(cause?.message).split('\n')
    if (cause?.code !== 'MODULE_NOT_FOUND' || !message.includes(name)) throw cause
    const error = new Error(
      `native-memory-cache/${name} needs the package ${name}, which is not installed: npm install ${name}`,
      { cause },
    )
    throw Object.assign(error, { code: 'ERR_PEER_MISSING' })
  }
}

module.exports = {
  invalidOption,
  isCache,
  isShared,
  openCache,
  openOrderedCache,
  readFlag,
  readOptions,
  readPrefix,
  readTtl,
  requirePeer,
}
