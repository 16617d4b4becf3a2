// The cache that all threads of a process share. What must not live here: what both kinds of caches have
// beyond the published class, which is in files by subject; its options and metrics, which are in
// shared-options.d.ts; and how it works, which is in docs/threads.md.

import type { Batches } from './batches.js'
import type { Disposal } from './disposal.js'
import type { FetchContext, GetOrSetOptions } from './fetches.js'
import type { Iteration } from './iteration.js'
import type { Lifetimes, SetOptions } from './lifetimes.js'
import type { CacheStats } from './memory-options.js'
import type { SharedCacheView } from './namespaces.js'
import type { Reads } from './reads.js'
import type {
  IncrementEntryOptions,
  IncrementOptions,
  IncrementedEntry,
  SharedAttachOptions,
  SharedCacheLimits,
  SharedCacheMetrics,
  SharedCacheOptions,
} from './shared-options.js'
import type { Snapshots } from './snapshots.js'
import type { Tags } from './tags.js'

/**
 * A handle on a named store that all threads of the process share. A write on one thread is visible to the next call on
 * every other thread. Methods that take one key are one atomic step, except `update`, which retries, and `getOrSet`;
 * methods for many entries are not atomic as a whole.
 *
 * Values are copied in and out. `get` returns a new object each time (unless `nearCache` is on), and a change to it is
 * not stored until it is `set`. As in `MemoryCache`, keys are strings, compared by UTF-16 code unit. Every method that
 * takes a key throws a `TypeError` for anything else (async methods reject); the store does not change.
 *
 * The store ends with its last handle, and its entries with it: when that is closed, is garbage-collected or its thread
 * ends. A handle that no later code uses is garbage-collected, even in a `const` at the top level of a module. Keep one on
 * the main thread, in an `export` that is in use or on `globalThis`, and open the store in workers with
 * {@link SharedMemoryCache.attach}, which creates no empty store with default options in its place. After `close`, all
 * methods throw an `Error`; after `destroy`, those that need the store do.
 *
 * @example
 * ```ts
 * // sessions.ts, which the main thread and all workers import: the same sessions for all.
 * export const sessions = isMainThread
 *   ? new SharedMemoryCache<Session>({ name: 'sessions', maxSize: 10_000 })
 *   : SharedMemoryCache.attach<Session>('sessions')
 * sessions.set(id, { userId: 'ada', permissions: ['read'] })
 * ```
 */
export declare class SharedMemoryCache<T> {
  /**
   * Opens the store with this name, or creates it.
   *
   * An unknown option has no effect, and `NaN` as `maxSize` or `ttl` means no limit; each causes one warning per
   * process (`MemoryCacheWarning`, code `NMC_OPTION`).
   *
   * @throws {CacheConfigError} For a missing name, an option of the wrong type, a negative number, `NaN` as another
   *   option, or an option that differs from that of the open store: the message has both values.
   * @example
   * ```ts
   * const limits = new SharedMemoryCache<number>({ name: 'rate limits', maxSize: 0, ttl: 60_000 })
   * const again = new SharedMemoryCache<number>({ name: 'rate limits' })
   * ```
   */
  constructor(options: SharedCacheOptions<T>)

  /**
   * Lists the stores that are open in the process, on any thread.
   *
   * @returns Their names in a new array, sorted by code point.
   * @example
   * ```ts
   * SharedMemoryCache.names() // ['rate limits', 'sessions']
   * ```
   */
  static names(): string[]

  /**
   * Opens a store only if it is already open in the process: for threads that must not create it. All options that do
   * not belong to a handle are those of the store.
   *
   * @throws {TypeError} If the name is not a string.
   * @throws {Error} With the code `'ERR_NO_SUCH_STORE'`, if no store of this name is open.
   * @throws {CacheConfigError} For an option of the wrong type, or a codec that differs from that of the store.
   * @example
   * ```ts
   * const sessions = SharedMemoryCache.attach<Session>('sessions', { nearCache: true })
   * ```
   */
  static attach<T>(name: string, options?: SharedAttachOptions<T>): SharedMemoryCache<T>

  /**
   * Ends a store for all threads and frees its memory. Its entries are reported to `onDelete` with the source
   * `'clear'`, callers that wait in `getOrSet` for another caller are rejected, and open handles become unusable. The
   * name can be used for a new store immediately.
   *
   * @returns `true` if there was one.
   * @throws {TypeError} If the name is not a string.
   * @example
   * ```ts
   * afterEach(() => SharedMemoryCache.destroy('sessions'))
   * ```
   */
  static destroy(name: string): boolean

  /** The name of the store. It can also be read after `close`. Example: `log(sessions.name)`. */
  get name(): string

