// The types of the store of express-session. What must not live here: what other adapters need as well.

import { Store } from 'express-session'
import type { SessionData } from 'express-session'
import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * What an {@link ExpressSessionStore} is made with.
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
   * Where sessions are kept, as JSON: a ready cache of either kind, or the options of one. Its `maxSize` should
   * exceed the number of people signed in at a time; the default is `100`. Required.
   * Example: `{ cache: { maxSize: 100_000 } }`.
   */
  cache: CacheSource<string>
  /** Comes before each session's id in its key. Default: `'sess:'`. Example: `{ prefix: 'shop:' }`. */
  prefix?: string
  /**
   * How long a session lives after its last request if its cookie has no end, in milliseconds; `0` and
   * `Infinity`: until it is removed. Default: the `ttl` of the cache, which is five minutes unless you say
   * otherwise. Example: `{ ttl: 24 * 60 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * `true` lets `touch` do nothing: a session then ends when it was last changed long enough ago.
   * Default: `false`. Example: `{ disableTouch: true }`.
   */
  disableTouch?: boolean
}

/**
 * A store of express-session in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`.
 * A session lives as long as its cookie. Each request gets a copy of its own. Callbacks are called later, never within
 * the call; errors go to them or, where there is none, to the caller.
 *
 * @example
 * ```ts
 * const store = new ExpressSessionStore({ cache: { maxSize: 100_000, ttl: 24 * 60 * 60 * 1000 } })
 * app.use(session({ store, secret, resave: false, saveUninitialized: false }))
 * ```
 */
export declare class ExpressSessionStore extends Store {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor the options of one, or another option
   *   of the wrong type. What the constructor of the cache throws is passed on.
   * @example
   * ```ts
   * const store = new ExpressSessionStore({ cache: new SharedMemoryCache<string>({ name: 'sessions' }) })
   * ```
   */
  constructor(options: ExpressSessionStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<string> | SharedMemoryCache<string>

  /** What comes before ids in keys. Example: `store.cache.has(store.prefix + req.sessionID)`. */
  readonly prefix: string

  /**
   * Reads a copy of a session; the end of its cookie is that which `touch` last gave it, as ISO text.
   * Example: `store.get(sid, (error, session) => ...)`.
   */
  get(sid: string, callback: (error: any, session?: SessionData | null) => void): void

  /**
   * Stores a session, new or in place of the old. One whose cookie has ended is removed.
   * Example: `store.set(sid, session, (error) => ...)`.
   */
  set(sid: string, session: SessionData, callback?: (error?: any) => void): void

  /**
   * Lets a session live as long again as its cookie says. What was removed meanwhile, on whichever thread, is not
   * brought back, and what was stored meanwhile is kept. Example: `store.touch(sid, session)`.
   */
  touch(sid: string, session: SessionData, callback?: (error?: any) => void): void

  /** Removes a session, for all threads. Example: `store.destroy(sid, (error) => ...)`. */
  destroy(sid: string, callback?: (error?: any) => void): void

  /** Copies of all sessions, by id. Example: `store.all((error, sessions) => ...)`. */
  all(callback: (error: any, sessions?: { [sid: string]: SessionData } | null) => void): void

  /** Counts the sessions. Example: `store.length((error, count) => ...)`. */
  length(callback: (error: any, count?: number) => void): void

  /** Removes all sessions, and nothing that has another prefix. Example: `store.clear()`. */
  clear(callback?: (error?: any) => void): void
}

export default ExpressSessionStore
