// Views of the part of a cache whose keys start with a prefix: what views of both kinds of cache do. Which
// steps that takes is each kind's: methods on one key are the cache's own, on the whole key. A view holds nothing
// but the cache and the prefix.
'use strict'

const { readEntries, readKeys } = require('./batches.js')
const { addDisposal } = require('./disposal.js')
const { asCalledBy, asPassedOn, closedView, invalidArgument, methodsOf } = require('./errors.js')
const { addInspection } = require('./inspection.js')
const { addForEach, scanned } = require('./iteration.js')
const { readTagsToDelete } = require('./tags.js')

// Properties and no private fields, so that a view works behind a proxy.
const kCache = Symbol('cache')
const kPrefix = Symbol('prefix')
const kClosed = Symbol('closed')
const kSteps = Symbol('steps')

// Methods that begin with what follows the prefix, with their `length`, and the name of that argument if it is no key.
const KEYED = [
  ['get', 1],
  ['has', 1],
  ['set', 2],
  ['peek', 1],
  ['take', 1],
  ['touch', 1],
  ['getRemainingTTL', 1],
  ['info', 1],
  ['delete', 1],
  ['deleteByPrefix', 1, 'prefix'],
  ['withNamespace', 1, 'prefix'],
]

// Methods on several keys.
const BATCHES = ['getMany', 'hasMany', 'deleteMany']

// What there is of the whole cache alone, with its `length`.
const WHOLE = [
  ['getMetrics', 0],
  ['prune', 0],
  ['resetStats', 0],
  ['resize', 1],
]

// Options of getOrSet that, as functions, get a value and a key.
const FETCH_FUNCTIONS = ['ttl', 'shouldCache', 'tags']

function open(view) {
  if (view[kClosed]) throw closedView()
  return view[kCache]
}

class View {
  constructor(prefix) {
    this[kPrefix] = prefix
  }

  get prefix() {
    return this[kPrefix]
  }

  get updateAgeOnGet() {
    return this[kCache].updateAgeOnGet
  }

  async getOrSet(key, fetcher, options = undefined) {
    requireString('getOrSet', 'key', key)
    const cache = open(this)
    return cache.getOrSet(
      this[kPrefix] + key,
      fetcherWithin(key, fetcher),
      fetchOptionsWithin(key, options),
    )
  }

  async deleteAsync(key) {
    requireString('deleteAsync', 'key', key)
    return open(this).deleteAsync(this[kPrefix] + key)
  }

  clear() {
    this[kSteps].clear(open(this), this[kPrefix])
  }

  deleteByMagicString(pattern) {
    requireString('deleteByMagicString', 'pattern', pattern)
    return this[kSteps].removeMatching(open(this), this[kPrefix], pattern)
  }

  setMany(entries, options = undefined) {
    const { keys, values, owns } = readEntries(genuine.setMany, entries)
    const prefix = this[kPrefix]
    passOn(genuine.setMany, () => {
      open(this).setMany(
        keys.map((key, i) => entryOf(prefix + key, values[i], owns?.[i])),
        options,
      )
    })
  }

  deleteByTag(tags) {
    const wanted = readTagsToDelete(genuine.deleteByTag, tags)
    return this[kSteps].removeTagged(open(this), this[kPrefix], wanted)
  }

  size() {
    open(this).prune()
    return this[kSteps].tally(open(this), this[kPrefix]).size
  }

  keys() {
    open(this).prune()
    return this[kSteps].keys(open(this), this[kPrefix])
  }

  // Whatever has replaced `entries`.
  values() {
    open(this).prune()
    return this[kSteps].entries(open(this), this[kPrefix]).map(([, value]) => value)
  }

  entries() {
    open(this).prune()
    return this[kSteps].entries(open(this), this[kPrefix])
  }

  scan(pattern = undefined) {
    if (pattern !== undefined) requireString('scan', 'pattern', pattern)
    this[kSteps].requireOpen(open(this))
    return scanned((from) => this[kSteps].scan(open(this), this[kPrefix], pattern, from))
  }

