// A store of Keyv, and so of what is built on it. What must not live here: how values become text, which is Keyv's.
'use strict'

const { openOrderedCache, readOptions } = require('./common.js')
const { defaultLifetime, lifetimeOf, setEntries } = require('./entries.js')

// A namespace ends with the first colon, so that none has another one in it.
function prefixOf(namespace) {
  return `${String(namespace ?? '').replace(/[%:]/g, encodeURIComponent)}:`
}

// Keyv 5 joins its JSON of many small strings, which V8 keeps, six times the size of the text, until somebody reads it.
// A RegExp does, and is not optimised away.
function compact(value) {
  if (typeof value === 'string') /^$/.test(value)
  return value
}

class KeyvStore {
  #answersEach = false
  #isOwn
  #lifetime
  #namespace
  #view

  constructor(options) {
    readOptions(KeyvStore, options, () => {
      const { cache, isOwn } = openOrderedCache(options)
      this.cache = cache
      this.#isOwn = isOwn
      this.#lifetime = defaultLifetime(options, isOwn)
      this.namespace = undefined
    })
    // Keyv 5 lets nobody iterate over a store of a dialect that it does not know.
    this.opts = { dialect: 'redis' }
  }

  // Only Keyv 6 asks for it, and hands on what `deleteMany` answers for each key, where Keyv 5 wants one answer for all.
  get capabilities() {
    this.#answersEach = true
    return undefined
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
    this.#view.set(key, compact(value), lifetimeOf(ttl, this.#lifetime))
    return true
  }

  async setMany(entries) {
    for (const { value } of entries) compact(value)
    setEntries(this.#view, entries, this.#lifetime)
    return entries.map(() => true)
  }

  async delete(key) {
    return this.#view.delete(key)
  }

  async deleteMany(keys) {
    const deleted = this.#view.deleteMany(keys)
    return this.#answersEach ? deleted : deleted.every(Boolean)
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
