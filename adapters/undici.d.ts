// The types of the store of undici's cache. What must not live here: what other adapters need as well.

import type { Writable } from 'node:stream'
import type { interceptors } from 'undici'
import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

// undici names these types in a file of its own only, and has them in what its interceptor takes.
type Store = NonNullable<NonNullable<Parameters<typeof interceptors.cache>[0]>['store']>
type Key = Parameters<Store['createWriteStream']>[0]
type Value = Parameters<Store['createWriteStream']>[1]
type Response = Exclude<ReturnType<Store['get']>, Promise<any>>

/**
 * Options of a {@link UndiciCacheStore}.
 *
 * @example
 * ```ts
 * const options: UndiciCacheStoreOptions = { cache: { name: 'http', maxSize: 0, maxBytes: 256 << 20 } }
 * ```
 */
export type UndiciCacheStoreOptions = {
  /**
   * Where responses are kept, as Buffers: a cache of either kind, or options for one. Each URL takes one entry per
   * response and one more; `maxSize` is `100` by default. The `ttl` is not used. Required. Example:
   * `{ cache: { maxSize: 0, maxWeight: 64 << 20, sizeCalculation: (it) => it.length } }`.
   */
  cache: CacheSource<Buffer>
  /** Comes before each key and tag. Default: `'http:'`. Example: `{ prefix: 'api:' }`. */
  prefix?: string
  /**
   * Bodies of this many bytes or more are not stored. Default: `5_242_880`, as in undici. Example:
   * `{ maxEntrySize: 1 << 20 }`.
   */
  maxEntrySize?: number
}

/**
 * A store for `interceptors.cache` of undici in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`.
 * It respects `Vary`. A response lives as long as its headers allow.
 *
 * @example
 * ```ts
 * const store = new UndiciCacheStore({ cache: { name: 'http', maxSize: 0, maxBytes: 256 << 20 } })
 * const agent = new Agent().compose(interceptors.cache({ store }))
 * ```
 */
export declare class UndiciCacheStore {
  /**
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or another option of the
   *   wrong type. Errors of the constructor of the cache are passed on.
   * @example
   * ```ts
   * const store = new UndiciCacheStore({ cache: new SharedMemoryCache<Buffer>({ name: 'http', maxSize: 10_000 }) })
   * ```
   */
  constructor(options: UndiciCacheStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<Buffer> | SharedMemoryCache<Buffer>

  /** The prefix of keys and tags. Example: `store.cache.deleteByPrefix(store.prefix)`. */
  readonly prefix: string

  /** Reads the response for a request. Called by undici. Example: `store.get(key)?.statusCode`. */
  get(key: Key): Response

  /**
   * Receives a body, and stores the response when it is complete. Called by undici. Example:
   * `store.createWriteStream(key, value).end(body)`.
   */
  createWriteStream(key: Key, value: Value): Writable

  /**
   * Removes all responses for a URL, on all threads; does nothing if the cache is closed. Example:
   * `store.delete({ origin: 'https://example.com', path: '/users', method: 'GET' })`.
   */
  delete(key: Key): void

  /** Closes the cache if it was created from options. Example: `store.close()`. */
  close(): void
}

export default UndiciCacheStore
