// The types of the limiter of rate-limiter-flexible. What must not live here: what other adapters need as well.

import { RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import type { RateLimiterLike } from 'rate-limiter-flexible'
import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'
import type { RateLimitWindow } from './express-rate-limit.js'

/**
 * Options of a {@link RateLimiterCache}: a cache, and the options of the library's limiters.
 *
 * @example
 * ```ts
 * const options: RateLimiterCacheOptions = { cache: { name: 'limits', maxSize: 0 }, points: 6, duration: 1 }
 * ```
 */
export type RateLimiterCacheOptions = {
  /**
   * Where points are counted: a cache of either kind, or options for one. A key whose entry is evicted starts again
   * at zero, so make `maxSize` larger than the number of keys in a window, or `0`; the default is `100`. The `ttl` is
   * not used. Required. Example: `{ cache: { maxSize: 0 } }`.
   */
  cache: CacheSource<RateLimitWindow, number>
  /** Points that a key may consume in a window. Required. Example: `{ points: 6 }`. */
  points: number
  /** How long a window lasts, in seconds; `0`: it never ends. Required. Example: `{ duration: 60 }`. */
  duration: number
  /**
   * Comes before each key; limiters that share a cache each need one. Default: `'rlflx'`. Example:
   * `{ keyPrefix: 'login' }`.
   */
  keyPrefix?: string
  /**
   * How long a key that exceeds its points is blocked, in seconds. Default: `0`. Example: `{ blockDuration: 600 }`.
   */
  blockDuration?: number
  /**
   * The number of points at which a key is blocked. Default: as soon as it exceeds them. Example:
   * `{ blockOnConsumed: 20 }`.
   */
  blockOnConsumed?: number
  /** Whether actions are delayed so that they spread over the window. Default: `false`. Example: `{ execEvenly: true }`. */
  execEvenly?: boolean
  /** The shortest such delay, in ms. Default: `duration * 1000 / points`. Example: `{ execEvenlyMinDelayMs: 20 }`. */
  execEvenlyMinDelayMs?: number
  /**
   * The number of points at which a thread rejects a key without asking the cache. Default: never. Example:
   * `{ inMemoryBlockOnConsumed: 100 }`.
   */
  inMemoryBlockOnConsumed?: number
  /** For how many seconds it does so. Default: until the window ends. Example: `{ inMemoryBlockDuration: 10 }`. */
  inMemoryBlockDuration?: number
  /**
   * The limiter that is used if the cache fails because it was closed or destroyed. Default: none. Example:
   * `{ insuranceLimiter }`.
   */
  insuranceLimiter?: RateLimiterLike
}

/**
 * A limiter of rate-limiter-flexible in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`,
 * where a limit is exact across all threads. Its methods are those of every limiter of the library.
 *
 * @example
 * ```ts
 * const limiter = new RateLimiterCache({ cache: { name: 'limits', maxSize: 0 }, points: 6, duration: 1 })
 * await limiter.consume(address, 2)
 * ```
 */
export declare class RateLimiterCache extends RateLimiterStoreAbstract {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one. Errors of the
   *   constructors of the library and of the cache are passed on.
   * @example
   * ```ts
   * const cache = new SharedMemoryCache<number>({ name: 'limits', maxSize: 0 })
   * const logins = new RateLimiterCache({ cache, keyPrefix: 'login', points: 5, duration: 60, blockDuration: 600 })
   * ```
   */
  constructor(options: RateLimiterCacheOptions)

  /** The cache, for its statistics. Example: `limiter.cache.size()`. */
  readonly cache: MemoryCache<RateLimitWindow> | SharedMemoryCache<number>

  /** Closes the cache if it was created from options. Example: `limiter.close()`. */
  close(): void
}

export default RateLimiterCache
