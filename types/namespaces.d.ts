// Views of the part of a cache whose keys start with a prefix, for both kinds of caches. What must not live
// here: documentation of members that do within the prefix what they do in the cache.

import type { MemoryCache } from './memory-cache.js'
import type { SharedMemoryCache } from './shared-memory-cache.js'
import type { IncrementEntryOptions, IncrementOptions, IncrementedEntry } from './shared-options.js'
import type { Snapshots } from './snapshots.js'

/** Members that differ from those of the cache. */
interface ViewMembers<T> {
  /** The prefix of this view. Example: `log(orders.prefix)`. */
  readonly prefix: string

  /**
   * Removes the entries of the view only, and reports each to `onDelete` with its full key and the source
   * `'clear'`.
   *
   * @example
   * ```ts
   * cache.withNamespace(`tenant:${id}:`).clear()
   * ```
   */
  clear(): void

  /**
   * Prunes the cache, then counts the entries of the view, in native code. The time is proportional to the
   * number of entries in the whole cache.
   *
   * @example
   * ```ts
   * gauge('orders').set(orders.size())
   * ```
   */
  size(): number

  /**
   * Prunes the cache, then calls a function for each entry of the view, like `forEach` of the cache.
   *
   * @param callback Gets the value, the key without the prefix, and this view.
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
   * Closes the view but not the cache, which others may be using. From then on its methods throw an `Error`
   * that says that the view is closed (async methods reject). Views created from it stay open. A second call
   * does nothing.
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
 * The part of a {@link MemoryCache} whose keys start with a prefix, as a cache in its own right: the result of
 * {@link MemoryCache.withNamespace}. It holds no data itself, so all views with the same prefix show the same
 * entries.
 *
 * Keys do not include the prefix, neither in arguments and results nor in arguments of functions passed to
 * `getOrSet`; an asterisk in the prefix is not a wildcard. Hooks and `sizeCalculation` are those of the cache
 * and get full keys. `clear`, `size`, lists, scans and bulk deletions are limited to the view. `getStats`
 * returns the counters of the cache with the size and weight of the view; `getMetrics`, `prune`, `resetStats`,
 * `resize` and `flushHooks` act on the cache. A view has no `dump`, `load`, `save` and `restore`. A view of a
 * closed cache throws as the cache does.
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
 * The part of a {@link SharedMemoryCache} whose keys start with a prefix, as a cache in its own right: the
 * result of {@link SharedMemoryCache.withNamespace}. It works like {@link CacheView}; views with the same
 * prefix on other threads show the same entries. Iterating over it reads the entries in steps, as `scan` does.
 * `weight` of `getStats` is in bytes, and 0 without `maxBytes`. `name` is that of the store.
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
