// What the adapters share in their types. What must not live here: anything of one library.

import type { CacheOptions, MemoryCache, SharedCacheOptions, SharedMemoryCache } from '../index.js'

/**
 * The cache of an adapter: a cache of either kind, or options for one, with the usual defaults. Options with a `name`
 * create a `SharedMemoryCache`, others a `MemoryCache`.
 *
 * @example
 * ```ts
 * const sources: CacheSource<string>[] = [
 *   new MemoryCache<string>({ maxSize: 10_000 }),
 *   { maxSize: 10_000, ttl: 30 * 60 * 1000 },
 *   { name: 'sessions', maxSize: 10_000, ttl: 30 * 60 * 1000 },
 * ]
 * ```
 */
export type CacheSource<Local, Shared = Local> =
  MemoryCache<Local> | SharedMemoryCache<Shared> | CacheOptions<Local> | SharedCacheOptions<Shared>
