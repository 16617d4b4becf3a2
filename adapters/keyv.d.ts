// The types of the store of Keyv. They satisfy its `KeyvStoreAdapter` and import none of it.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * What a {@link KeyvStore} is made with.
 *
 * @example
 * ```ts
 * const options: KeyvStoreOptions = { cache: { maxSize: 10_000 } }
 * ```
 */
export type KeyvStoreOptions = {
  /**
   * Where entries are kept: a ready cache of either kind, or the options of one. A `ttl` in options is that of entries
   * to which Keyv gives none, which have no end otherwise. Options with a `name` make a store of one shard, unless they
   * say otherwise, so that no version of a tag is evicted before what it invalidates. Required. Example: `{ cache: { maxSize: 10_000 } }`.
   */
  cache: CacheSource<any>
}

/** What `setMany` takes: a key, what Keyv stores for it, and a lifetime in ms. Example: `{ key: 'a', value: '{}', ttl: 1000 }`. */
export type KeyvStoreEntry = { key: string; value: any; ttl?: number }

/**
 * A store of Keyv in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. Keyv calls its
 * methods and gives the store its namespace, outside which nothing of the cache is seen, listed or cleared: one store for
 * each `Keyv`, any number of them in one cache. What the cache throws is what a method rejects with.
 *
 * @example
 * ```ts
 * const users = new Keyv({ store: new KeyvStore({ cache: { maxSize: 10_000 } }), namespace: 'users' })
 * await users.set('ada', { name: 'Ada' }, 60_000)
 * ```
 */
export declare class KeyvStore {
  /**
   * @throws {CacheConfigError} If `cache` is missing, neither a cache nor the options of one, or has `updateAgeOnGet`. What the constructor of
   *   the cache throws is passed on.
   * @example
   * ```ts
   * const store = new KeyvStore({ cache: new SharedMemoryCache({ name: 'responses', maxBytes: 64 << 20 }) })
   * ```
   */
  constructor(options: KeyvStoreOptions)

  /** The cache, for its statistics. Example: `store.cache.getStats().hits`. */
  readonly cache: MemoryCache<any> | SharedMemoryCache<any>

  /** What tells Keyv that one can iterate over the store. Example: `store.opts.dialect`. */
  opts: any

  /** Nothing beyond a store of Keyv 5; Keyv 6 asks for it. Example: `store.capabilities // undefined`. */
  get capabilities(): undefined

  /** Which entries of the cache the store has; set by Keyv. Example: `store.namespace // 'users'`. */
  get namespace(): string | undefined
  set namespace(namespace: string | undefined)

  /** Reads what is stored: text, unless Keyv serializes nothing. Example: `await store.get('users:ada')`. */
  get(key: string): Promise<any>

  /** Reads what is stored for many keys, in their order. Example: `await store.getMany(['users:ada'])`. */
  getMany(keys: string[]): Promise<any[]>

  /** Whether there is a live entry. Example: `await store.has('users:ada')`. */
  has(key: string): Promise<boolean>

  /** The same for many keys, in their order. Example: `await store.hasMany(['users:ada'])`. */
  hasMany(keys: string[]): Promise<boolean[]>

  /**
   * Stores what Keyv made of a value.
   *
   * @param ttl How long the entry lives, in milliseconds. Default, and for `0`, as in Keyv: the `ttl` in the options of the
   *   cache, else until there is no room.
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
   * Removes many entries. Resolves to whether all were there or, once Keyv 6 has asked for `capabilities`, to whether each
   * was. Example: `await store.deleteMany(['users:ada'])`.
   */
  deleteMany(keys: string[]): Promise<any>

  /** Removes the entries of the namespace. Example: `await store.clear()`. */
  clear(): Promise<void>

  /**
   * Iterates over the entries of a namespace, as the cache's `scan` does.
   *
   * @param namespace Default: that of the store.
   * @example
   * ```ts
   * for await (const [key] of store.iterator()) console.log(key)
   * ```
   */
  iterator(namespace?: string): AsyncGenerator<any[], void>

  /** Takes listeners, as Keyv demands, and calls none: methods reject. Example: `store.on('error', report)`. */
  on(event: string, listener: (...args: any[]) => void): this

  /** Closes the cache if it was made of options here; a ready one stays open. Example: `await keyv.disconnect()`. */
  disconnect(): Promise<void>
}

export default KeyvStore
