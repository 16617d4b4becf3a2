// The types of the store of express-rate-limit and hono-rate-limiter. They satisfy those of both and import neither.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * The value for a client in a `MemoryCache`. In a `SharedMemoryCache` it is a number.
 *
 * @example
 * ```ts
 * const cache = new MemoryCache<RateLimitWindow>({ maxSize: 0 })
 * ```
 */
export type RateLimitWindow = {
  /** Requests of the client in this window. */
  totalHits: number
  /** When the window ends, in milliseconds since the epoch. */
  resetTime: number
}

/**
 * Options of a {@link RateLimitStore}.
 *
 * @example
 * ```ts
 * const options: RateLimitStoreOptions = { cache: { name: 'limits', maxBytes: 64 << 20, maxSize: 0 } }
 * ```
 */
export type RateLimitStoreOptions = {
  /**
   * Where clients are counted: a cache of either kind, or options for one. A client whose entry is evicted starts
   * again at zero, so make `maxSize` larger than the number of clients in a window, or `0`; the default is `100`. The
   * `ttl` is not used. Required. Example: `{ cache: { maxSize: 0 } }`.
   */
  cache: CacheSource<RateLimitWindow, number>
  /**
   * Comes before the client in each key. Limiters that share a cache each need one. Default: `'rl:'`. Example:
   * `{ prefix: 'login:' }`.
   */
  prefix?: string
}

/**
 * A store of express-rate-limit and hono-rate-limiter in a `MemoryCache` or, for all threads of a process, in a
 * `SharedMemoryCache`, where a limit is exact across all threads. Each limiter needs its own store.
 *
 * @example
 * ```ts
 * const store = new RateLimitStore({ cache: { name: 'limits', maxSize: 0 } })
 * app.use(rateLimit({ windowMs: 60_000, limit: 100, store }))
 * ```
 */
export declare class RateLimitStore {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or the prefix is not a
   *   string. Errors of the constructor of the cache are passed on.
   * @example
   * ```ts
   * const store = new RateLimitStore({ cache: new SharedMemoryCache<number>({ name: 'limits', maxSize: 0 }) })
   * ```
   */
  constructor(options: RateLimitStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.size()`. */
  readonly cache: MemoryCache<RateLimitWindow> | SharedMemoryCache<number>

  /** The prefix of clients in keys. Example: `store.cache.has(store.prefix + address)`. */
  readonly prefix: string

  /** Whether no other store can count in the cache: true if it was created here, for one thread. */
  readonly localKeys: boolean

  /**
   * Called by the limiter. Example: `store.init({ windowMs: 60_000 })`.
   *
   * @throws {CacheConfigError} If `windowMs` is not a finite number above 0.
   */
  init(options: { windowMs: number }): void

  /**
   * Counts a request of a client, in one atomic step. The first request starts a window, further ones do not extend
   * it. Example: `store.increment(address).totalHits`.
   *
   * @throws {Error} If `init` was not called.
   */
  increment(key: string): { totalHits: number; resetTime: Date }

  /** Subtracts one request if the window has not ended; never below 0. Example: `store.decrement(address)`. */
  decrement(key: string): void

  /** The count of a client in its current window. Example: `store.get(address)?.totalHits`. */
  get(key: string): { totalHits: number; resetTime: Date } | undefined

  /** Resets a client. Example: `store.resetKey(address)`. */
  resetKey(key: string): void

  /** Resets all clients with this prefix. Example: `store.resetAll()`. */
  resetAll(): void

  /** Closes the cache if it was created from options. Example: `store.shutdown()`. */
  shutdown(): void
}

export default RateLimitStore
