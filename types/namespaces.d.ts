// Views of the part of a cache whose keys start with a prefix, for both kinds of caches. What must not live
// here: documentation of members that do within the prefix what they do in the cache.

import type { MemoryCache } from './memory-cache.js'
import type { SharedMemoryCache } from './shared-memory-cache.js'
import type { IncrementEntryOptions, IncrementOptions, IncrementedEntry } from './shared-options.js'
import type { Snapshots } from './snapshots.js'

/** What is documented here and not with the cache. */
interface ViewMembers<T> {
  /** What the cache's keys of this view start with. Example: `log(orders.prefix)`. */
  readonly prefix: string

  /**
   * Removes the entries of the view alone, and reports each to `onDelete` with its whole key and the source
   * `'clear'`.
   *
   * @example
   * ```ts
   * cache.withNamespace(`tenant:${id}:`).clear()
   * ```
   */
  clear(): void

  /**
   * Prunes the cache, then counts the entries of the view: natively, in time in proportion to those of the
   * whole cache.
   *
   * @example
   * ```ts
   * gauge('orders').set(orders.size())
   * ```
   */
  size(): number

  /**
   * Prunes the cache, then calls a function for each entry of the view, as the cache's own does.
   *
   * @param callback Gets value, key without the prefix, and this view.
   * @throws {TypeError} If `callback` is not a function.
   * @example
   * ```ts
   * orders.forEach((order, id) => console.log(id, order?.total))
   * ```
   */
  forEach(
    callback: (value: T | undefined, key: string, view: this) => void,
    thisArg?: unknown,
  ): void

  /**
   * Closes the view and not the cache: whoever was given a view cannot close what others use. From then on
   * its methods throw an `Error` that says that the view is closed (async methods reject). Views that were
   * made of it stay open. A second call does nothing.
   *
   * @example
   * ```ts
   * orders.close()
   * ```
   */
  close(): void

  /**
   * `close`, for declarations with `using`.
   *
   * @example
   * ```ts
   * using orders = cache.withNamespace('orders:')
   * ```
   */
  [Symbol.dispose](): void
}

/**
 * The part of a {@link MemoryCache} whose keys start with a prefix, as a cache of its own: what
 * {@link MemoryCache.withNamespace} returns. It holds nothing itself, so any number of views shows the same
 * entries.
 *
 * Keys are without the prefix, in arguments and results, and in what the functions of `getOrSet` are told;
 * an asterisk in the prefix is an asterisk. Hooks and `sizeCalculation` are the cache's and get whole keys.
 * `clear`, `size`, lists, scans and bulk deletions see the entries of the view and no others. `getStats` has
 * the counters of the cache with size and weight of the view; `getMetrics`, `prune`, `resetStats`, `resize`
 * and `flushHooks` are the cache's. Only a whole cache has `dump`, `load`, `save` and `restore`. A view of a closed cache throws as the cache does.
 *
 * @example
 * ```ts
 * const orders: CacheView<Order> = cache.withNamespace('orders:')
 * orders.set('7', order) // cache.get('orders:7')
 * orders.keys() // ['7']
 * ```
 */
export interface CacheView<T>
  extends Omit<MemoryCache<T>, keyof ViewMembers<T> | keyof Snapshots<T>>, ViewMembers<T> {}

/**
 * The part of a {@link SharedMemoryCache} whose keys start with a prefix, as a cache of its own: what
 * {@link SharedMemoryCache.withNamespace} returns. As {@link CacheView}, of which another thread's view with
 * this prefix shows the same entries. Iterated over, it takes the entries in steps, as `scan` does. `weight`
 * of `getStats` is in bytes, and 0 without `maxBytes`. `name` is the store's.
 *
 * @example
 * ```ts
 * const limits: SharedCacheView<number> = store.withNamespace('limits:')
 * limits.increment(address, 1, { ttl: 60_000 })
 * ```
 */
export interface SharedCacheView<T>
  extends
    Omit<
      SharedMemoryCache<T>,
      keyof ViewMembers<T> | keyof Snapshots<T> | 'increment' | 'incrementEntry'
    >,
    ViewMembers<T> {
  /** See {@link SharedMemoryCache.increment}. Example: `limits.increment(address, 1, { ttl: 60_000 })`. */
  increment(
    this: number extends T ? SharedCacheView<T> : never,
    key: string,
    by?: number,
    options?: IncrementOptions,
  ): number
  /** See {@link SharedMemoryCache.incrementEntry}. Example: `limits.incrementEntry(address).remainingTtl`. */
  incrementEntry(
    this: number extends T ? SharedCacheView<T> : never,
    key: string,
    by?: number,
    options?: IncrementEntryOptions & { onlyIfPresent?: false },
  ): IncrementedEntry
  incrementEntry(
    this: number extends T ? SharedCacheView<T> : never,
    key: string,
    by?: number,
    options?: IncrementEntryOptions,
  ): IncrementedEntry | undefined
}
