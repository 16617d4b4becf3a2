// The types of the stores of @fastify/session and @fastify/rate-limit. They satisfy those of the plugins and import
// none. What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'
import type { RateLimitStoreOptions } from './express-rate-limit.js'

/**
 * Options of a {@link FastifySessionStore}.
 *
 * @example
 * ```ts
 * const options: FastifySessionStoreOptions = { cache: { name: 'sessions', maxSize: 100_000 } }
 * ```
 */
export type FastifySessionStoreOptions = {
  /**
   * Where sessions are kept, as JSON: a cache of either kind, or options for one. Its `maxSize` should be larger than
   * the number of users signed in at the same time; the default is `100`. Required. Example:
   * `{ cache: { maxSize: 100_000 } }`.
   */
  cache: CacheSource<string>
  /** Comes before the session id in each key. Default: `'sess:'`. Example: `{ prefix: 'shop:' }`. */
  prefix?: string
  /**
   * How long a session lives after it was last stored if its cookie has no expiry, in milliseconds; `0` and
   * `Infinity`: it never expires. Default: the `ttl` of the cache, which is five minutes by default. Example:
   * `{ ttl: 24 * 60 * 60 * 1000 }`.
   */
  ttl?: number
}

/**
 * A store of @fastify/session in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. A
 * session lives as long as its cookie. Each request gets its own copy. Callbacks are never called synchronously.
 *
 * @example
 * ```ts
 * const store = new FastifySessionStore({ cache: { maxSize: 100_000, ttl: 24 * 60 * 60 * 1000 } })
 * app.register(fastifySession, { store, secret, cookie: { maxAge: 60 * 60 * 1000 } })
 * ```
 */
export declare class FastifySessionStore {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or another option of the
   *   wrong type. Errors of the constructor of the cache are passed on.
   * @example
   * ```ts
   * const store = new FastifySessionStore({ cache: new SharedMemoryCache<string>({ name: 'sessions' }) })
   * ```
   */
  constructor(options: FastifySessionStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<string> | SharedMemoryCache<string>

  /** The prefix of ids in keys. Example: `store.cache.has(store.prefix + session.sessionId)`. */
  readonly prefix: string

  /** Reads a copy of a session. Example: `store.get(id, (error, session) => ...)`. */
  get(sessionId: string, callback: (error: any, session?: any) => void): void

  /** Stores a session, replacing an old one. Example: `store.set(id, session, (error) => ...)`. */
  set(sessionId: string, session: object, callback?: (error?: any) => void): void

  /** Removes a session, for all threads. Example: `store.destroy(id, (error) => ...)`. */
  destroy(sessionId: string, callback?: (error?: any) => void): void
}

/**
 * Options of {@link fastifyRateLimitStore}, the same as for the store of express-rate-limit. Example:
 * `{ cache: { maxSize: 0 } }`.
 */
export type FastifyRateLimitStoreOptions = RateLimitStoreOptions

/** Counts requests for @fastify/rate-limit, which calls the methods. Example: see {@link fastifyRateLimitStore}. */
export interface FastifyRateLimitStore {
  /** Counts a request of a client. Example: `store.incr('ada', (error, counted) => ..., 60_000, 100)`. */
  incr(
    key: string,
    callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
    timeWindow: number,
    max: number,
  ): void
  /** Reads the count of a client without incrementing it. Example: `store.read('ada', (error, counted) => ...)`. */
  read(
    key: string,
    callback: (error: Error | null, result?: { current: number; ttl: number }) => void,
  ): void
  /** The store of a route with its own limit. Example: `store.child({ routeInfo })`. */
  child(routeOptions: object): FastifyRateLimitStore
}

/**
 * Creates a class for the option `store` of @fastify/rate-limit, which counts in a `MemoryCache` or, across all
 * threads of a process, in a `SharedMemoryCache`.
 *
 * @throws {CacheConfigError} As the constructor of {@link FastifySessionStore}.
 * @example
 * ```ts
 * const store = fastifyRateLimitStore({ cache: { name: 'limits', maxSize: 0 } })
 * app.register(rateLimit, { max: 100, timeWindow: 60_000, store })
 * ```
 */
export declare function fastifyRateLimitStore(
  options: FastifyRateLimitStoreOptions,
): new (options: {
  continueExceeding?: boolean
  exponentialBackoff?: boolean
}) => FastifyRateLimitStore