  getStats() {
    const counted = open(this).getStats()
    return { ...counted, ...this[kSteps].tally(open(this), this[kPrefix]) }
  }

  close() {
    if (!this[kClosed]) this[kClosed] = true
  }
}

const genuine = methodsOf(View)

function requireString(method, argument, value) {
  if (typeof value !== 'string') {
    throw asCalledBy(genuine[method], invalidArgument(method, argument, value))
  }
}

/** A fetcher, which may be told of a key, for a caller who knows it without the prefix. */
function fetcherWithin(key, fetcher) {
  if (typeof fetcher !== 'function') return fetcher
  return (context) => {
    if (context === undefined) return fetcher()
    // What is computed when it is read stays so.
    const facts = Object.getOwnPropertyDescriptors(context)
    return fetcher(Object.defineProperties({}, { ...facts, key: { ...facts.key, value: key } }))
  }
}

function fetchOptionsWithin(key, options) {
  if (typeof options !== 'object' || options === null) return options
  const own = {}
  for (const name of FETCH_FUNCTIONS) {
    const option = options[name]
    if (typeof option === 'function')
      own[name] = { value: (value) => option(value, key), enumerable: true }
  }
  return Object.keys(own).length === 0 ? options : Object.create(options, own)
}

function unlessNone(time) {
  return Number.isNaN(time) ? undefined : time
}

/** An entry for `setMany`, with what was read of its options. */
function entryOf(key, value, own) {
  if (own === undefined) return [key, value]
  const { ttl, expiresAt, tags } = own
  return { key, value, ttl: unlessNone(ttl), expiresAt: unlessNone(expiresAt), tags }
}

function define(Class, method, length) {
  Object.defineProperty(method, 'length', { value: length, configurable: true })
  Object.defineProperty(Class.prototype, method.name, {
    value: method,
    writable: true,
    configurable: true,
  })
}

/** A call of the cache; its errors are as called by the caller of `entry`. */
function passOn(entry, call) {
  try {
    return call()
  } catch (error) {
    throw asPassedOn(entry, error)
  }
}

function addKeyed(Class, name, length, argument = 'key') {
  const { [name]: method } = {
    [name](key, first, second) {
      if (typeof key !== 'string') throw asCalledBy(method, invalidArgument(name, argument, key))
      return passOn(method, () => open(this)[name](this[kPrefix] + key, first, second))
    },
  }
  define(Class, method, length)
}

function addBatch(Class, name) {
  const { [name]: method } = {
    [name](keys) {
      const prefix = this[kPrefix]
      const whole = readKeys(method, name, keys).map((key) => prefix + key)
      return open(this)[name](whole)
    },
  }
  define(Class, method, 1)
}

function addWhole(Class, name, length) {
  const { [name]: method } = {
    [name](argument) {
      return passOn(method, () => open(this)[name](argument))
    },
  }
  define(Class, method, length)
}

function summarize(view) {
  const prefix = view[kPrefix]
  let size
  try {
    size = view[kSteps].tally(open(view), prefix).size
  } catch {
    return { prefix, closed: true }
  }
  return { prefix, size }
}

for (const [name, length, argument] of KEYED) addKeyed(View, name, length, argument)
for (const name of BATCHES) addBatch(View, name)
for (const [name, length] of WHOLE) addWhole(View, name, length)
addForEach(View)
addDisposal(View)

/**
 * Makes a class that extends `View`, and keeps the cache under `kCache`, one of views of caches that take these
 * steps, each on a cache and the
 * prefix: `requireOpen`, `keys`, `entries`, `tally`, `clear`, `removeMatching`, `removeTagged`, `scan`. `keyed` are methods
 * on a key that this kind of cache alone has, with their `length`.
 */
function addSteps(Class, steps, keyed = []) {
  Object.defineProperty(Class.prototype, kSteps, { value: steps })
  for (const [name, length] of keyed) addKeyed(Class, name, length)
  addInspection(Class, summarize)
}

module.exports = { View, addSteps, kCache, kPrefix, open }
