// Entries with tags, and when those were revalidated, as Next.js wants it: that ends an entry, or makes it stale, also by tags
// that only its reader knows. What must not live here: anything else of Next.js.
'use strict'

const { performance } = require('node:perf_hooks')
const { MemoryCache, SharedMemoryCache } = require('../index.js')
const { isShared, openCache, readPrefix } = require('./common.js')

// An entry of Next.js may have more than one of the cache. All are looked at when it is read.
const MOST_TAGS = 64

/** The clock that Next.js stamps entries with; that of the system may be set back. */
const now = () => performance.timeOrigin + performance.now()

function marked({ expired = 0, stale = 0, until = Infinity } = {}, time, durations) {
  if (durations === undefined) return { expired: Math.max(expired, time), stale, until }
  const { expire = Infinity } = durations
  return { expired, stale: Math.max(stale, time), until: time + expire * 1000 }
}

class TaggedEntries {
  #marks
  #view

  constructor(options, fallbackPrefix) {
    const prefix = readPrefix(options, fallbackPrefix)
    const { cache } = openCache(options)
    this.cache = cache
    this.#view = cache.withNamespace(prefix)
    // Without limits: an entry that is older than a mark which had to make room would be fresh again.
    const unlimited = { maxSize: 0, ttl: 0 }
    this.#marks = isShared(cache)
      ? new SharedMemoryCache({ ...unlimited, name: `${cache.name}: tags of ${prefix}` })
      : new MemoryCache(unlimited)
  }

  /** The entry, and whether it is stale; undefined if there is none, or one of the tags has ended it. */
  read(key, otherTags) {
    const entry = this.#view.get(key)
    if (entry === undefined) return undefined
    let isStale = false
    for (const mark of this.#marks.getMany([...entry.tags, ...otherTags])) {
      if (mark?.expired >= entry.timestamp) return undefined
      if (mark?.stale >= entry.timestamp) {
        if (mark.until <= now()) return undefined
        isStale = true
      }
    }
    return { entry, isStale }
  }

  /** Stores an entry with `timestamp` and `tags` for so many seconds. */
  write(key, entry, expire = Infinity) {
    const expiresAt = Date.now() + expire * 1000
    this.#view.set(key, entry, { expiresAt, tags: entry.tags.slice(0, MOST_TAGS) })
  }

  /** Ends what carries the tags or, if there are durations, makes it stale and ends it after `expire` seconds. */
  revalidate(tags, durations) {
    const time = now()
    for (const tag of tags) {
      const change = (mark) => marked(mark, time, durations)
      // Other threads may mark it meanwhile.
      if (isShared(this.#marks)) this.#marks.update(tag, change)
      else this.#marks.set(tag, change(this.#marks.peek(tag)))
    }
    // They are ended already. This gives their room back.
    if (durations === undefined) this.#view.deleteByTag(tags)
  }
}

module.exports = { TaggedEntries, now }
