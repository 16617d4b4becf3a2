// The types of the store of Keyv. They satisfy its `KeyvStoreAdapter` and import none of it.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * Options of a {@link KeyvStore}.
 *
 * @example
 * ```ts
 * const options: KeyvStoreOptions = { cache: { maxSize: 10_000 } }
 * ```
 */
export type KeyvStoreOptions = {
  /**
   * Where entries are kept: a cache of either kind, or options for one. A `ttl` in options applies to entries without
   * a `ttl` from Keyv, which otherwise never expire. Options with a `name` create a store with one shard unless they
   * have `shards`, so that no version of a tag is evicted before the entries that it invalidates. Required. Example:
   * `{ cache: { maxSize: 10_000 } }`.
   */
  cache: CacheSource<any>
}

/**
 * An entry for `setMany`: a key, the value that Keyv stores, and a lifetime in ms. Example:
 * `{ key: 'a', value: '{}', ttl: 1000 }`.
 */
export type KeyvStoreEntry = { key: string; value: any; ttl?: number }

/**
 * A store of Keyv in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. Keyv calls its
 * methods and sets its namespace; entries outside that are not read, listed or cleared. Use one store for each
 * `Keyv`; any number of stores can share a cache. Methods reject with the errors of the cache.
 *
 * @example
 * ```ts
 * const users = new Keyv({ store: new KeyvStore({ cache: { maxSize: 10_000 } }), namespace: 'users' })
 * await users.set('ada', { name: 'Ada' }, 60_000)
 * ```
 */
export declare class KeyvStore {
  /**
   * @throws {CacheConfigError} If `cache` is missing, neither a cache nor options for one, or has `updateAgeOnGet`.
   *   Errors of the constructor of the cache are passed on.
   * @example
   * ```ts
   * const store = new KeyvStore({ cache: new SharedMemoryCache({ name: 'responses', maxBytes: 64 << 20 }) })
   * ```
   */
  constructor(options: KeyvStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<any> | SharedMemoryCache<any>

  /** Tells Keyv that the store is iterable. Example: `store.opts.dialect`. */
  opts: any

  /**
   * Read by Keyv 6: the store has the capabilities of one for Keyv 5. Example: `store.capabilities // undefined`.
   */
  get capabilities(): undefined

  /** The namespace of the store in the cache; set by Keyv. Example: `store.namespace // 'users'`. */
  get namespace(): string | undefined
  set namespace(namespace: string | undefined)

  /** Reads the stored value: text, unless Keyv does not serialize. Example: `await store.get('users:ada')`. */
  get(key: string): Promise<any>

  /** Reads the stored values for many keys, in the same order. Example: `await store.getMany(['users:ada'])`. */
  getMany(keys: string[]): Promise<any[]>

  /** Whether there is a live entry. Example: `await store.has('users:ada')`. */
  has(key: string): Promise<boolean>

  /** The same for many keys, in the same order. Example: `await store.hasMany(['users:ada'])`. */
  hasMany(keys: string[]): Promise<boolean[]>

  /**
   * Stores a value as serialized by Keyv.
   *
   * @param ttl How long the entry lives, in milliseconds. Default, and for `0`, as in Keyv: the `ttl` in the options
   *   of the cache; without one, the entry lives until it is evicted.
   * @returns A promise of `true`.
   * @example
   * ```ts
   * await store.set('users:ada', '{"value":"Ada"}', 60_000)
   * ```
   */
  set(key: string, value: any, ttl?: number): Promise<boolean>

  /** Stores many entries. Resolves to `true` for each. Example: `await store.setMany([{ key: 'a', value: '{}' }])`. */
  setMany(entries: KeyvStoreEntry[]): Promise<any>

  /** Removes an entry. Resolves to whether there was one. Example: `await store.delete('users:ada')`. */
  delete(key: string): Promise<boolean>

  /**
   * Removes many entries. Resolves to whether all existed or, once Keyv 6 has read `capabilities`, to an array with
   * the result for each key. Example: `await store.deleteMany(['users:ada'])`.
   */
  deleteMany(keys: string[]): Promise<any>

  /** Removes the entries of the namespace. Example: `await store.clear()`. */
  clear(): Promise<void>

  /**
   * Iterates over the entries of a namespace, like `scan` of the cache.
   *
   * @param namespace Default: that of the store.
   * @example
   * ```ts
   * for await (const [key] of store.iterator()) console.log(key)
   * ```
   */
  iterator(namespace?: string): AsyncGenerator<any[], void>

  /**
   * Accepts listeners, as Keyv requires, but never calls them: methods reject instead. Example:
   * `store.on('error', report)`.
   */
  on(event: string, listener: (...args: any[]) => void): this

  /**
   * Closes the cache if it was created from options, but not one that was passed in. Example:
   * `await keyv.disconnect()`.
   */
  disconnect(): Promise<void>
}

export default KeyvStore
