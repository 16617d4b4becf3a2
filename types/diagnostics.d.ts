// What caches publish through `node:diagnostics_channel`, for both kinds of caches. What must not live here: hooks, which
// are a cache's own.

import type { MemoryCache } from './memory-cache.js'
import type { SharedMemoryCache } from './shared-memory-cache.js'
import type { OnDeleteContext, OnExpireContext, OnMissContext } from './hooks.js'

/**
 * Members of every message. They are not copies: a subscriber that keeps a message keeps the cache and the
 * value alive.
 */
export type CacheMessage = {
  /** The cache that was called. */
  cache: MemoryCache<unknown> | SharedMemoryCache<unknown>
  /** The key; for a view, the full key in the cache. */
  key: string
  /** The value; `undefined` for a miss. The value of a `SharedMemoryCache` is decoded when it is read. */
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

/** Published to `native-memory-cache:evict` for each evicted entry. */
export type CacheEvictMessage = CacheMessage

/** Published to `native-memory-cache:expire` for each expired entry that is removed. */
export type CacheExpireMessage = CacheMessage & {
  /** Which operation found it, as in `onExpire`. */
  source: OnExpireContext<unknown>['source']
}

/** Published to `native-memory-cache:delete` for each entry that was deleted. */
export type CacheDeleteMessage = CacheMessage & {
  /** The method that was called, as in `onDelete`. */
  source: OnDeleteContext<unknown>['source']
}

/**
 * The context of the tracing channel `native-memory-cache:fetch`: one for each fetcher that `getOrSet`,
 * `cached` or `memoize` calls. A caller that joins a fetch starts none.
 */
export type CacheFetchMessage = {
  /** The cache that fetches. */
  cache: MemoryCache<unknown> | SharedMemoryCache<unknown>
  /** The key that is fetched. */
  key: string
  /** The result of the fetcher; set from `asyncStart` on. */
  result?: unknown
  /** Its error; set from `error` on. */
  error?: unknown
}
