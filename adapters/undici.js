// A store for interceptors.cache of undici. A response is one Buffer, head and body, so that any codec will do and
// threads see both or none. What must not live here: what HTTP says about caching, which undici knows.
'use strict'

const { Writable } = require('node:stream')
const { invalidOption, isShared, openCache, readOptions, readPrefix } = require('./common.js')

const HEAD_LENGTH = 4

// A URL whose Vary is another one with each answer would have more and more lists, each of which is a lookup of `get`.
const MOST_LISTS = 8

function readMaxEntrySize({ maxEntrySize }) {
  if (maxEntrySize === undefined || maxEntrySize === null) return 5 << 20
  if (typeof maxEntrySize === 'number' && maxEntrySize >= 0) return maxEntrySize
  throw invalidOption('maxEntrySize', 'a non-negative number', maxEntrySize)
}

function pack(value, chunks) {
  const head = Buffer.from(JSON.stringify(value))
  const length = Buffer.alloc(HEAD_LENGTH)
  length.writeUInt32LE(head.length)
  return Buffer.concat([length, head, ...chunks])
}

function unpack(packed) {
  const start = HEAD_LENGTH + packed.readUInt32LE()
  const value = JSON.parse(packed.toString('utf8', HEAD_LENGTH, start))
  return { ...value, body: [packed.subarray(start)] }
}

class UndiciCacheStore {
  #isOwn
  #maxEntrySize

  constructor(options) {
    readOptions(UndiciCacheStore, options, () => {
      this.prefix = readPrefix(options, 'http:')
      this.#maxEntrySize = readMaxEntrySize(options)
      const { cache, isOwn } = openCache(options)
      this.cache = cache
      this.#isOwn = isOwn
    })
  }

  // All that is stored of a URL has this tag.
  #tagOf({ origin, path }) {
    return this.prefix + origin + path
  }

  // Where it says by which headers responses vary. It is no prefix of the key of another URL.
  #indexKeyOf({ origin, path, method }) {
    return this.prefix + JSON.stringify([origin, path, method])
  }

  #keyOf(key, names) {
    const headers = names.map((name) => [name, key.headers?.[name] ?? null])
    return this.#indexKeyOf(key) + JSON.stringify(headers)
  }

  #readIndex(key) {
    const packed = this.cache.get(this.#indexKeyOf(key))
    return packed === undefined ? [] : JSON.parse(packed)
  }

  get(key) {
    for (const names of this.#readIndex(key)) {
      const packed = this.cache.get(this.#keyOf(key, names))
      if (packed !== undefined) {
        const response = unpack(packed)
        // A cache that renews what is read keeps it for longer than HTTP allows.
        if (response.deleteAt > Date.now()) return response
      }
    }
    return undefined
  }

  createWriteStream(key, value) {
    const chunks = []
    let size = 0
    const stream = new Writable({
      write: (chunk, _encoding, callback) => {
        size += chunk.length
        if (size < this.#maxEntrySize) {
          chunks.push(chunk)
        } else {
          // undici lets go of it then; the answer itself may go on for long.
          chunks.length = 0
          stream.destroy()
        }
        callback()
      },
      final: (callback) => {
        // undici takes back what has failed, in an event, where a closed cache would end the process.
        try {
          this.#write(key, value, chunks)
        } catch {}
        callback()
      },
    })
    return stream
  }

  #write(key, value, chunks) {
    const { deleteAt } = value
    const tags = [this.#tagOf(key)]
    const names = Object.keys(value.vary ?? {}).toSorted()
    // The new response stands for all that it could have been answered with.
    for (const others of this.#readIndex(key)) this.cache.delete(this.#keyOf(key, others))
    this.cache.set(this.#keyOf(key, names), pack(value, chunks), { expiresAt: deleteAt, tags })
    this.#addToIndex(key, names, { deleteAt, tags })
  }

  #addToIndex(key, names, { deleteAt, tags }) {
    const indexKey = this.#indexKeyOf(key)
    const added = (packed) => {
      const varying = packed === undefined ? [] : JSON.parse(packed)
      const others = varying.filter((each) => each.join() !== names.join())
      return Buffer.from(JSON.stringify([names, ...others].slice(0, MOST_LISTS)))
    }
    // It lasts as long as the responses that it leads to.
    const expiresAt = Math.max(deleteAt, this.cache.info(indexKey)?.expiresAt ?? 0)
    // Other threads may add to it meanwhile.
    if (isShared(this.cache)) this.cache.update(indexKey, added, { expiresAt, tags })
    else this.cache.set(indexKey, added(this.cache.peek(indexKey)), { expiresAt, tags })
  }

  delete(key) {
    // As in `final`: nothing is left in a cache that is closed.
    try {
      this.cache.deleteByTag(this.#tagOf(key))
    } catch {}
  }

  close() {
    if (this.#isOwn) this.cache.close()
  }
}

module.exports = { __esModule: true, default: UndiciCacheStore, UndiciCacheStore }
