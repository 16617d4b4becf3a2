// What the cache of one thread is set up with and what it tells of itself; the statistics are those of
// shared caches, too. What must not live here: methods. The data shapes are type aliases, as in
// hooks.d.ts and for its reason.

import type { GetOrSetOptions } from './fetches.js'
import type { CacheHooks } from './hooks.js'
import type { MemoryCache } from './memory-cache.js'
import type { SnapshotOptions } from './snapshots.js'

/**
 * By what rule a cache chooses the entries that make room: see {@link CacheOptions.eviction}.
 *
 * @example
 * ```ts
 * const eviction: EvictionPolicy = scanned ? 's3-fifo' : 'lru'
 * ```
 */
export type EvictionPolicy = 'lru' | 's3-fifo'

/**
 * How a {@link MemoryCache} is set up. An option left out, `undefined` or `null` takes its default.
 *
 * @example
 * ```ts
 * const options: CacheOptions<Session> = { maxSize: 10_000, ttl: 30 * 60 * 1000 }
 * ```
 */
export type CacheOptions<T = unknown> = {
  /**
   * The most entries held at a time; the least recently used make room for new ones, or those that
   * {@link CacheOptions.eviction} says. `0` and `Infinity` mean no limit. Default: `100`. Example: `{ maxSize: 10_000 }`.
   */
  maxSize?: number
  /**
   * The most weight held at a time, in the unit of `sizeCalculation`, which a limit above 0
   * requires. `0` means that nothing is weighed. Default: `0`. `maxSize` still applies beside it.
   *
   * @example
   * ```ts
   * // At most 8 MiB of text, however many pages that is.
   * new MemoryCache<Buffer>({ maxSize: 0, maxWeight: 8 << 20, sizeCalculation: (page) => page.length })
   * ```
   */
  maxWeight?: number
  /**
   * The weight of an entry: finite and not negative, else `set` throws a `RangeError` and changes
   * nothing. Called once per `set`, and only while `maxWeight` is above 0. Default: none.
   * Example: `{ maxWeight: 1e6, sizeCalculation: (text, key) => text.length + key.length }`.
   */
  sizeCalculation?: (value: T, key: string) => number
  /**
   * How long an entry lives after it was last written, in milliseconds, unless it has a lifetime of its
   * own; reads do not extend it without `updateAgeOnGet`. An entry whose age exceeds the `ttl` is expired. `0` and `Infinity` mean that entries live until
   * they are removed; with `0` no clock is read until some entry has a lifetime of its own. Default: `300_000` (five minutes).
   * Example: `{ ttl: 30 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * Whether a hit of `get`, `getOrSet` or a decorated method renews the lifetime of its entry, whether that is the
   * entry's own or that of the cache: what is used lives on. `has`, `peek` and `info` renew nothing.
   * Default: `false`. Example: `{ ttl: 30 * 60 * 1000, updateAgeOnGet: true }`, a sliding session.
   */
  updateAgeOnGet?: boolean
  /**
   * By which part lifetimes are shortened at random, from 0 to 1, so that what was written together does
   * not expire together: with `0.1` an entry lives 90 to 100 % of its time, rounded up to whole
   * milliseconds, also one with an `expiresAt`. `Infinity` stays. Default: `0`. Example: `{ ttl: 60_000, ttlJitter: 0.1 }`.
   */
  ttlJitter?: number
  /**
   * A finite number from which the random parts of `ttlJitter` follow, for tests that must repeat.
   * Default: random. Example: `{ ttlJitter: 0.1, ttlJitterSeed: 1 }`.
   */
  ttlJitterSeed?: number
  /**
   * For how long after its expiry `getOrSet` may return an entry at once, in milliseconds, while it is
   * fetched again in the background. Entries are kept for the larger of this and `staleIfError`, for
   * `getOrSet` alone: to all else they are gone, with the reason `'expired'`, but `info` shows them as stale,
   * and `size` and `getStats` count them, since they take room. `onExpire` is called when they go, which they do
   * before anything valid where room is needed. `Infinity`: as long as there is room. Default: `0`.
   * Example: `{ ttl: 60_000, staleWhileRevalidate: 30_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * For how long after its expiry `getOrSet` may return an entry because a fetch has failed or taken too
   * long, in milliseconds; see {@link GetOrSetOptions} and `staleWhileRevalidate`. Default: `0`.
   * Example: `{ ttl: 60_000, staleIfError: 24 * 60 * 60 * 1000 }`.
   */
  staleIfError?: number
  /**
   * Which entries make room where `maxSize` or `maxWeight` is reached; what has expired always goes first. `'lru'`: the one
   * used longest ago. `'s3-fifo'`: what came and was not used again within an eighth of the cache, so that many keys that come once, as those of a crawler,
   * push out nothing that is used; on most workloads it hits more often, and it takes less memory. The order is not that of use
   * then, and `keys` and the like are in another, see {@link MemoryCache.keys}. Default: `'lru'`.
   * Example: `{ maxSize: 10_000, eviction: 's3-fifo' }`.
   */
  eviction?: EvictionPolicy
  /**
   * Functions told of hits, misses, writes and removals. Default: none.
   * Example: `{ hooks: { onEvict: ({ key }) => console.warn('evicted', key) } }`.
   */
  hooks?: CacheHooks<T>
  /**
   * When hooks are called. `'sync'`: on the caller's stack. `'deferred'`: in the same order, in
   * batches, after the caller's turn of the event loop, so that a slow hook does not slow the caller.
   * None is lost unless the process or the thread is ended by force; waiting ones keep it alive.
   * Default: `'sync'`. Example: `{ hookDelivery: 'deferred', hooks: { onDelete: writeToAuditLog } }`.
   */
  hookDelivery?: 'sync' | 'deferred'
  /**
   * How often to remove expired entries in the background, in milliseconds of real time. A native
   * thread wakes the owner, which removes at most 1,000 per turn of its event loop and reports each to
   * `onExpire` with the source `'prune'`. It keeps no process and no cache alive. `0` and `Infinity`:
   * never. Default: `0`. Example: `{ ttl: 60_000, checkInterval: 10_000 }`.
   */
  checkInterval?: number
  /**
   * What becomes of a value that `getOrSet` has fetched for a key that was written or removed meanwhile.
   * `'store'`: it is stored, over what is newer and in place of what was deleted, as in the published
   * package. `'discard'`: it is returned to those who wait and not stored, and who asks after the change
   * does not wait for it. Default: `'store'`. Example: `{ lateFetch: 'discard' }`.
   */
  lateFetch?: 'store' | 'discard'
  /**
   * A file from which the cache is restored when it is made, and to which it is saved when it is closed or the process ends.
   * Default: none. Example: `{ snapshot: { path: 'pages.snapshot', interval: 60_000 } }`.
   */
  snapshot?: SnapshotOptions<T>
}

