// Cache handlers of Next.js: that of `cacheHandler`, and those of `cacheHandlers`. What must not live here: when an entry
// is made anew, which Next.js decides by what it is told of it.
'use strict'

const { buffer } = require('node:stream/consumers')
const { ReadableStream } = require('node:stream/web')
const { readOptions } = require('./common.js')
const { TaggedEntries, now } = require('./tagged-entries.js')

function tagsOf(value, { fetchCache, tags }) {
  return (fetchCache ? tags : value?.headers?.['x-next-cache-tags']?.split(',')) ?? []
}

function nextCacheHandler(options) {
  const entries = readOptions(nextCacheHandler, options, () => new TaggedEntries(options, 'next:'))

  // Next.js makes one for each request.
  return class NextCacheHandler {
    static cache = entries.cache

    async get(key, { tags = [], softTags = [], revalidate } = {}) {
      const found = entries.read(key, [...tags, ...softTags])
      if (found === undefined) return null
      const { value, cacheControl, timestamp } = found.entry
      if (!found.isStale) return { value, cacheControl, lastModified: timestamp }
      // Only for one of this age Next.js makes a new one while it serves the old one.
      const seconds = revalidate || (cacheControl ?? value)?.revalidate
      if (typeof seconds !== 'number') return null
      return { value, cacheControl, lastModified: now() - seconds * 1000 - 1 }
    }

    async set(key, value, context) {
      const { cacheControl } = context
      const entry = { value, cacheControl, tags: tagsOf(value, context), timestamp: now() }
      entries.write(key, entry, cacheControl?.expire)
    }

    async revalidateTag(tags, durations) {
      entries.revalidate([tags].flat(), durations)
    }

    resetRequestCache() {}
  }
}

function nextUseCacheHandler(options) {
  const entries = readOptions(
    nextUseCacheHandler,
    options,
    () => new TaggedEntries(options, 'next-use-cache:'),
  )
  const writes = new Map()

  async function write(key, pendingEntry) {
    let entry
    let value
    try {
      entry = await pendingEntry
      value = await buffer(entry.value)
    } catch {
      // It broke off, which Next.js tells whoever waits for it.
      return
    }
    entries.write(key, { ...entry, value }, entry.expire)
  }

  return {
    cache: entries.cache,

    async get(key, softTags = []) {
      await Promise.allSettled([writes.get(key)])
      const found = entries.read(key, softTags)
      if (found === undefined) return undefined
      const { entry, isStale } = found
      const revalidate = isStale ? -1 : entry.revalidate
      // A copy: what a stream hands out is its reader's.
      return { ...entry, revalidate, value: ReadableStream.from([new Uint8Array(entry.value)]) }
    },

    async set(key, pendingEntry) {
      const writing = write(key, pendingEntry)
      writes.set(key, writing)
      try {
        await writing
      } finally {
        if (writes.get(key) === writing) writes.delete(key)
      }
    },

    async refreshTags() {},

    // So `get` is given the tags of the path.
    async getExpiration() {
      return Infinity
    },

    async updateTags(tags, durations) {
      entries.revalidate(tags, durations)
    },
  }
}

module.exports = {
  __esModule: true,
  default: nextCacheHandler,
  nextCacheHandler,
  nextUseCacheHandler,
}
