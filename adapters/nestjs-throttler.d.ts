// The types of the storage of @nestjs/throttler. They satisfy those of the library and import none.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'
import type { RateLimitWindow } from './express-rate-limit.js'

/**
 * Options of a {@link NestThrottlerStorage}.
 *
 * @example
 * ```ts
 * const options: NestThrottlerStorageOptions = { cache: { name: 'limits', maxBytes: 64 << 20, maxSize: 0 } }
 * ```
 */
export type NestThrottlerStorageOptions = {
  /**
   * Where clients are counted: a cache of either kind, or options for one. A client whose entry is evicted starts
   * again at zero, so make `maxSize` larger than the number of clients in a window, or `0`; the default is `100`. The
   * `ttl` is not used. Required. Example: `{ cache: { maxSize: 0 } }`.
   */
  cache: CacheSource<RateLimitWindow, number>
  /**
   * Comes before the name of the throttler and the client in each key. Apps that share a cache each need one.
   * Default: `'throttler:'`. Example: `{ prefix: 'shop:' }`.
   */
  prefix?: string
}

/** The result for a request, for the guard. Example: `const { isBlocked }: ThrottlerRecord = await counted`. */
export type ThrottlerRecord = {
  /** Requests of the client in this window, including rejected ones. */
  totalHits: number
  /** Seconds until the window ends, rounded up. */
  timeToExpire: number
  /** Whether the request is rejected. */
  isBlocked: boolean
  /** Seconds until the client is admitted again, rounded up; `0` if it is not blocked. */
  timeToBlockExpire: number
}

/**
 * A storage of @nestjs/throttler in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`, where
 * a limit is exact across all threads.
 *
 * @example
 * ```ts
 * const storage = new NestThrottlerStorage({ cache: { name: 'limits', maxSize: 0 } })
 * ThrottlerModule.forRoot({ throttlers: [{ ttl: seconds(60), limit: 100 }], storage })
 * ```
 */
export declare class NestThrottlerStorage {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or the prefix is not a
   *   string. Errors of the constructor of the cache are passed on.
   * @example
   * ```ts
   * const storage = new NestThrottlerStorage({ cache: new SharedMemoryCache<number>({ name: 'limits' }) })
   * ```
   */
  constructor(options: NestThrottlerStorageOptions)

  /** The cache, for its statistics. Example: `storage.cache.size()`. */
  readonly cache: MemoryCache<RateLimitWindow> | SharedMemoryCache<number>

  /** The prefix of names and clients in keys. Example: `storage.cache.deleteByPrefix(storage.prefix)`. */
  readonly prefix: string

  /**
   * Counts a request, in one atomic step. The first request starts a window, further ones do not extend it; the
   * request that exceeds the limit extends it to the end of the block. Example:
   * `await storage.increment(key, 60_000, 100, 0, 'default')`.
   *
   * @param key The client, as named by `generateKey` of the guard.
   * @param ttl How long a window lasts, in milliseconds.
   * @param limit The number of requests admitted in a window.
   * @param blockDuration How long a client that exceeds the limit is blocked, in milliseconds; `0`: until its window
   *   ends.
   * @param throttlerName The name of the throttler; each is counted separately.
   * @returns A promise, which rejects with the errors of the cache.
   */
  increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<ThrottlerRecord>

  /**
   * Closes the cache if it was created from options. Called by Nest. Example: `storage.onApplicationShutdown()`.
   */
  onApplicationShutdown(): void
}

export default NestThrottlerStorage