/**
 * What {@link MemoryCache.resize} can change, each as the option of that name.
 *
 * @example
 * ```ts
 * const limits: CacheLimits = { maxSize: 50_000, ttl: 60 * 60 * 1000 }
 * ```
 */
export type CacheLimits = Pick<CacheOptions, 'maxSize' | 'maxWeight' | 'ttl'>

/**
 * Counters of one cache since it was made or since {@link MemoryCache.resetStats}.
 *
 * @example
 * ```ts
 * const { hits, misses }: CacheStats = cache.getStats()
 * const hitRatio = hits / (hits + misses)
 * ```
 */
export type CacheStats = {
  /** Reads by `get`, `getOrSet`, `take` and decorated methods that found a live entry. */
  hits: number
  /** Reads by the same that found none, or an expired one. */
  misses: number
  /** Live entries removed because of `maxSize` or `maxWeight`. */
  evictions: number
  /** Entries removed because they outlived the `ttl`. */
  expirations: number
  /** Live entries now. `resetStats` leaves it alone. */
  size: number
  /** Weight of the live entries now, in the unit of `sizeCalculation`. `resetStats` leaves it alone. */
  weight: number
}

/**
 * What one cache tells of itself, for a monitor. Unlike {@link CacheStats} it prunes nothing.
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
  /** Places for entries there are: as many as were ever held at once since the last `clear`. */
  slots: number
  /**
   * The part of the reads that found a live entry, from 0 to 1, since the cache was made or since
   * {@link MemoryCache.resetStats}; `undefined` if nothing was read.
   */
  hitRatio: number | undefined
  /** Fetches in the background that have failed or were given up, since the cache was made. */
  refreshErrors: number
  /** Calls of `getOrSet` that were given a value that had expired, since the cache was made. */
  staleServed: number
  /** Saves of the option `snapshot` that have failed, since the cache was made. */
  snapshotErrors: number
}
