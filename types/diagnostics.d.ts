// What caches publish through `node:diagnostics_channel`, for both kinds of caches. What must not live here: hooks, which
// are a cache's own.

import type { MemoryCache } from './memory-cache.js'
import type { SharedMemoryCache } from './shared-memory-cache.js'
import type { OnDeleteContext, OnExpireContext, OnMissContext } from './hooks.js'

/** What every message tells. Nothing of it is a copy: a subscriber that keeps it keeps cache and value. */
export type CacheMessage = {
  /** The cache that was called. */
  cache: MemoryCache<unknown> | SharedMemoryCache<unknown>
  /** The key; through a view, that of the cache. */
  key: string
  /** The value; `undefined` of a miss. That of a `SharedMemoryCache` is decoded when it is read. */
  readonly value: unknown
}

/** Published to `native-memory-cache:get` for each read that counts as a hit or as a miss. */
export type CacheGetMessage = CacheMessage &
  (
    | {
        /** A valid entry was found. */
        hit: true
      }
    | {
        /** None was found. */
        hit: false
        /** As in `onMiss`. */
        reason: OnMissContext['reason']
      }
  )

/** Published to `native-memory-cache:set` for each entry that was written. */
export type CacheSetMessage = CacheMessage & {
  /** Whether it replaced another one. */
  isUpdate: boolean
}

/** Published to `native-memory-cache:evict` for each entry that had to make room. */
export type CacheEvictMessage = CacheMessage

/** Published to `native-memory-cache:expire` for each entry that is removed because its time is over. */
export type CacheExpireMessage = CacheMessage & {
  /** Which operation came upon it, as in `onExpire`. */
  source: OnExpireContext<unknown>['source']
}

/** Published to `native-memory-cache:delete` for each entry that was deleted. */
export type CacheDeleteMessage = CacheMessage & {
  /** The method that was called, as in `onDelete`. */
  source: OnDeleteContext<unknown>['source']
}

/**
 * The context of the tracing channel `native-memory-cache:fetch`: one for each fetcher that `getOrSet`, `cached` or
 * `memoize` calls. Callers that join a fetch begin none.
 */
export type CacheFetchMessage = {
  /** The cache that fetches. */
  cache: MemoryCache<unknown> | SharedMemoryCache<unknown>
  /** The key that is fetched. */
  key: string
  /** What the fetcher has returned; there from `asyncStart` on. */
  result?: unknown
  /** What it has failed with; there from `error` on. */
  error?: unknown
}
