// The types of the cache handlers of Next.js. They satisfy what it takes and import none of it.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * What {@link nextCacheHandler} and {@link nextUseCacheHandler} are told.
 *
 * @example
 * ```ts
 * const options: NextCacheHandlerOptions = { cache: { name: 'next', maxSize: 0, maxBytes: 256 << 20 } }
 * ```
 */
export type NextCacheHandlerOptions = {
  /**
   * Where entries are kept: a ready cache of either kind, or the options of one, whose `maxSize` is `100` unless you
   * say otherwise. Its `ttl` does not matter. Required. Example: `{ cache: { name: 'next', maxSize: 0, maxBytes: 256 << 20 } }`.
   */
  cache: CacheSource<any>
  /**
   * Comes before each key. Handlers that have one cache need one each, of which none starts with another.
   * Default: `'next:'` and, of {@link nextUseCacheHandler}, `'next-use-cache:'`. Example: `{ prefix: 'shop:' }`.
   */
  prefix?: string
}

/**
 * How tags are revalidated. Given: what carries them is served while it is made again, for at most `expire` seconds (for
 * ever if left out). Not given: it is served no more. Example: `{ expire: 3600 }`.
 */
export type NextRevalidation = { expire?: number }

/** The handler of one request. Next.js makes it and calls its methods. Example: see {@link nextCacheHandler}. */
export interface NextCacheHandler {
  /**
   * Reads a page, a response, an image or what `fetch` and `unstable_cache` have stored.
   *
   * @param context What Next.js says of it; its `tags` and `softTags` end an entry as its own tags do.
   * @returns What {@link NextCacheHandler.set} was given, when that was, and its lifetime; `null` for nothing. Of an entry
   *   that a tag has made stale the time is such that Next.js makes it again.
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
   * Ends what carries a tag, or makes it stale, for all threads.
   *
   * @param tags One tag, or an array of them.
   * @param durations See {@link NextRevalidation}.
   * @example
   * ```ts
   * await handler.revalidateTag('users')
   * ```
   */
  revalidateTag(tags: string | string[], durations?: NextRevalidation): Promise<void>

  /** Does nothing: nothing is kept for a request. Example: `handler.resetRequestCache()`. */
  resetRequestCache(): void
}

/** What {@link nextCacheHandler} returns. Example: see there. */
export interface NextCacheHandlerClass {
  /** Is called by Next.js, for each request. Example: `new Handler({ dev: false })`. */
  new (context?: any): NextCacheHandler
  /** The cache, for its statistics. Example: `Handler.cache.getStats().hits`. */
  readonly cache: MemoryCache<any> | SharedMemoryCache<any>
}

/** What `'use cache'` stores: durations are in seconds, `timestamp` is in milliseconds. Example: see {@link nextUseCacheHandler}. */
export type NextUseCacheEntry = {
  value: ReadableStream<Uint8Array>
  tags: string[]
  stale: number
  timestamp: number
  expire: number
  revalidate: number
}

/** What {@link nextUseCacheHandler} returns. Next.js calls its methods. Example: see there. */
export interface NextUseCacheHandler {
  /** The cache, for its statistics. Example: `handler.cache.getStats().hits`. */
  readonly cache: MemoryCache<any> | SharedMemoryCache<any>

  /**
   * Reads an entry, once a write of the same key on this thread is over.
   *
   * @param softTags Tags of the path, which end an entry as its own tags do.
   * @returns The entry with a stream of its own and, if a tag has made it stale, a `revalidate` of `-1`; `undefined`
   *   for nothing.
   * @example
   * ```ts
   * const { tags } = (await handler.get(key)) ?? {}
   * ```
   */
  get(key: string, softTags?: string[]): Promise<NextUseCacheEntry | undefined>

  /** Stores an entry when its stream is at its end, and nothing if that breaks off. Example: `await handler.set(key, Promise.resolve(entry))`. */
  set(key: string, pendingEntry: Promise<NextUseCacheEntry>): Promise<void>

  /** Does nothing: all threads see the same tags at once. Example: `await handler.refreshTags()`. */
  refreshTags(): Promise<void>

  /** Always `Infinity`: `get` is to be given the tags of the path. Example: `await handler.getExpiration(['_N_T_/'])`. */
  getExpiration(tags: string[]): Promise<number>

  /** Ends what carries a tag, or makes it stale, for all threads; see {@link NextRevalidation}. Example: `await handler.updateTags(['users'])`. */
  updateTags(tags: string[], durations?: NextRevalidation): Promise<void>
}

/**
 * The handler of `cacheHandler` in next.config.js: for pages, route handlers, `fetch`, `unstable_cache` and images, in a
 * `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. A module of its own exports it.
 *
 * @throws {CacheConfigError} If `cache` is missing or neither a cache nor the options of one, or `prefix` no string. What
 *   the constructor of the cache throws is passed on.
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
