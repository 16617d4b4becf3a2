// What the cache of one thread is set up with and what it tells of itself; the statistics are those of
// shared caches, too. What must not live here: methods. The data shapes are type aliases, as in
// hooks.d.ts and for its reason.

import type { GetOrSetOptions } from './fetches.js'
import type { CacheHooks } from './hooks.js'
import type { MemoryCache } from './memory-cache.js'
import type { SnapshotOptions } from './snapshots.js'

/**
 * The rule by which a cache chooses the entries to evict: see {@link CacheOptions.eviction}.
 *
 * @example
 * ```ts
 * const eviction: EvictionPolicy = scanned ? 's3-fifo' : 'lru'
 * ```
 */
export type EvictionPolicy = 'lru' | 's3-fifo'

/**
 * How a {@link MemoryCache} is set up. An option that is omitted, `undefined` or `null` has its default.
 *
 * @example
 * ```ts
 * const options: CacheOptions<Session> = { maxSize: 10_000, ttl: 30 * 60 * 1000 }
 * ```
 */
export type CacheOptions<T = unknown> = {
  /**
   * The maximum number of entries. When it is reached, the least recently used entries are evicted, or those
   * that {@link CacheOptions.eviction} chooses. `0` and `Infinity` mean no limit. Default: `100`. Example:
   * `{ maxSize: 10_000 }`.
   */
  maxSize?: number
  /**
   * The maximum total weight, in the unit of `sizeCalculation`, which a limit above 0 requires. `0` means that
   * entries have no weight. Default: `0`. `maxSize` still applies as well.
   *
   * @example
   * ```ts
   * // At most 8 MiB of text, however many pages that is.
   * new MemoryCache<Buffer>({ maxSize: 0, maxWeight: 8 << 20, sizeCalculation: (page) => page.length })
   * ```
   */
  maxWeight?: number
  /**
   * The weight of an entry: finite and not negative, otherwise `set` throws a `RangeError` and changes nothing.
   * Called once per `set`, and only while `maxWeight` is above 0. Default: none. Example:
   * `{ maxWeight: 1e6, sizeCalculation: (text, key) => text.length + key.length }`.
   */
  sizeCalculation?: (value: T, key: string) => number
  /**
   * How long an entry lives after it was last written, in milliseconds, unless it has its own lifetime; reads
   * extend it only with `updateAgeOnGet`. An entry whose age exceeds the `ttl` has expired. `0` and `Infinity`
   * mean that entries never expire; with `0` no clock is read until an entry gets its own lifetime. Default:
   * `300_000` (five minutes). Example: `{ ttl: 30 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * Whether a hit of `get`, `getMany`, `getOrSet` or a decorated method renews the lifetime of its entry, whether
   * that is its own or that of the cache, so that entries in use do not expire. `has`, `peek` and `info` do not.
   * Default: `false`. Example: `{ ttl: 30 * 60 * 1000, updateAgeOnGet: true }`, a sliding session.
   */
  updateAgeOnGet?: boolean
  /**
   * Each lifetime is shortened by a random fraction of up to this much (0 to 1), so that entries that were
   * written together do not expire together: with `0.1` an entry lives for 90 to 100 % of its lifetime, rounded
   * up to whole milliseconds. This includes entries with an `expiresAt`, but not infinite lifetimes. Default:
   * `0`. Example: `{ ttl: 60_000, ttlJitter: 0.1 }`.
   */
  ttlJitter?: number
  /**
   * A finite number that makes the random fractions of `ttlJitter` repeatable, for tests. Default: random.
   * Example: `{ ttlJitter: 0.1, ttlJitterSeed: 1 }`.
   */
  ttlJitterSeed?: number
  /**
   * How long after its expiry `getOrSet` may still return an entry immediately, in milliseconds, while it is
   * refreshed in the background. Expired entries are kept for the larger of this and `staleIfError`, for
   * `getOrSet` only: for all other reads they are misses with the reason `'expired'`, but `info` shows them as
   * stale, and `size` and `getStats` count them because they take room. `onExpire` is called when they are
   * removed; if room is needed, they are removed before any valid entry. `Infinity`: as long as there is room.
   * Default: `0`. Example: `{ ttl: 60_000, staleWhileRevalidate: 30_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * How long after its expiry `getOrSet` may still return an entry because a fetch has failed or timed out, in
   * milliseconds; see {@link GetOrSetOptions} and `staleWhileRevalidate`. Default: `0`. Example:
   * `{ ttl: 60_000, staleIfError: 24 * 60 * 60 * 1000 }`.
   */
  staleIfError?: number
  /**
   * Which entries are evicted when `maxSize` or `maxWeight` is reached; expired entries are always removed
   * first. `'lru'`: the least recently used entry. `'s3-fifo'`: an entry that was added and not used again
   * within an eighth of the cache, so that many keys that are used only once, such as those of a crawler, do
   * not evict entries in use. On most workloads its hit ratio is higher, and it takes less memory. Entries are
   * then not evicted in order of use, and `keys` and other lists have a different order, see
   * {@link MemoryCache.keys}. Default: `'lru'`. Example: `{ maxSize: 10_000, eviction: 's3-fifo' }`.
   */
  eviction?: EvictionPolicy
  /**
   * Functions that are called for hits, misses, writes and removals. Default: none. Example:
   * `{ hooks: { onEvict: ({ key }) => console.warn('evicted', key) } }`.
   */
  hooks?: CacheHooks<T>
  /**
   * When hooks are called. `'sync'`: on the caller's stack. `'deferred'`: in the same order, in batches, after
   * the caller's turn of the event loop, so that a slow hook does not slow down the caller. No event is lost
   * unless the process or the thread is terminated; pending hooks keep the process alive. Default: `'sync'`.
   * Example: `{ hookDelivery: 'deferred', hooks: { onDelete: writeToAuditLog } }`.
   */
  hookDelivery?: 'sync' | 'deferred'
  /**
   * How often to remove expired entries in the background, in milliseconds of real time. A native thread wakes
   * the owning thread, which removes at most 1,000 entries per turn of its event loop and reports each to
   * `onExpire` with the source `'prune'`. This keeps neither the process nor the cache alive. `0` and
   * `Infinity`: never. Default: `0`. Example: `{ ttl: 60_000, checkInterval: 10_000 }`.
   */
  checkInterval?: number
  /**
   * What happens to a value that `getOrSet` has fetched for a key that was written or removed during the fetch.
   * `'store'`: it is stored, even over a newer value or after a deletion, as in `@humanspeak/memory-cache`.
   * `'discard'`: it is returned to waiting callers but not stored, and calls after the change do not wait for
   * it. Default: `'store'`. Example: `{ lateFetch: 'discard' }`.
   */
  lateFetch?: 'store' | 'discard'
  /**
   * A file from which the cache is restored when it is created, and to which it is saved when it is closed or
   * the process ends. Default: none. Example: `{ snapshot: { path: 'pages.snapshot', interval: 60_000 } }`.
   */
  snapshot?: SnapshotOptions<T>
}

