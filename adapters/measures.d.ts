// What the adapters of metrics libraries share in their types. What must not live here: anything of one library.

import type { MemoryCache, SharedMemoryCache } from '../index.js'

/** A cache of either kind, whatever it holds. Example: `const cache: ObservedCache = new MemoryCache<User>()`. */
// `any`: nothing is read or written here.
export type ObservedCache = MemoryCache<any> | SharedMemoryCache<any>

/**
 * The caches that are measured, by their names. It keeps them from being garbage-collected; of one that is closed or
 * destroyed nothing is measured any more.
 *
 * @example
 * ```ts
 * const observed: ObservedCaches = observeCaches(options)
 * observed.add('orders', orders)
 * ```
 */
export interface ObservedCaches {
  /**
   * Measures a cache, from the next time on, in place of one of the same name that there may be.
   *
   * @throws {CacheConfigError} If the name is no string or empty, or the cache is none.
   * @example
   * ```ts
   * observed.add('orders', new MemoryCache<Order>())
   * ```
   */
  add(name: string, cache: ObservedCache): void
  /** Measures a cache no more; `true` if it was there. Example: `observed.remove('orders')`. */
  remove(name: string): boolean
  /** Measures none any more, and takes the metrics back. Example: `process.once('SIGTERM', () => observed.stop())`. */
  stop(): void
}
