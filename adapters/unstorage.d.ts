// The types of the driver of unstorage. They satisfy its `Driver` and import none of it.
// What must not live here: what other adapters need as well.

import type { MemoryCache, SharedMemoryCache } from '../index.js'
import type { CacheSource } from './common.js'

/**
 * Options of {@link unstorageDriver}.
 *
 * @example
 * ```ts
 * const options: UnstorageDriverOptions = { cache: { maxSize: 10_000 } }
 * ```
 */
export type UnstorageDriverOptions = {
  /**
   * Where items are kept: a cache of either kind, or options for one. A `ttl` in options, in milliseconds, applies to
   * items without a `ttl`, which otherwise never expire. Required. Example: `{ cache: { maxSize: 10_000 } }`.
   */
  cache: CacheSource<any>
  /**
   * Comes before each key. Drivers that share a cache each need one; none may start with another. Default:
   * `'unstorage:'`. Example: `{ prefix: 'pages:' }`.
   */
  prefix?: string
}

/**
 * Options of a write: `ttl`, the lifetime of the item in **seconds**, as with every driver of unstorage. Default, and
 * for `0`: the `ttl` in the options of the cache; without one, the item lives until it is evicted. Example:
 * `storage.setItem('a', 1, { ttl: 60 })`.
 */
export type UnstorageItemOptions = { ttl?: number; [option: string]: any }

/** The driver that unstorage calls. Example: see {@link unstorageDriver}. */
export interface UnstorageDriver {
  /** Example: `driver.name // 'native-memory-cache'`. */
  name: string
  /** The options of the driver. Example: `driver.options?.prefix`. */
  options?: UnstorageDriverOptions
  /** The cache, for its statistics. Example: `driver.getInstance().getStats().hits`. */
  getInstance: () => MemoryCache<any> | SharedMemoryCache<any>
  /** Whether there is a live item. Example: `driver.hasItem('a')`. */
  hasItem: (key: string) => boolean
  /** Reads an item; `null` if there is none. Example: `driver.getItem('a')`. */
  getItem: (key: string) => any
  /** Reads a value that was stored by `setItemRaw`. Example: `driver.getItemRaw('a')`. */
  getItemRaw: (key: string) => any
  /** Reads many items in one step. Example: `driver.getItems([{ key: 'a' }, { key: 'b' }])`. */
  getItems: (items: { key: string }[]) => { key: string; value: any }[]
  /** Stores an item. Example: `driver.setItem('a', 'text', { ttl: 60 })`. */
  setItem: (key: string, value: any, options?: UnstorageItemOptions) => void
  /** Stores a value without serialization. Example: `driver.setItemRaw('a', bytes)`. */
  setItemRaw: (key: string, value: any, options?: UnstorageItemOptions) => void
  /** Stores many items. Example: `driver.setItems([{ key: 'a', value: 'text', options: { ttl: 60 } }])`. */
  setItems: (items: { key: string; value: any; options?: UnstorageItemOptions }[]) => void
  /** Removes an item. Example: `driver.removeItem('a')`. */
  removeItem: (key: string) => void
  /** The remaining seconds, if the item expires; `null` if there is no item. Example: `driver.getMeta('a')?.ttl`. */
  getMeta: (key: string) => { ttl?: number } | null
  /** The keys of the live items that start with `base`. Default: all. Example: `driver.getKeys('users:')`. */
  getKeys: (base?: string) => string[]
  /** Removes the items whose keys start with `base`. Default: all of the driver. Example: `driver.clear('users:')`. */
  clear: (base?: string) => void
  /**
   * Closes the cache if it was created from options, but not one that was passed in. Example:
   * `await storage.dispose()`.
   */
  dispose: () => void
}

/**
 * A driver of unstorage in a `MemoryCache` or, for all threads of a process, in a `SharedMemoryCache`. It lists and
 * clears only its own items.
 *
 * @throws {CacheConfigError} If `cache` is missing or neither a cache nor options for one, or another option of the
 *   wrong type. Errors of the constructor of the cache are passed on.
 * @example
 * ```ts
 * const storage = createStorage({ driver: unstorageDriver({ cache: { maxSize: 10_000 } }) })
 * await storage.setItem('user:ada', { name: 'Ada' }, { ttl: 60 })
 * ```
 */
export declare function unstorageDriver(options: UnstorageDriverOptions): UnstorageDriver

export default unstorageDriver
