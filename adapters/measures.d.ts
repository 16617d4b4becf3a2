// What the adapters of metrics libraries share in their types. What must not live here: anything of one library.

import type { MemoryCache, SharedMemoryCache } from '../index.js'

/** A cache of either kind, whatever it holds. Example: `const cache: ObservedCache = new MemoryCache<User>()`. */
// `any`: nothing is read or written here.
export type ObservedCache = MemoryCache<any> | SharedMemoryCache<any>

/**
 * The measured caches, by name. They are not garbage-collected while they are measured; a cache that is closed or
 * destroyed is no longer measured.
 *
 * @example
 * ```ts
 * const observed: ObservedCaches = observeCaches(options)
 * observed.add('orders', orders)
 * ```
 */
export interface ObservedCaches {
  /**
   * Adds a cache, replacing one with the same name; it is included from the next measurement on.
   *
   * @throws {CacheConfigError} If the name is not a string or is empty, or the cache is not a cache.
   * @example
   * ```ts
   * observed.add('orders', new MemoryCache<Order>())
   * ```
   */
  add(name: string, cache: ObservedCache): void
  /** Removes a cache; `true` if it was there. Example: `observed.remove('orders')`. */
  remove(name: string): boolean
  /**
   * Stops all measurements and unregisters the metrics. Example: `process.once('SIGTERM', () => observed.stop())`.
   */
  stop(): void
}
