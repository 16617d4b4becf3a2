// A store of Keyv, and so of what is built on it. What must not live here: how values become text, which is Keyv's.
'use strict'

const { openCache, readOptions } = require('./common.js')

// A namespace ends with the first colon, so that none has another one in it.
function prefixOf(namespace) {
  return `${String(namespace ?? '').replace(/[%:]/g, encodeURIComponent)}:`
}

// To Keyv a lifetime of 0 is none that was given. One that is over ends what the key had.
function lifetimeOf(ttl) {
  if (ttl < 0) return { expiresAt: Date.now() + ttl }
  return ttl === 0 || ttl === null ? undefined : ttl
}

/** Entries that follow each other with one lifetime: the cache takes them together. */
function* runsOf(entries) {
  let pairs = []
  let lifetime
  for (const { key, value, ttl } of entries) {
    if (pairs.length > 0 && ttl !== lifetime) {
      yield { pairs, lifetime }
      pairs = []
    }
    lifetime = ttl
    pairs.push([key, value])
  }
  if (pairs.length > 0) yield { pairs, lifetime }
}

class KeyvStore {
  #isOwn
  #namespace
  #view

  constructor(options) {
    readOptions(KeyvStore, options, () => {
      const { cache, isOwn } = openCache(options)
      this.cache = cache
      this.#isOwn = isOwn
      this.namespace = undefined
    })
    // Keyv 5 lets nobody iterate over a store of a dialect that it does not know.
    this.opts = { dialect: 'redis' }
  }

  get namespace() {
    return this.#namespace
  }

  set namespace(namespace) {
    this.#namespace = namespace
    this.#view = this.cache.withNamespace(prefixOf(namespace))
  }

  async get(key) {
    return this.#view.get(key)
  }

  async getMany(keys) {
    return this.#view.getMany(keys)
  }

  async has(key) {
    return this.#view.has(key)
  }

  async hasMany(keys) {
    return this.#view.hasMany(keys)
  }

  async set(key, value, ttl) {
    this.#view.set(key, value, lifetimeOf(ttl))
    return true
  }

  async setMany(entries) {
    for (const { pairs, lifetime } of runsOf(entries)) {
      this.#view.setMany(pairs, lifetimeOf(lifetime))
    }
    return entries.map(() => true)
  }

  async delete(key) {
    return this.#view.delete(key)
  }

  async deleteMany(keys) {
    return this.#view.deleteMany(keys).every(Boolean)
  }

  async clear() {
    this.#view.clear()
  }

  async *iterator(namespace = this.#namespace) {
    yield* this.cache.withNamespace(prefixOf(namespace)).scan()
  }

  // Keyv listens for errors; those of a store are thrown by the method that has them.
  on() {
    return this
  }

  async disconnect() {
    if (this.#isOwn) this.cache.close()
  }
}

module.exports = { __esModule: true, default: KeyvStore, KeyvStore }
