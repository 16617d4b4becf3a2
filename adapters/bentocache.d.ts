// The types of the driver of BentoCache. They satisfy its `CreateDriverResult<L1CacheDriver>` and import none of it.
// What must not live here: what other adapters need as well.

import type { CacheSource } from './common.js'

/**
 * What {@link bentocacheDriver} is told.
 *
 * @example
 * ```ts
 * const options: BentocacheDriverOptions = { cache: { maxSize: 10_000 } }
 * ```
 */
export type BentocacheDriverOptions = {
  /**
   * Where entries are kept: a ready cache of either kind, or the options of one. Options without a `name` make a
   * cache for each store; those with a `name` a store of one shard, unless they say otherwise, so that no mark of
   * `deleteByTag` is evicted before what it ends. Its `ttl` plays no part: BentoCache tells how long each entry lives. Required.
   * Example: `{ cache: { maxSize: 10_000 } }`.
   */
  cache: CacheSource<any>
  /**
   * Comes before each key. Stores that have one cache need one each. Default: the `prefix` of the store or of the
   * BentoCache, which is `'bentocache'` unless you say otherwise. Example: `{ prefix: 'users' }`.
   */
  prefix?: string
  /**
   * `false` keeps values as they are and not as text: a `MemoryCache` has the very objects, so that nobody may change them,
   * and a `SharedMemoryCache` copies. Default: `true`, as in BentoCache's own driver. Example: `{ serialize: false }`.
   */
  serialize?: boolean
}

/** What BentoCache tells a driver. Example: `{ prefix: 'users' }`. */
export type BentocacheDriverConfig = { prefix?: string }

/** What BentoCache calls. Example: see {@link bentocacheDriver}. */
export interface BentocacheDriver {
  /** That the driver is one for the first level. Example: `driver.type // 'l1'`. */
  type: 'l1'
  /** What comes before keys, without the colon. Example: `driver.prefix // 'bentocache'`. */
  readonly prefix: string
  /** A driver for the keys that start with a namespace. Example: `driver.namespace('users')`. */
  namespace(namespace: string): BentocacheDriver
  /** Reads an entry. Example: `driver.get('ada')`. */
  get(key: string): any
  /** Reads an entry and removes it. Example: `driver.pull('ada')`. */
  pull(key: string): any
  /** Stores an entry; without a `ttl`, in milliseconds, it never expires. Returns `true`. Example: `driver.set('ada', '{}', 1000)`. */
  set(key: string, value: any, ttl?: number): boolean
  /** Milliseconds left; `0` if there is no entry. Example: `driver.getRemainingTtl('ada')`. */
  getRemainingTtl(key: string): number
  /** Removes an entry. Returns whether there was one. Example: `driver.delete('ada')`. */
  delete(key: string): boolean
  /** Removes many entries. Returns `true`. Example: `driver.deleteMany(['ada', 'bob'])`. */
  deleteMany(keys: string[]): boolean
  /** Removes the entries that have the prefix, namespaces included. Example: `driver.clear()`. */
  clear(): void
  /** Closes the cache if it was made of options here. Example: `await bento.disconnect()`. */
  disconnect(): any
}

/** What `useL1Layer` takes. Example: see {@link bentocacheDriver}. */
export type BentocacheLayer = {
  /** The options, as BentoCache reads them. Example: `layer.options.serialize`. */
  options: Record<string, any>
  /** Makes the driver of one store. Example: `layer.factory({ prefix: 'users' })`. */
  factory: (config: BentocacheDriverConfig) => BentocacheDriver
}

/**
 * A first level for BentoCache in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. All calls
 * are synchronous. `clear` removes what has the store's prefix and nothing else.
 *
 * @throws {CacheConfigError} If `cache` is missing, neither a cache nor the options of one, or has `updateAgeOnGet`, or for another option
 *   of the wrong type. What the constructor of the cache throws is passed on.
 * @example
 * ```ts
 * const users = bentostore().useL1Layer(bentocacheDriver({ cache: { maxSize: 10_000 } }))
 * const bento = new BentoCache({ default: 'users', stores: { users } })
 * ```
 */
export declare function bentocacheDriver(options: BentocacheDriverOptions): BentocacheLayer
