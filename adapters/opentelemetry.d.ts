// The types of metrics for OpenTelemetry. What must not live here: what other adapters need as well.

import type { Meter } from '@opentelemetry/api'
import type { ObservedCache, ObservedCaches } from './measures.js'

export type { ObservedCache, ObservedCaches } from './measures.js'

/**
 * Options of {@link observeCaches}.
 *
 * @example
 * ```ts
 * const options: ObserveCachesOptions = { caches: { sessions, users }, meter: metrics.getMeter('shop') }
 * ```
 */
export type ObserveCachesOptions = {
  /**
   * The caches, by the value of their attribute `cache.name`; `{}` if all are added later. Required. Example:
   * `{ caches: { users } }`.
   */
  caches: Record<string, ObservedCache>
  /** The meter that creates the instruments. Required. Example: `{ meter: metrics.getMeter('shop') }`. */
  meter: Meter
  /** Comes before the name of each instrument. Default: `'memory_cache.'`. Example: `{ prefix: 'shop.cache.' }`. */
  prefix?: string
}

/**
 * Creates observable instruments for caches: counters hits, misses, evictions, expirations, refresh_errors,
 * stale_served and dropped_events, up-down counters entries, weight, bytes and flights, each with the attribute
 * `cache.name`. Nothing is measured until metrics are collected; then each cache is pruned, as by `getStats`.
 *
 * @returns The caches, to which others can be added.
 * @throws {CacheConfigError} If an option is missing or of the wrong type. Then no instrument is created.
 * @example
 * ```ts
 * observeCaches({ caches: { sessions }, meter: metrics.getMeter('shop') })
 * ```
 */
export declare function observeCaches(options: ObserveCachesOptions): ObservedCaches
