// What the adapters share in their types. What must not live here: anything of one library.

import type { CacheOptions, MemoryCache, SharedCacheOptions, SharedMemoryCache } from '../index.js'

/**
 * The cache of an adapter: a ready one of either kind, or the options of one, with all their defaults.
 * Options that have a `name` are those of a `SharedMemoryCache`, others those of a `MemoryCache`.
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
