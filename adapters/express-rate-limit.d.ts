// The types of the store of express-rate-limit and hono-rate-limiter. They satisfy those of both and import neither.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * What a `MemoryCache` holds for a client. A `SharedMemoryCache` holds a number.
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
 * What a {@link RateLimitStore} is made with.
 *
 * @example
 * ```ts
 * const options: RateLimitStoreOptions = { cache: { name: 'limits', maxBytes: 64 << 20, maxSize: 0 } }
 * ```
 */
export type RateLimitStoreOptions = {
  /**
   * Where clients are counted: a ready cache of either kind, or the options of one. A client whose entry is
   * evicted starts over, so let `maxSize` exceed the clients of a window, or be `0`; the default is `100`. Its
   * `ttl` does not matter. Required. Example: `{ cache: { maxSize: 0 } }`.
   */
  cache: CacheSource<RateLimitWindow, number>
  /**
   * Comes before each client in its key. Limiters that have a cache in common need one each.
   * Default: `'rl:'`. Example: `{ prefix: 'login:' }`.
   */
  prefix?: string
}

/**
 * A store of express-rate-limit and hono-rate-limiter in a `MemoryCache` or, for all threads of a process, in a
 * `SharedMemoryCache`, where a limit holds exactly for all together. Each limiter needs a store of its own.
 *
 * @example
 * ```ts
 * const store = new RateLimitStore({ cache: { name: 'limits', maxSize: 0 } })
 * app.use(rateLimit({ windowMs: 60_000, limit: 100, store }))
 * ```
 */
export declare class RateLimitStore {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor the options of one, or the prefix is no
   *   string. What the constructor of the cache throws is passed on.
   * @example
   * ```ts
   * const store = new RateLimitStore({ cache: new SharedMemoryCache<number>({ name: 'limits', maxSize: 0 }) })
   * ```
   */
  constructor(options: RateLimitStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.size()`. */
  readonly cache: MemoryCache<RateLimitWindow> | SharedMemoryCache<number>

  /** What comes before clients in keys. Example: `store.cache.has(store.prefix + address)`. */
  readonly prefix: string

  /** Whether no other store can count in the cache: it was made here, and for one thread. */
  readonly localKeys: boolean

  /**
   * Is called by the limiter. Example: `store.init({ windowMs: 60_000 })`.
   *
   * @throws {CacheConfigError} If `windowMs` is not a finite number above 0.
   */
  init(options: { windowMs: number }): void

  /**
   * Counts a request of a client, in one atomic step. The first one starts a window, further ones do not prolong it.
   * Example: `store.increment(address).totalHits`.
   *
   * @throws {Error} If `init` was not called.
   */
  increment(key: string): { totalHits: number; resetTime: Date }

  /** Takes one request back, if the window lasts; never below 0. Example: `store.decrement(address)`. */
  decrement(key: string): void

  /** What is counted of a client in a window that lasts. Example: `store.get(address)?.totalHits`. */
  get(key: string): { totalHits: number; resetTime: Date } | undefined

  /** Lets a client start over. Example: `store.resetKey(address)`. */
  resetKey(key: string): void

  /** Lets all clients start over that have this prefix. Example: `store.resetAll()`. */
  resetAll(): void

  /** Closes the cache if it was made here, of options. Example: `store.shutdown()`. */
  shutdown(): void
}

export default RateLimitStore