  /**
   * Reads a copy of a value and makes its entry the most recently used. Counts a hit or a miss. An expired entry is
   * removed and is a miss.
   *
   * @returns The value, or `undefined` if there is none.
   * @throws {TypeError} If the key is not a string. An error of the codec's `decode` is passed on.
   * @example
   * ```ts
   * const session = sessions.get(id)
   * if (session === undefined) redirect('/login')
   * ```
   */
  get(key: string): T | undefined

  /**
   * Reads a value as `get` does or, on a miss, calls `fetcher` and stores what it returns. While a fetch for a key is
   * in progress on any thread, further calls for that key wait for it and do not call their own `fetcher`. If the
   * thread that fetches ends, a waiting call takes over with its own `fetcher`. The caller whose `fetcher` ran gets the
   * value itself, the others copies. A failed fetch stores nothing; a value that is too large for `maxBytes`, or whose
   * key was written or removed during the fetch, is returned but not stored. Waiting keeps the process alive; a
   * background refresh does not.
   *
   * @param options {@link GetOrSetOptions}. Default: fetch on a miss, and store the value with the `ttl` of the store.
   * @returns A promise of the stored or fetched value. It rejects with an error of `fetcher` (a structured clone on
   *   other threads), with an error of `set`, with the reason of the `signal`, with a `TimeoutError`, with an `Error`
   *   if the store is destroyed during the fetch, or with a `TypeError` if the key is not a string or an option is
   *   invalid.
   * @example
   * ```ts
   * const user = await users.getOrSet(`user:${id}`, () => database.findUser(id))
   * ```
   */
  getOrSet(key: string, fetcher: () => T | Promise<T>): Promise<T>
  /**
   * With options, `fetcher` is called with a {@link FetchContext}: the key, the signal of the fetch, and the value that
   * the store still has.
   *
   * @example
   * ```ts
   * const load = ({ signal }: FetchContext<User>) => database.findUser(id, { signal })
   * const user = await users.getOrSet(`user:${id}`, load, { timeout: 2000, staleIfError: 60_000 })
   * ```
   */
  getOrSet(
    key: string,
    fetcher: (context: FetchContext<T>) => T | Promise<T>,
    options: GetOrSetOptions<T>,
  ): Promise<T>
  /** For code that may or may not pass options. Example: `cache.getOrSet(key, load, options)`. */
  getOrSet(
    key: string,
    fetcher: (context?: FetchContext<T>) => T | Promise<T>,
    options?: GetOrSetOptions<T>,
  ): Promise<T>

  /**
   * Whether there is a live entry. Counts no hit or miss and does not change the LRU order, but removes the entry if it
   * has expired.
   *
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * if (revoked.has(tokenId)) throw new Error('signed out')
   * ```
   */
  has(key: string): boolean

  /**
   * Stores a copy of a value, replacing an old one, and makes its entry the most recently used. If a limit is reached,
   * expired entries are removed first, then the least recently used ones. A value too large for `maxBytes` is not
   * stored, and an older value under that key is evicted.
   *
   * @param options How long the entry lives, in milliseconds, or {@link SetOptions}. Default: the `ttl` of the store.
   * @throws {TypeError} If the key is not a string, or a lifetime is negative, `NaN`, an invalid date, of another type,
   *   or given as both `ttl` and `expiresAt`, or if `tags` is not an array of at most 64 strings.
   * @throws {DOMException} Named `'DataCloneError'`, if the value cannot be cloned. An error of the codec's `encode` is
   *   passed on. In each case the store is unchanged.
   * @example
   * ```ts
   * sessions.set(crypto.randomUUID(), { userId: 'ada', permissions: [] })
   * sessions.set(id, session, cookie.maxAge)
   * ```
   */
  set(key: string, value: T, options?: number | SetOptions): void

  /**
   * Stores as `set` does, but only if there is no live entry: if several threads call it, one succeeds. With an
   * `expiresAt` in the past, nothing is stored or removed.
   *
   * @param options The same as for `set`.
   * @returns `true` if it stored the value; `false` if there was an entry, or if the value is too large.
   * @throws What `set` throws.
   * @example
   * ```ts
   * if (jobs.setIfAbsent(jobId, threadId)) await run(jobId) // on one thread only
   * ```
   */
  setIfAbsent(key: string, value: T, options?: number | SetOptions): boolean

  /**
   * Stores as `set` does, but only if there is a live entry: an entry that another thread has removed is not brought
   * back. With an `expiresAt` in the past, nothing is stored, and the entry is removed as expired.
   *
   * @param options The same as for `set`.
   * @returns `true` if it stored the value; `false` if there was no entry, or if the value is too large or the
   *   `expiresAt` is in the past.
   * @throws What `set` throws.
   * @example
   * ```ts
   * if (!sessions.replace(id, session)) redirect('/login') // signed out in the meantime
   * ```
   */
  replace(key: string, value: T, options?: number | SetOptions): boolean

