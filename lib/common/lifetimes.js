// How long a single entry is to live, and what else a write says of it: checks of arguments and of the options that
// both kinds of cache share. What lifetimes mean is decided natively.
'use strict'

const { types } = require('node:util')

const { asCalledBy, exclusive, invalidNumber, invalidOption } = require('./errors.js')
const { warnOfUnknown } = require('./option-warnings.js')
const { readTags } = require('./tags.js')

const SET_OPTIONS = ['ttl', 'expiresAt', 'tags']

// Where getOrSet tells a write how long the entry is kept beyond its lifetime.
const kGrace = Symbol('native-memory-cache.grace')

// What times there are none of is NaN, which native code takes for it.
const STORES_OWN = Object.freeze({
  ttl: Number.NaN,
  expiresAt: Number.NaN,
  grace: Number.NaN,
  tags: undefined,
})

function isTtl(value) {
  return typeof value === 'number' && value >= 0
}

/** A time to live as `entry`, the method of that name, was given it as this argument; NaN for none. */
function readTtl(entry, method, value, argument = 'ttl') {
  if (value === undefined || value === null) return Number.NaN
  if (isTtl(value)) return value
  throw asCalledBy(entry, invalidNumber(method, argument, 'a non-negative number', value))
}

/** The same for a time up to which an entry lives. */
function readExpiresAt(entry, method, value, argument = 'expiresAt') {
  if (value === undefined || value === null) return Number.NaN
  const time = types.isDate(value) ? Date.prototype.getTime.call(value) : value
  if (typeof time === 'number' && !Number.isNaN(time)) return time
  const expected = 'a number of milliseconds or a valid Date'
  throw asCalledBy(entry, invalidNumber(method, argument, expected, value))
}

/** `ttl`, or an object with `ttl` or `expiresAt`, and `tags`. */
function readLifetime(entry, method, given) {
  if (given === undefined || given === null) return STORES_OWN
  if (typeof given === 'number') {
    return { ...STORES_OWN, ttl: readTtl(entry, method, given) }
  }
  if (typeof given !== 'object' || types.isDate(given) || Array.isArray(given)) {
    const expected = 'a ttl in milliseconds or an object'
    throw asCalledBy(entry, invalidNumber(method, 'options', expected, given))
  }
  const { ttl: givenTtl, expiresAt: givenTime, tags: givenTags } = given
  const ttl = readTtl(entry, method, givenTtl)
  const expiresAt = readExpiresAt(entry, method, givenTime)
  if (!Number.isNaN(ttl) && !Number.isNaN(expiresAt)) {
    throw asCalledBy(entry, exclusive(method, 'ttl', givenTtl, 'expiresAt', givenTime))
  }
  const tags = readTags(entry, method, givenTags)
  if (Number.isNaN(ttl) && Number.isNaN(expiresAt) && tags === undefined) {
    warnOfUnknown(given, SET_OPTIONS, method)
  }
  return { ttl, expiresAt, grace: given[kGrace] ?? Number.NaN, tags }
}

function readStaleness(options, name) {
  const value = options[name] ?? undefined
  if (value === undefined || isTtl(value)) return value
  throw invalidOption(name, 'a non-negative number', value)
}

/** The options of the constructors: undefined where they were left out, so that a store has its own. */
function readLifetimeOptions(options) {
  const updateAgeOnGet = options.updateAgeOnGet ?? undefined
  if (updateAgeOnGet !== undefined && typeof updateAgeOnGet !== 'boolean') {
    throw invalidOption('updateAgeOnGet', 'a boolean', updateAgeOnGet)
  }
  const ttlJitter = options.ttlJitter ?? undefined
  if (ttlJitter !== undefined && !(isTtl(ttlJitter) && ttlJitter <= 1)) {
    throw invalidOption('ttlJitter', 'a number from 0 to 1', ttlJitter)
  }
  const ttlJitterSeed = options.ttlJitterSeed ?? undefined
  if (ttlJitterSeed !== undefined && !Number.isFinite(ttlJitterSeed)) {
    throw invalidOption('ttlJitterSeed', 'a finite number', ttlJitterSeed)
  }
  const staleWhileRevalidate = readStaleness(options, 'staleWhileRevalidate')
  const staleIfError = readStaleness(options, 'staleIfError')
  return { updateAgeOnGet, ttlJitter, ttlJitterSeed, staleWhileRevalidate, staleIfError }
}

/** What `info` tells, of what native code knows. */
function factsOf([ttl, start, expiresAt, weight, stale], now) {
  return {
    ttl,
    start: Number.isNaN(start) ? undefined : start,
    remainingTtl: expiresAt - now,
    expiresAt,
    weight,
    stale: stale === 1,
  }
}

const LIFETIME_OPTIONS = [
  'updateAgeOnGet',
  'ttlJitter',
  'ttlJitterSeed',
  'staleWhileRevalidate',
  'staleIfError',
]

module.exports = {
  LIFETIME_OPTIONS,
  STORES_OWN,
  factsOf,
  kGrace,
  readExpiresAt,
  readLifetime,
  readLifetimeOptions,
  readTtl,
}
