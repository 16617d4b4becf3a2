// The types of metrics for prom-client. What must not live here: what other adapters need as well.

import type { Registry } from 'prom-client'
import type { ObservedCache, ObservedCaches } from './measures.js'

export type { ObservedCache, ObservedCaches } from './measures.js'

/**
 * Options of {@link observeCaches}.
 *
 * @example
 * ```ts
 * const options: ObserveCachesOptions = { caches: { sessions, users }, register: new Registry() }
 * ```
 */
export type ObserveCachesOptions = {
  /**
   * The caches, by the value of their label `cache`; `{}` if all are added later. Required. Example:
   * `{ caches: { users } }`.
   */
  caches: Record<string, ObservedCache>
  /** The registry that is scraped. Default: the one that prom-client exports as `register`. Example: `{ register }`. */
  register?: Registry<any>
  /** Comes before the name of each metric. Default: `'memory_cache_'`. Example: `{ prefix: 'shop_cache_' }`. */
  prefix?: string
}

/**
 * Registers metrics of caches: hits, misses, evictions, expirations, refresh_errors, stale_served and dropped_events
 * (all `_total`), entries, weight, bytes and flights, each with the label `cache`. Nothing is measured until the
 * registry is scraped; then each cache is pruned, as by `getStats`.
 *
 * @returns The caches, to which others can be added.
 * @throws {CacheConfigError} If an option is missing or of the wrong type, or the registry already has a metric with
 *   such a name. Then nothing is registered.
 * @example
 * ```ts
 * observeCaches({ caches: { sessions } })
 * app.get('/metrics', async (request, response) => response.end(await register.metrics()))
 * ```
 */
export declare function observeCaches(options: ObserveCachesOptions): ObservedCaches
