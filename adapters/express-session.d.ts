// The types of the store of express-session. What must not live here: what other adapters need as well.

import { Store } from 'express-session'
import type { SessionData } from 'express-session'
import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * Options of an {@link ExpressSessionStore}.
 *
 * @example
 * ```ts
 * const options: ExpressSessionStoreOptions = {
 *   cache: { name: 'sessions', maxSize: 100_000, ttl: 24 * 60 * 60 * 1000 },
 *   prefix: 'shop:',
 * }
 * ```
 */
export type ExpressSessionStoreOptions = {
  /**
   * Where sessions are kept, as JSON: a cache of either kind, or options for one. Its `maxSize` should be larger than
   * the number of users signed in at the same time; the default is `100`. Required. Example:
   * `{ cache: { maxSize: 100_000 } }`.
   */
  cache: CacheSource<string>
  /** Comes before the session id in each key. Default: `'sess:'`. Example: `{ prefix: 'shop:' }`. */
  prefix?: string
  /**
   * How long a session lives after its last request if its cookie has no expiry, in milliseconds; `0` and `Infinity`:
   * it never expires. Default: the `ttl` of the cache, which is five minutes by default. Example:
   * `{ ttl: 24 * 60 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * With `true`, `touch` does nothing: only changes of a session renew it. Default: `false`. Example:
   * `{ disableTouch: true }`.
   */
  disableTouch?: boolean
}

/**
 * A store of express-session in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. A session
 * lives as long as its cookie. Each request gets its own copy. Callbacks are never called synchronously; errors are
 * passed to them or, if there is none, thrown to the caller.
 *
 * @example
 * ```ts
 * const store = new ExpressSessionStore({ cache: { maxSize: 100_000, ttl: 24 * 60 * 60 * 1000 } })
 * app.use(session({ store, secret, resave: false, saveUninitialized: false }))
 * ```
 */
export declare class ExpressSessionStore extends Store {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or another option of the
   *   wrong type. Errors of the constructor of the cache are passed on.
   * @example
   * ```ts
   * const store = new ExpressSessionStore({ cache: new SharedMemoryCache<string>({ name: 'sessions' }) })
   * ```
   */
  constructor(options: ExpressSessionStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<string> | SharedMemoryCache<string>

  /** The prefix of ids in keys. Example: `store.cache.has(store.prefix + req.sessionID)`. */
  readonly prefix: string

  /**
   * Reads a copy of a session; the expiry of its cookie is the one last set by `touch`, as an ISO string. Example:
   * `store.get(sid, (error, session) => ...)`.
   */
  get(sid: string, callback: (error: any, session?: SessionData | null) => void): void

  /**
   * Stores a session, replacing an old one. A session whose cookie has expired is removed. Example:
   * `store.set(sid, session, (error) => ...)`.
   */
  set(sid: string, session: SessionData, callback?: (error?: any) => void): void

  /**
   * Renews a session for the lifetime of its cookie. A session that any thread has removed in the meantime is not
   * brought back, and changes in the meantime are kept. Example: `store.touch(sid, session)`.
   */
  touch(sid: string, session: SessionData, callback?: (error?: any) => void): void

  /** Removes a session, for all threads. Example: `store.destroy(sid, (error) => ...)`. */
  destroy(sid: string, callback?: (error?: any) => void): void

  /** Returns copies of all sessions, by id. Example: `store.all((error, sessions) => ...)`. */
  all(callback: (error: any, sessions?: { [sid: string]: SessionData } | null) => void): void

  /** Counts the sessions. Example: `store.length((error, count) => ...)`. */
  length(callback: (error: any, count?: number) => void): void

  /** Removes all sessions with this prefix. Example: `store.clear()`. */
  clear(callback?: (error?: any) => void): void
}

export default ExpressSessionStore