/**
 * Limits that {@link MemoryCache.resize} can change, each as the option of the same name.
 *
 * @example
 * ```ts
 * const limits: CacheLimits = { maxSize: 50_000, ttl: 60 * 60 * 1000 }
 * ```
 */
export type CacheLimits = Pick<CacheOptions, 'maxSize' | 'maxWeight' | 'ttl'>

/**
 * Counters of a cache since it was created or since {@link MemoryCache.resetStats}.
 *
 * @example
 * ```ts
 * const { hits, misses }: CacheStats = cache.getStats()
 * const hitRatio = hits / (hits + misses)
 * ```
 */
export type CacheStats = {
  /** Reads by `get`, `getMany`, `getOrSet`, `take` and decorated methods that found a live entry. */
  hits: number
  /** Reads by the same methods that found none, or an expired one. */
  misses: number
  /** Live entries removed because of `maxSize` or `maxWeight`. */
  evictions: number
  /** Entries removed because they had expired. */
  expirations: number
  /** Current number of live entries, and of stale ones that are kept for `getOrSet`. Not affected by `resetStats`. */
  size: number
  /** Current weight of these entries, in the unit of `sizeCalculation`. Not affected by `resetStats`. */
  weight: number
}

/**
 * Figures of one cache for monitoring. Unlike for {@link CacheStats}, nothing is pruned.
 *
 * @example
 * ```ts
 * const { bytes, hitRatio = 1 }: CacheMetrics = cache.getMetrics()
 * ```
 */
export type CacheMetrics = {
  /** Native memory that the cache takes, in bytes: keys and bookkeeping, not the values. An estimate. */
  bytes: number
  /** Entries held, including expired ones that no operation has noticed yet. */
  entries: number
  /** Slots for entries: the largest number of entries held at once since the last `clear`. */
  slots: number
  /**
   * The fraction of reads that found a live entry, from 0 to 1, since the cache was created or since
   * {@link MemoryCache.resetStats}; `undefined` if there were no reads.
   */
  hitRatio: number | undefined
  /** Background fetches that failed or were abandoned, since the cache was created. */
  refreshErrors: number
  /** Calls of `getOrSet` that returned an expired value, since the cache was created. */
  staleServed: number
  /** Saves of the option `snapshot` that failed, since the cache was created. */
  snapshotErrors: number
}
