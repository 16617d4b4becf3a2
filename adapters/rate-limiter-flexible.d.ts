// The types of the limiter of rate-limiter-flexible. What must not live here: what other adapters need as well.

import { RateLimiterStoreAbstract } from 'rate-limiter-flexible'
import type { RateLimiterLike } from 'rate-limiter-flexible'
import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'
import type { RateLimitWindow } from './express-rate-limit.js'

/**
 * What a {@link RateLimiterCache} is made with: a cache, and the options of the library's limiters.
 *
 * @example
 * ```ts
 * const options: RateLimiterCacheOptions = { cache: { name: 'limits', maxSize: 0 }, points: 6, duration: 1 }
 * ```
 */
export type RateLimiterCacheOptions = {
  /**
   * Where points are counted: a ready cache of either kind, or the options of one. A key whose entry is
   * evicted starts over, so let `maxSize` exceed the keys of a window, or be `0`; the default is `100`. Its
   * `ttl` does not matter. Required. Example: `{ cache: { maxSize: 0 } }`.
   */
  cache: CacheSource<RateLimitWindow, number>
  /** Points that a key may consume in a window. Required. Example: `{ points: 6 }`. */
  points: number
  /** How long a window lasts, in seconds; `0`: it never ends. Required. Example: `{ duration: 60 }`. */
  duration: number
  /** Comes before each key; limiters in one cache need one each. Default: `'rlflx'`. Example: `{ keyPrefix: 'login' }`. */
  keyPrefix?: string
  /** How long a key is blocked that exceeds its points, in seconds. Default: `0`. Example: `{ blockDuration: 600 }`. */
  blockDuration?: number
  /** With how many points a key is blocked. Default: as soon as it exceeds them. Example: `{ blockOnConsumed: 20 }`. */
  blockOnConsumed?: number
  /** Whether actions are delayed so that they spread over the window. Default: `false`. Example: `{ execEvenly: true }`. */
  execEvenly?: boolean
  /** The shortest such delay, in ms. Default: `duration * 1000 / points`. Example: `{ execEvenlyMinDelayMs: 20 }`. */
  execEvenlyMinDelayMs?: number
  /** With how many points a thread refuses a key without asking the cache. Default: never. Example: `{ inMemoryBlockOnConsumed: 100 }`. */
  inMemoryBlockOnConsumed?: number
  /** For how many seconds it does. Default: until the window ends. Example: `{ inMemoryBlockDuration: 10 }`. */
  inMemoryBlockDuration?: number
  /** The limiter that is asked if the cache fails: it was closed or destroyed. Default: none. Example: `{ insuranceLimiter }`. */
  insuranceLimiter?: RateLimiterLike
}

/**
 * A limiter of rate-limiter-flexible in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`,
 * where a limit holds exactly for all together. Its methods are those of every limiter of the library.
 *
 * @example
 * ```ts
 * const limiter = new RateLimiterCache({ cache: { name: 'limits', maxSize: 0 }, points: 6, duration: 1 })
 * await limiter.consume(address, 2)
 * ```
 */
export declare class RateLimiterCache extends RateLimiterStoreAbstract {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor the options of one. What the constructors of
   *   the library and of the cache throw is passed on.
   * @example
   * ```ts
   * const cache = new SharedMemoryCache<number>({ name: 'limits', maxSize: 0 })
   * const logins = new RateLimiterCache({ cache, keyPrefix: 'login', points: 5, duration: 60, blockDuration: 600 })
   * ```
   */
  constructor(options: RateLimiterCacheOptions)

  /** The cache, for its statistics. Example: `limiter.cache.size()`. */
  readonly cache: MemoryCache<RateLimitWindow> | SharedMemoryCache<number>

  /** Closes the cache if it was made here, of options. Example: `limiter.close()`. */
  close(): void
}

export default RateLimiterCache
