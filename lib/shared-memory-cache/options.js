// Checks of the options of SharedMemoryCache. What they mean is decided elsewhere.
'use strict'

const { readCodec } = require('../common/codec-options.js')
const { invalidOption } = require('../common/errors.js')
const { warnOfUnknown } = require('../common/option-warnings.js')
const { LIFETIME_OPTIONS, readLifetimeOptions } = require('../common/lifetimes.js')
const { limit, readEviction, readHooks, requireObject } = require('../common/options.js')
const { readSnapshot } = require('../common/snapshot-options.js')

const OPTIONS = [
  'name',
  'maxSize',
  'maxBytes',
  'ttl',
  'eviction',
  ...LIFETIME_OPTIONS,
  'shards',
  'codec',
  'nearCache',
  'hooks',
  'snapshot',
]

const ATTACH_OPTIONS = ['nearCache', 'codec', 'hooks']

// More would only cost memory: threads that meet at one of so many locks are rare.
const MOST_SHARDS = 1024

// Limits left out stay undefined: the store that is open has its own.
function readOptions(options) {
  requireObject(options, 'options')
  // Every function has a name, which is hardly that of a store.
  if (typeof options === 'function') throw invalidOption('options', 'an object', options)
  const { name } = options
  const codec = options.codec ?? undefined
  const nearCache = options.nearCache ?? false
  if (typeof name !== 'string' || name === '')
    throw invalidOption('name', 'a non-empty string', name)
  const limits = {}
  for (const option of ['maxSize', 'maxBytes', 'ttl']) {
    limits[option] = limit(options, option, undefined)
  }
  const shards = options.shards ?? undefined
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS)) {
    throw invalidOption('shards', `an integer from 1 to ${MOST_SHARDS}`, shards)
  }
  if (typeof nearCache !== 'boolean') throw invalidOption('nearCache', 'a boolean', nearCache)
  const checked = {
    name,
    ...limits,
    ...readLifetimeOptions(options),
    eviction: readEviction(options),
    shards,
    nearCache,
    hooks: readHooks(options),
    ...readCodec(codec),
    snapshot: readSnapshot(options),
  }
  warnOfUnknown(options, OPTIONS, 'SharedMemoryCache')
  return checked
}

// Of what `attach` is given. All else is the store's.
function readAttachOptions(name, options) {
  if (options === undefined || options === null) return readOptions({ name })
  requireObject(options, 'options')
  const { nearCache, codec, hooks } = options
  const checked = readOptions({ name, nearCache, codec, hooks })
  warnOfUnknown(options, ATTACH_OPTIONS, 'SharedMemoryCache.attach')
  return checked
}

/** What `resize` is told; limits left out stay undefined. */
function readLimits(limits) {
  requireObject(limits, 'limits')
  const maxSize = limit(limits, 'maxSize', undefined)
  const maxBytes = limit(limits, 'maxBytes', undefined)
  warnOfUnknown(limits, ['maxSize', 'maxBytes'], 'SharedMemoryCache.resize')
  return { maxSize, maxBytes }
}

module.exports = { readAttachOptions, readLimits, readOptions }
