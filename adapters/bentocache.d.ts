// The types of the driver of BentoCache. They satisfy its `CreateDriverResult<L1CacheDriver>` and import none of it.
// What must not live here: what other adapters need as well.

import type { CacheSource } from './common.js'

/**
 * Options of {@link bentocacheDriver}.
 *
 * @example
 * ```ts
 * const options: BentocacheDriverOptions = { cache: { maxSize: 10_000 } }
 * ```
 */
export type BentocacheDriverOptions = {
  /**
   * Where entries are kept: a cache of either kind, or options for one. Options without a `name` create a cache for
   * each store; options with a `name` create a store with one shard unless they have `shards`, so that no marker of
   * `deleteByTag` is evicted before the entries that it invalidates. The `ttl` is not used: BentoCache decides how
   * long each entry lives. Required. Example: `{ cache: { maxSize: 10_000 } }`.
   */
  cache: CacheSource<any>
  /**
   * Comes before each key. Stores that share a cache each need one. Default: the `prefix` of the store or of the
   * BentoCache, which is `'bentocache'` by default. Example: `{ prefix: 'users' }`.
   */
  prefix?: string
  /**
   * `false` stores values without serialization: a `MemoryCache` returns the same objects, which must not be changed,
   * and a `SharedMemoryCache` returns copies. Default: `true`, as in BentoCache's own driver. Example:
   * `{ serialize: false }`.
   */
  serialize?: boolean
}

/** Configuration of a driver by BentoCache. Example: `{ prefix: 'users' }`. */
export type BentocacheDriverConfig = { prefix?: string }

/** The driver that BentoCache calls. Example: see {@link bentocacheDriver}. */
export interface BentocacheDriver {
  /** Marks a driver for the first level. Example: `driver.type // 'l1'`. */
  type: 'l1'
  /** The prefix of keys, without the colon. Example: `driver.prefix // 'bentocache'`. */
  readonly prefix: string
  /** A driver for the keys that start with a namespace. Example: `driver.namespace('users')`. */
  namespace(namespace: string): BentocacheDriver
  /** Reads an entry. Example: `driver.get('ada')`. */
  get(key: string): any
  /** Reads and removes an entry. Example: `driver.pull('ada')`. */
  pull(key: string): any
  /** Stores an entry; without a `ttl`, in milliseconds, it never expires. Returns `true`. Example: `driver.set('ada', '{}', 1000)`. */
  set(key: string, value: any, ttl?: number): boolean
  /** Milliseconds left; `0` if there is no entry. Example: `driver.getRemainingTtl('ada')`. */
  getRemainingTtl(key: string): number
  /** Removes an entry. Returns whether there was one. Example: `driver.delete('ada')`. */
  delete(key: string): boolean
  /** Removes many entries. Returns `true`. Example: `driver.deleteMany(['ada', 'bob'])`. */
  deleteMany(keys: string[]): boolean
  /** Removes the entries with the prefix, including those of namespaces. Example: `driver.clear()`. */
  clear(): void
  /** Closes the cache if it was created from options. Example: `await bento.disconnect()`. */
  disconnect(): any
}

/** The argument of `useL1Layer`. Example: see {@link bentocacheDriver}. */
export type BentocacheLayer = {
  /** The options, as BentoCache reads them. Example: `layer.options.serialize`. */
  options: Record<string, any>
  /** Creates the driver of one store. Example: `layer.factory({ prefix: 'users' })`. */
  factory: (config: BentocacheDriverConfig) => BentocacheDriver
}

/**
 * A first level for BentoCache in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. All
 * calls are synchronous. `clear` removes only keys with the prefix of the store.
 *
 * @throws {CacheConfigError} If `cache` is missing, neither a cache nor options for one, or has `updateAgeOnGet`, or
 *   for another option of the wrong type. Errors of the constructor of the cache are passed on.
 * @example
 * ```ts
 * const users = bentostore().useL1Layer(bentocacheDriver({ cache: { maxSize: 10_000 } }))
 * const bento = new BentoCache({ default: 'users', stores: { users } })
 * ```
 */
export declare function bentocacheDriver(options: BentocacheDriverOptions): BentocacheLayer