  /**
   * Computes a new value from the current one: reads it as `peek` does, calls `fn` without a lock, and stores the
   * result as `set` does if the entry was not written and has not expired in the meantime; otherwise it reads and calls
   * `fn` again. No update by any thread is lost. Counts no hit or miss.
   *
   * @param fn Gets a copy of the value, `undefined` if there is no live entry, and returns the new value, or
   *   `undefined` to remove the entry. It may run several times. It must not write to the entry itself, or it runs
   *   forever. A stale entry does not count as live and is removed; the result of a fetch in progress is not stored.
   * @param options The same as for `set`. Default: the `ttl` of the store. Without `tags`, a live entry keeps its tags.
   * @returns The result of `fn` if it was stored; `undefined` if there is no entry now, because it was removed, the
   *   result is too large, or the `expiresAt` is in the past.
   * @throws {TypeError} If the key is not a string, `fn` is not a function, or `fn` returns a promise. Errors of `fn`,
   *   and those of `set` and `peek`, are passed on. In each case the store is unchanged.
   * @example
   * ```ts
   * carts.update(id, (cart = { items: [] }) => ({ ...cart, items: [...cart.items, item] }))
   * ```
   */
  update(
    key: string,
    fn: (value: T | undefined) => T | undefined,
    options?: number | SetOptions,
  ): T | undefined

  /**
   * Adds to a number in one step; with no live entry it starts at `by`. The entry becomes the most recently used and
   * keeps its deadline. Counts no hit or miss.
   *
   * @param by What to add; may be negative. Default: `1`.
   * @returns The sum.
   * @throws {TypeError} If the key is not a string, `by` or `ttl` is not a number, `options` is not an object, the
   *   entry is not a number or is one that a custom codec has encoded, or the sum would be `NaN`.
   * @throws {RangeError} If there is no live entry and the key is too long for `maxBytes`: a rate limiter should reject
   *   such a client, because its requests cannot be counted. In each case nothing has changed.
   * @example
   * ```ts
   * const requests = limits.increment(address, 1, { ttl: 60_000 })
   * if (requests > 100) reply(429)
   * ```
   */
  increment(
    this: number extends T ? SharedMemoryCache<T> : never,
    key: string,
    by?: number,
    options?: IncrementOptions,
  ): number

  /**
   * Does what `increment` does and also returns the state of the entry, in one step: all that a rate limiter needs.
   *
   * @param by What to add; may be negative. Default: `1`.
   * @returns {@link IncrementedEntry}; with `onlyIfPresent`, `undefined` if there is no live entry.
   * @throws What `increment` throws; a `TypeError` as well if `onlyIfPresent` is not a boolean.
   * @example
   * ```ts
   * const { value, remainingTtl } = limits.incrementEntry(address, 1, { ttl: 60_000 })
   * if (value > 100) reply(429, { 'retry-after': Math.ceil(remainingTtl / 1000) })
   * ```
   */
  incrementEntry(
    this: number extends T ? SharedMemoryCache<T> : never,
    key: string,
    by?: number,
    options?: IncrementEntryOptions & { onlyIfPresent?: false },
  ): IncrementedEntry
  incrementEntry(
    this: number extends T ? SharedMemoryCache<T> : never,
    key: string,
    by?: number,
    options?: IncrementEntryOptions,
  ): IncrementedEntry | undefined

  /**
   * Removes an entry, expired or not.
   *
   * @returns `true` if there was one.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * if (sessions.delete(id)) console.log('signed out')
   * ```
   */
  delete(key: string): boolean

  /**
   * `delete` for code that expects a promise. The entry is gone when the call returns.
   *
   * @returns A promise of `true` if there was one. It rejects with a `TypeError` if the key is not a string.
   * @example
   * ```ts
   * const removed = await sessions.deleteAsync(id)
   * ```
   */
  deleteAsync(key: string): Promise<boolean>

  /**
   * Removes all entries, shard by shard, and reports each to `onDelete`. The statistics are kept.
   *
   * @example
   * ```ts
   * afterEach(() => sessions.clear())
   * ```
   */
  clear(): void

  /**
   * Removes the entries whose keys start with `prefix`, shard by shard; `''` removes all.
   *
   * @returns The number of removed entries.
   * @throws {TypeError} If the prefix is not a string.
   * @example
   * ```ts
   * cache.deleteByPrefix(`user:${id}:`) // everything known about one user
   * ```
   */
  deleteByPrefix(prefix: string): number

  /**
   * Removes the entries whose whole key matches a pattern, shard by shard. `*` matches any number of characters,
   * including none; everything else matches itself. The time is proportional to the text matched.
   *
   * @returns The number of removed entries.
   * @throws {TypeError} If the pattern is not a string.
   * @example
   * ```ts
   * cache.deleteByMagicString('user:*:avatar') // the avatars of all users
   * ```
   */
  deleteByMagicString(pattern: string): number

