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
 * What a {@link UndiciCacheStore} is made with.
 *
 * @example
 * ```ts
 * const options: UndiciCacheStoreOptions = { cache: { name: 'http', maxSize: 0, maxBytes: 256 << 20 } }
 * ```
 */
export type UndiciCacheStoreOptions = {
  /**
   * Where responses are kept, as Buffers: a ready cache of either kind, or the options of one. Each URL takes an entry
   * for each of its responses and one more; the default of `maxSize` is `100`. Its `ttl` does not matter.
   * Required. Example: `{ cache: { maxSize: 0, maxWeight: 64 << 20, sizeCalculation: (it) => it.length } }`.
   */
  cache: CacheSource<Buffer>
  /** Comes before each key and tag. Default: `'http:'`. Example: `{ prefix: 'api:' }`. */
  prefix?: string
  /** Bodies of so many bytes, or more, are not stored. Default: `5_242_880`, as in undici. Example: `{ maxEntrySize: 1 << 20 }`. */
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
   * @throws {CacheConfigError} If `cache` is missing or neither a cache nor the options of one, or another option
   *   of the wrong type. What the constructor of the cache throws is passed on.
   * @example
   * ```ts
   * const store = new UndiciCacheStore({ cache: new SharedMemoryCache<Buffer>({ name: 'http', maxSize: 10_000 }) })
   * ```
   */
  constructor(options: UndiciCacheStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<Buffer> | SharedMemoryCache<Buffer>

  /** What comes before keys and tags. Example: `store.cache.deleteByPrefix(store.prefix)`. */
  readonly prefix: string

  /** Reads the response that a request may be answered with. Is called by undici. Example: `store.get(key)?.statusCode`. */
  get(key: Key): Response

  /** Takes a body, and stores the response when it is complete. Is called by undici. Example: `store.createWriteStream(key, value).end(body)`. */
  createWriteStream(key: Key, value: Value): Writable

  /**
   * Removes all responses of a URL, for all threads; of a closed cache, nothing.
   * Example: `store.delete({ origin: 'https://example.com', path: '/users', method: 'GET' })`.
   */
  delete(key: Key): void

  /** Closes the cache if it was made here, of options. Example: `store.close()`. */
  close(): void
}

export default UndiciCacheStore
