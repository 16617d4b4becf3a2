// The types of the cache handlers of Next.js. They satisfy what it takes and import none of it.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * Options of {@link nextCacheHandler} and {@link nextUseCacheHandler}.
 *
 * @example
 * ```ts
 * const options: NextCacheHandlerOptions = { cache: { name: 'next', maxSize: 0, maxBytes: 256 << 20 } }
 * ```
 */
export type NextCacheHandlerOptions = {
  /**
   * Where entries are kept: a cache of either kind, or options for one, in which `maxSize` is `100` by default. The
   * `ttl` is not used. Required. Example: `{ cache: { name: 'next', maxSize: 0, maxBytes: 256 << 20 } }`.
   */
  cache: CacheSource<any>
  /**
   * Comes before each key. Handlers that share a cache each need one; none may start with another. Default: `'next:'`
   * and, for {@link nextUseCacheHandler}, `'next-use-cache:'`. Example: `{ prefix: 'shop:' }`.
   */
  prefix?: string
}

/**
 * How tags are revalidated. If it is passed, entries with the tags are served while they are regenerated, for at most
 * `expire` seconds (without a limit if omitted). If not, they are not served again. Example: `{ expire: 3600 }`.
 */
export type NextRevalidation = { expire?: number }

/** The handler of one request. Next.js creates it and calls its methods. Example: see {@link nextCacheHandler}. */
export interface NextCacheHandler {
  /**
   * Reads a page, a response, an image or what `fetch` and `unstable_cache` have stored.
   *
   * @param context What Next.js knows about it; its `tags` and `softTags` invalidate an entry like its own tags.
   * @returns The value passed to {@link NextCacheHandler.set}, the time of that call, and the lifetime; `null` if
   *   there is none. For an entry that a tag has made stale, the time makes Next.js regenerate it.
   * @example
   * ```ts
   * const { value } = (await handler.get('/users', { kind: 'APP_PAGE' })) ?? {}
   * ```
   */
  get(key: string, context?: any): Promise<any>

  /**
   * Stores an entry under the tags in `context`, or in the headers of a page, up to the `expire` of `context.cacheControl`.
   * Example: `await handler.set(key, value, { fetchCache: true, tags: ['users'] })`.
   */
  set(key: string, value: any, context: any): Promise<void>

  /**
   * Invalidates the entries with a tag, or makes them stale, for all threads.
   *
   * @param tags One tag, or an array of them.
   * @param durations See {@link NextRevalidation}.
   * @example
   * ```ts
   * await handler.revalidateTag('users')
   * ```
   */
  revalidateTag(tags: string | string[], durations?: NextRevalidation): Promise<void>

  /** Does nothing: no state is kept per request. Example: `handler.resetRequestCache()`. */
  resetRequestCache(): void
}

/** The result of {@link nextCacheHandler}. Example: see there. */
export interface NextCacheHandlerClass {
  /** Called by Next.js for each request. Example: `new Handler({ dev: false })`. */
  new (context?: any): NextCacheHandler
  /** The cache, for its statistics. Example: `Handler.cache.getStats().hits`. */
  readonly cache: MemoryCache<any> | SharedMemoryCache<any>
}

/**
 * An entry of `'use cache'`: durations are in seconds, `timestamp` is in milliseconds. Example: see
 * {@link nextUseCacheHandler}.
 */
export type NextUseCacheEntry = {
  value: ReadableStream<Uint8Array>
  tags: string[]
  stale: number
  timestamp: number
  expire: number
  revalidate: number
}

/** The result of {@link nextUseCacheHandler}. Next.js calls its methods. Example: see there. */
export interface NextUseCacheHandler {
  /** The cache, for its statistics. Example: `handler.cache.getStats().hits`. */
  readonly cache: MemoryCache<any> | SharedMemoryCache<any>

  /**
   * Reads an entry, after any pending write of the same key on this thread.
   *
   * @param softTags Tags of the path, which invalidate an entry like its own tags.
   * @returns The entry with a new stream and, if a tag has made it stale, a `revalidate` of `-1`; `undefined` if
   *   there is none.
   * @example
   * ```ts
   * const { tags } = (await handler.get(key)) ?? {}
   * ```
   */
  get(key: string, softTags?: string[]): Promise<NextUseCacheEntry | undefined>

  /**
   * Stores an entry when its stream has ended; nothing is stored if the stream fails. Example:
   * `await handler.set(key, Promise.resolve(entry))`.
   */
  set(key: string, pendingEntry: Promise<NextUseCacheEntry>): Promise<void>

  /** Does nothing: all threads see changes of tags immediately. Example: `await handler.refreshTags()`. */
  refreshTags(): Promise<void>

  /**
   * Always `Infinity`, so that `get` is called with the tags of the path. Example:
   * `await handler.getExpiration(['_N_T_/'])`.
   */
  getExpiration(tags: string[]): Promise<number>

  /**
   * Invalidates the entries with a tag, or makes them stale, for all threads; see {@link NextRevalidation}. Example:
   * `await handler.updateTags(['users'])`.
   */
  updateTags(tags: string[], durations?: NextRevalidation): Promise<void>
}

/**
 * The handler of `cacheHandler` in next.config.js: for pages, route handlers, `fetch`, `unstable_cache` and images,
 * in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. Export it from its own module.
 *
 * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or `prefix` is not a
 *   string. Errors of the constructor of the cache are passed on.
 * @example
 * ```ts
 * // cache-handler.mjs, which next.config.js names: cacheHandler: require.resolve('./cache-handler.mjs')
 * export default nextCacheHandler({ cache: { name: 'next', maxSize: 0, maxBytes: 256 << 20 } })
 * ```
 */
export declare function nextCacheHandler(options: NextCacheHandlerOptions): NextCacheHandlerClass

/**
 * A handler of `cacheHandlers` in next.config.js: for `'use cache'` and `'use cache: remote'`.
 *
 * @throws {CacheConfigError} As {@link nextCacheHandler}.
 * @example
 * ```ts
 * // use-cache-handler.mjs: cacheHandlers: { default: require.resolve('./use-cache-handler.mjs') }
 * export default nextUseCacheHandler({ cache: { name: 'next', maxSize: 0, maxBytes: 256 << 20 } })
 * ```
 */
export declare function nextUseCacheHandler(options: NextCacheHandlerOptions): NextUseCacheHandler

export default nextCacheHandler