  /**
   * Prunes, then counts.
   *
   * @returns The number of live entries, and of stale ones that are kept for `getOrSet`.
   * @example
   * ```ts
   * console.log(`${sessions.size()} people are signed in`)
   * ```
   */
  size(): number

  /**
   * Prunes, then lists. Each shard is read in one step; other threads may write in between.
   *
   * @returns The keys in a new array, shard by shard, in each least recently used first.
   * @example
   * ```ts
   * const ids = sessions.keys()
   * ```
   */
  keys(): string[]

  /**
   * Prunes, then lists and decodes: each value is a copy.
   *
   * @returns The values in a new array, in the order of `keys`.
   * @example
   * ```ts
   * const users = new Set(sessions.values().map((session) => session?.userId))
   * ```
   */
  values(): (T | undefined)[]

  /**
   * Prunes, then lists and decodes: each value is a copy.
   *
   * @returns The entries as `[key, value]` in a new array, in the order of `keys`.
   * @example
   * ```ts
   * for (const [id, session] of sessions.entries()) console.log(id, session?.userId)
   * ```
   */
  entries(): [string, T | undefined][]

  /**
   * Prunes, then iterates over the entries that exist at the time of the call, as `entries` lists them: each value is a
   * copy.
   *
   * @returns An iterator of `[key, value]`, in the order of `keys`.
   * @example
   * ```ts
   * for (const [id, session] of sessions) console.log(id, session?.userId)
   * ```
   */
  [Symbol.iterator](): IterableIterator<[string, T | undefined]>

  /**
   * Returns a view of the entries whose keys start with `prefix`, with the methods of the cache except `dump`, `load`,
   * `save` and `restore`, on keys without the prefix. Nothing is copied: creating a view for each request is fine.
   *
   * @param prefix Any string; `''` for a view of everything. Prefixes of nested views are concatenated.
   * @returns {@link SharedCacheView}.
   * @throws {TypeError} If the prefix is not a string.
   * @example
   * ```ts
   * const tenant = cache.withNamespace(`tenant:${id}:`)
   * tenant.set('plan', 'free') // cache.get(`tenant:${id}:plan`)
   * tenant.clear() // nothing of other tenants
   * ```
   */
  withNamespace(prefix: string): SharedCacheView<T>

  /**
   * Prunes, then counts.
   *
   * @returns The counters of the store, for all threads together. `weight` is in bytes, and 0 without `maxBytes`.
   * @example
   * ```ts
   * const { hits, misses, size } = sessions.getStats()
   * ```
   */
  getStats(): CacheStats

  /**
   * Changes the limits of the store for all threads. Entries that exceed them are removed immediately, shard by shard:
   * expired entries first, then the least recently used ones, each reported to `onExpire` or `onEvict`. The limits are
   * divided among the existing shards, each of which holds at least one entry. Later handles must agree with the new
   * limits. Tables do not shrink, and the room of removed small entries counts against `maxBytes`: a store that is made
   * much smaller can lose more entries than expected.
   *
   * @param limits The new limits, see {@link SharedCacheLimits}. Omitted limits do not change.
   * @throws {CacheConfigError} If a limit is of the wrong type or negative. Nothing changes then.
   * @example
   * ```ts
   * sessions.resize({ maxSize: 0, maxBytes: 256 << 20 })
   * ```
   */
  resize(limits: SharedCacheLimits): void

  /**
   * Sets hits, misses, evictions and expirations of the store to 0, for all threads.
   *
   * @example
   * ```ts
   * sessions.resetStats()
   * ```
   */
  resetStats(): void

  /**
   * Removes all expired entries now and reports each to `onExpire`. Rarely needed: a native thread does this when they
   * are due.
   *
   * @returns The number of removed entries.
   * @example
   * ```ts
   * const expired = sessions.prune()
   * ```
   */
  prune(): number

  /**
   * Measures the store.
   *
   * @returns The current figures, in a new object.
   * @example
   * ```ts
   * gauge('sessions_bytes').set(sessions.getMetrics().bytes)
   * ```
   */
  getMetrics(): SharedCacheMetrics

  /**
   * Releases the handle; the store ends with its last handle. Hooks of pending events are not called. A fetch in
   * progress still answers the callers that wait for it, but its value is not stored. A second call does nothing. A
   * store with a `snapshot` is saved when it ends, synchronously, unless the snapshot has `onExit: false`.
   *
   * @example
   * ```ts
   * process.once('SIGTERM', () => sessions.close())
   * ```
   */
  close(): void
}

// See MemoryCache: classes of types alone.
export interface SharedMemoryCache<T>
  extends Batches<T>, Disposal, Iteration<T>, Lifetimes<T>, Reads<T>, Snapshots<T>, Tags {}
