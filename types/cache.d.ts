// What both kinds of caches can do. What must not live here: documentation of the members, which is
// with the classes and, by subject, in files of their own.

import type { Batches } from './batches.js'
import type { Disposal } from './disposal.js'
import type { GetOrSetOptions } from './fetches.js'
import type { Iteration } from './iteration.js'
import type { Lifetimes } from './lifetimes.js'
import type { MemoryCache } from './memory-cache.js'
import type { CacheLimits, CacheMetrics } from './memory-options.js'
import type { Reads } from './reads.js'
import type { Tags } from './tags.js'

/**
 * What {@link MemoryCache}, `SharedMemoryCache` and the class of `@humanspeak/memory-cache` have in common: the
 * type for code that should work with any of them, and for fakes in tests.
 *
 * @example
 * ```ts
 * function signOut(sessions: Cache<Session>, userId: string): void {
 *   for (const [id, session] of sessions.entries()) {
 *     if (session?.userId === userId) sessions.delete(id)
 *   }
 * }
 * ```
 */
export interface Cache<T> extends Pick<
  MemoryCache<T>,
  | 'clear'
  | 'delete'
  | 'deleteAsync'
  | 'deleteByMagicString'
  | 'deleteByPrefix'
  | 'entries'
  | 'get'
  | 'getStats'
  | 'has'
  | 'keys'
  | 'prune'
  | 'resetStats'
  | 'set'
  | 'size'
  | 'values'
> {
  /** See {@link MemoryCache.getOrSet}. Example: `cache.getOrSet(key, () => load(key))`. */
  getOrSet(key: string, fetcher: () => T | Promise<T>, options?: GetOrSetOptions<T>): Promise<T>
}

/**
 * What {@link MemoryCache} and `SharedMemoryCache` have in common: the type for code that should work with
 * either.
 *
 * @example
 * ```ts
 * function keepSignedIn(sessions: ExtendedCache<Session>, id: string, maxAge: number): boolean {
 *   return sessions.touch(id, maxAge)
 * }
 * ```
 */
export interface ExtendedCache<T>
  extends
    Omit<Cache<T>, 'getOrSet'>,
    Pick<
      MemoryCache<T>,
      | 'close'
      | 'getOrSet'
      | keyof Batches<T>
      | keyof Disposal
      | keyof Lifetimes<T>
      | keyof Reads<T>
      | keyof Tags
      | Exclude<keyof Iteration<T>, 'forEach'>
    > {
  /** See {@link MemoryCache.forEach}. Example: `cache.forEach((value, key) => console.log(key, value))`. */
  forEach(
    callback: (value: T | undefined, key: string, cache: this) => void,
    thisArg?: unknown,
  ): void
  /** The metrics of both kinds. Example: `gauge('bytes').set(cache.getMetrics().bytes)`. */
  getMetrics(): Pick<CacheMetrics, 'bytes' | 'entries'>
  /** See {@link MemoryCache.withNamespace}. Example: `cache.withNamespace('orders:').clear()`. */
  withNamespace(prefix: string): ExtendedCache<T>
  /** See {@link MemoryCache.resize}. Example: `cache.resize({ maxSize: 50_000 })`. */
  resize(limits: Pick<CacheLimits, 'maxSize'>): void
}
