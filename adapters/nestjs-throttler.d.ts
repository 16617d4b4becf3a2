// The types of the storage of @nestjs/throttler. They satisfy those of the library and import none.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'
import type { RateLimitWindow } from './express-rate-limit.js'

/**
 * What a {@link NestThrottlerStorage} is made with.
 *
 * @example
 * ```ts
 * const options: NestThrottlerStorageOptions = { cache: { name: 'limits', maxBytes: 64 << 20, maxSize: 0 } }
 * ```
 */
export type NestThrottlerStorageOptions = {
  /**
   * Where clients are counted: a ready cache of either kind, or the options of one. A client whose entry is
   * evicted starts over, so let `maxSize` exceed the clients of a window, or be `0`; the default is `100`. Its
   * `ttl` does not matter. Required. Example: `{ cache: { maxSize: 0 } }`.
   */
  cache: CacheSource<RateLimitWindow, number>
  /**
   * Comes before the throttler's name and the client in each key. Apps that have a cache in common need one each.
   * Default: `'throttler:'`. Example: `{ prefix: 'shop:' }`.
   */
  prefix?: string
}

/** What the guard is told of a request. Example: `const { isBlocked }: ThrottlerRecord = await counted`. */
export type ThrottlerRecord = {
  /** Requests of the client in this window, those that were refused included. */
  totalHits: number
  /** Seconds until the window ends, rounded up. */
  timeToExpire: number
  /** Whether the request is refused. */
  isBlocked: boolean
  /** Seconds until the client is let through again, rounded up; `0` if it is not blocked. */
  timeToBlockExpire: number
}

/**
 * A storage of @nestjs/throttler in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`, where
 * a limit holds exactly for all together.
 *
 * @example
 * ```ts
 * const storage = new NestThrottlerStorage({ cache: { name: 'limits', maxSize: 0 } })
 * ThrottlerModule.forRoot({ throttlers: [{ ttl: seconds(60), limit: 100 }], storage })
 * ```
 */
export declare class NestThrottlerStorage {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor the options of one, or the prefix is no
   *   string. What the constructor of the cache throws is passed on.
   * @example
   * ```ts
   * const storage = new NestThrottlerStorage({ cache: new SharedMemoryCache<number>({ name: 'limits' }) })
   * ```
   */
  constructor(options: NestThrottlerStorageOptions)

  /** The cache, for its statistics. Example: `storage.cache.size()`. */
  readonly cache: MemoryCache<RateLimitWindow> | SharedMemoryCache<number>

  /** What comes before names and clients in keys. Example: `storage.cache.deleteByPrefix(storage.prefix)`. */
  readonly prefix: string

  /**
   * Counts a request, in one atomic step. The first one starts a window, further ones do not prolong it; the one
   * that exceeds the limit makes it last for the block. Example: `await storage.increment(key, 60_000, 100, 0, 'default')`.
   *
   * @param key The client, as `generateKey` of the guard names it.
   * @param ttl How long a window lasts, in milliseconds.
   * @param limit Requests that are let through in a window.
   * @param blockDuration How long a client is kept out that exceeds the limit, in milliseconds; `0`: until its
   *   window ends.
   * @param throttlerName Throttlers count by themselves.
   * @returns A promise that rejects with what the cache throws.
   */
  increment(
    key: string,
    ttl: number,
    limit: number,
    blockDuration: number,
    throttlerName: string,
  ): Promise<ThrottlerRecord>

  /** Closes the cache if it was made here, of options. Is called by Nest. Example: `storage.onApplicationShutdown()`. */
  onApplicationShutdown(): void
}

export default NestThrottlerStorage
