// A driver of BentoCache for its first level, in memory. What must not live here: what is grace and how values become
// text, which is BentoCache's.
'use strict'

const { invalidOption, openOrderedCache, readOptions, readPrefix } = require('./common.js')

// To BentoCache no lifetime is one without an end, and one of 0 is over.
function lifetimeOf(ttl) {
  if (ttl === undefined || ttl === null) return Infinity
  return ttl <= 0 ? { expiresAt: Date.now() + ttl } : ttl
}

const withoutColons = (prefix) => (prefix ?? '').replace(/:+$/, '')

class BentocacheDriver {
  #cache
  #isOwn
  #view

  constructor({ cache, isOwn }, prefix) {
    this.type = 'l1'
    this.prefix = withoutColons(prefix)
    this.#cache = cache
    this.#isOwn = isOwn
    this.#view = cache.withNamespace(this.prefix && `${this.prefix}:`)
  }

  namespace(namespace) {
    const prefix = this.prefix ? `${this.prefix}:${namespace}` : namespace
    return new BentocacheDriver({ cache: this.#cache, isOwn: false }, prefix)
  }

  get(key) {
    return this.#view.get(key)
  }

  pull(key) {
    return this.#view.take(key)
  }

  set(key, value, ttl) {
    this.#view.set(key, value, lifetimeOf(ttl))
    return true
  }

  getRemainingTtl(key) {
    return this.#view.getRemainingTTL(key)
  }

  delete(key) {
    return this.#view.delete(key)
  }

  deleteMany(keys) {
    this.#view.deleteMany(keys)
    return true
  }

  clear() {
    this.#view.clear()
  }

  async disconnect() {
    if (this.#isOwn) this.#cache.close()
  }
}

function readSerialize({ serialize = true }) {
  if (typeof serialize !== 'boolean') throw invalidOption('serialize', 'a boolean', serialize)
  return serialize
}

/** What `useL1Layer` takes. Each store that uses it gets a driver, and a cache if it is made of options. */
function bentocacheDriver(options) {
  return readOptions(bentocacheDriver, options, () => {
    const layer = { cache: options.cache, serialize: readSerialize(options) }
    const prefix = readPrefix(options)
    if (prefix !== undefined) layer.prefix = prefix
    // BentoCache makes a driver when its store is first used, which is late for an error in the options.
    const { cache, isOwn } = openOrderedCache(layer)
    if (isOwn) cache.close()
    return {
      options: layer,
      factory: (config) => new BentocacheDriver(openOrderedCache(layer), config.prefix),
    }
  })
}

module.exports = { bentocacheDriver }
