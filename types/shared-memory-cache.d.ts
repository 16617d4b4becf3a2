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
 * A handle on a named store that all threads of the process share. What one thread writes, every
 * other one reads with its next call; each method is one atomic step.
 *
 * Values go in and come out as copies: `get` returns a new object each time (unless `nearCache` is
 * on), and a change to it is not stored until it is `set`. Keys, as in `MemoryCache`, are strings
 * compared by UTF-16 code unit; with anything else every method that takes a key throws a `TypeError`
 * (async methods reject) and the store stays as it was.
 *
 * The store ends when its last handle is closed, is garbage-collected or has ended with its thread.
 * After `close` the methods throw an `Error` that says so; after `destroy`, those that need the store.
 *
 * @example
 * ```ts
 * // In every worker: the same sessions.
 * const sessions = new SharedMemoryCache<Session>({ name: 'sessions', maxSize: 10_000 })
 * sessions.set(id, { userId: 'ada', permissions: ['read'] })
 * ```
 */
export declare class SharedMemoryCache<T> {
  /**
   * Opens the store of this name, or makes it.
   *
   * An option that does not exist has no effect, and `NaN` as `maxSize` or `ttl` means no limit; of each
   * the process is warned once (`MemoryCacheWarning`, code `NMC_OPTION`).
   *
   * @throws {CacheConfigError} For a missing name, an option of the wrong type, a negative number, `NaN`
   *   as another option, or an option other than the store is open with: the message has both values.
   * @example
   * ```ts
   * const limits = new SharedMemoryCache<number>({ name: 'rate limits', maxSize: 0, ttl: 60_000 })
   * const again = new SharedMemoryCache<number>({ name: 'rate limits' })
   * ```
   */
  constructor(options: SharedCacheOptions<T>)

  /**
   * Lists the stores that are open in the process, on whichever thread.
   *
   * @returns Their names in a new array, sorted by code point.
   * @example
   * ```ts
   * SharedMemoryCache.names() // ['rate limits', 'sessions']
   * ```
   */
  static names(): string[]

  /**
   * Opens a store that is already open in the process, and makes none: for threads that must not be
   * the first. All options but the handle's own are the store's.
   *
   * @throws {TypeError} If the name is not a string.
   * @throws {Error} With the code `'ERR_NO_SUCH_STORE'`, if no store of this name is open.
   * @throws {CacheConfigError} For an option of the wrong type, or a codec other than the store's.
   * @example
   * ```ts
   * const sessions = SharedMemoryCache.attach<Session>('sessions', { nearCache: true })
   * ```
   */
  static attach<T>(name: string, options?: SharedAttachOptions<T>): SharedMemoryCache<T>

  /**
   * Ends a store for all threads and frees its memory. Its entries are reported to `onDelete` with the
   * source `'clear'`, a caller that waits in `getOrSet` for another caller is rejected, and handles that are
   * open become useless. The name is free for a new store at once.
   *
   * @returns `true` if there was one.
   * @throws {TypeError} If the name is not a string.
   * @example
   * ```ts
   * afterEach(() => SharedMemoryCache.destroy('sessions'))
   * ```
   */
  static destroy(name: string): boolean

  /** The store's name. It can be read after `close` too. Example: `log(sessions.name)`. */
  get name(): string

  /**
   * Reads a copy of a value and makes its entry the most recently used. Counts a hit or a miss. An
   * expired entry is removed and is a miss.
   *
   * @returns The value, or `undefined` if there is none.
   * @throws {TypeError} If the key is not a string. What a codec's `decode` throws is passed on.
   * @example
   * ```ts
   * const session = sessions.get(id)
   * if (session === undefined) redirect('/login')
   * ```
   */
  get(key: string): T | undefined

  /**
   * Reads a value as `get` does or, on a miss, calls `fetcher` and stores what it returns. While a
   * fetch for a key is under way on any thread, further calls for that key wait for it and call no
   * `fetcher`. If the thread that fetches ends, a waiting call fetches with its own `fetcher`. The
   * caller whose `fetcher` ran gets the value itself, the others get copies. A failed fetch stores nothing;
   * a value too large for `maxBytes`, or for a key that was written or removed meanwhile, is returned, not
   * stored. Waiting keeps the process alive; a refresh in the background does not.
   *
   * @param options {@link GetOrSetOptions}. Default: fetch on a miss, store what comes for the `ttl` of the
   *   store.
   * @returns A promise of the stored or fetched value. It rejects with what `fetcher` throws (other
   *   threads get a structured clone of it), with the error of `set`, with the reason of the `signal` or the
   *   `TimeoutError` by which the caller leaves, with an `Error` if the store is destroyed meanwhile, or with
   *   a `TypeError` if the key is not a string or an option makes no sense.
   * @example
   * ```ts
   * const user = await users.getOrSet(`user:${id}`, () => database.findUser(id))
   * ```
   */
  getOrSet(key: string, fetcher: () => T | Promise<T>): Promise<T>
  /**
   * With options, `fetcher` is called with a {@link FetchContext}: the key, the fetch's own signal, and what the
   * store still has.
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
  /** Where it is open whether there are options. Example: `cache.getOrSet(key, load, options)`. */
  getOrSet(
    key: string,
    fetcher: (context?: FetchContext<T>) => T | Promise<T>,
    options?: GetOrSetOptions<T>,
  ): Promise<T>

  /**
   * Whether there is a live entry. Counts no hit or miss and leaves the LRU order alone, but removes
   * the entry if it is expired.
   *
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * if (revoked.has(tokenId)) throw new Error('signed out')
   * ```
   */
  has(key: string): boolean

  /**
   * Stores a copy of a value, new or in place of the old, and makes its entry the most recently used.
   * At a limit, expired entries go first, then the least recently used. A value too large for
   * `maxBytes` is not stored, and an older value under that key is evicted.
   *
   * @param options How long the entry lives, in milliseconds, or {@link SetOptions}. Default: as long as
   *   the `ttl` of the store says.
   * @throws {TypeError} If the key is not a string, or a lifetime is negative, `NaN`, an invalid date, of
   *   another type, or given as both `ttl` and `expiresAt`, or `tags` are no array of strings, or more than 64.
   * @throws {DOMException} Named `'DataCloneError'`, if the value cannot be cloned. What a codec's
   *   `encode` throws is passed on. In each case the store is unchanged.
   * @example
   * ```ts
   * sessions.set(crypto.randomUUID(), { userId: 'ada', permissions: [] })
   * sessions.set(id, session, cookie.maxAge)
   * ```
   */
  set(key: string, value: T, options?: number | SetOptions): void

  /**
   * Stores as `set` does, but only if there is no live entry: of several threads, one succeeds. With an
   * `expiresAt` that is past nothing is stored and nothing removed.
   *
   * @param options As those of `set`.
   * @returns `true` if it stored the value; `false` if there was one, or if it is too large.
   * @throws What `set` throws.
   * @example
   * ```ts
   * if (jobs.setIfAbsent(jobId, threadId)) await run(jobId) // on one thread only
   * ```
   */
  setIfAbsent(key: string, value: T, options?: number | SetOptions): boolean

  /**
   * Stores as `set` does, but only if there is a live entry: what another thread has removed is not
   * brought back. Of an `expiresAt` that is past, nothing is stored and the entry is removed as expired.
   *
   * @param options As those of `set`.
   * @returns `true` if it stored the value; `false` if there was none, or if it is too large or past.
   * @throws What `set` throws.
   * @example
   * ```ts
   * if (!sessions.replace(id, session)) redirect('/login') // signed out meanwhile
   * ```
   */
  replace(key: string, value: T, options?: number | SetOptions): boolean

  /**
   * Makes a new value of the one that is there: reads it as `peek` does, calls `fn` without any lock and
   * stores what it returns as `set` does, if nobody has written to the entry meanwhile and it has not expired; else it reads and
   * calls `fn` again. No update of any thread is lost. Counts no hit or miss.
   *
   * @param fn Gets a copy of the value, `undefined` if there is no live entry, and returns the new one, or
   *   `undefined` to remove the entry. It may run several times; if it writes to the entry itself, without end. What
   *   has expired and is kept is no live entry, and is gone afterwards; a fetch under way is overtaken.
   * @param options As those of `set`: without any, the entry lives as long as the `ttl` of the store says. Without
   *   `tags` a live entry keeps those that it has.
   * @returns What `fn` returned, if that was stored; `undefined` if there is no entry now: it was removed,
   *   or what `fn` returned is too large, or the `expiresAt` is past.
   * @throws {TypeError} If the key is not a string, `fn` not a function or what it returns a promise. What
   *   `fn` throws, and what `set` and `peek` throw, is passed on. In each case the store is unchanged.
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
   * Adds to a number in one step; with no live entry it starts at `by`. The entry becomes the most
   * recently used and keeps its deadline. Counts no hit or miss.
   *
   * @param by What to add; may be negative. Default: `1`.
   * @returns The sum.
   * @throws {TypeError} If the key is not a string, `by` or the `ttl` not a number, `options` no object, the entry
   *   holds something else, which includes a number that a codec of your own has encoded, or the sum would be `NaN`.
   * @throws {RangeError} If there is no live entry and the key is too long for one in a store of `maxBytes`: a
   *   limiter is to refuse such a client, whose requests nobody can count. In each case nothing has changed.
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
   * `increment` that tells what came of the entry, in the same step: all that a rate limiter needs.
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
   * @returns A promise of `true` if there was one. It rejects with a `TypeError` if the key is not a
   *   string.
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
   * @returns How many it removed.
   * @throws {TypeError} If the prefix is not a string.
   * @example
   * ```ts
   * cache.deleteByPrefix(`user:${id}:`) // everything known about one user
   * ```
   */
  deleteByPrefix(prefix: string): number

  /**
   * Removes the entries whose whole key matches a pattern, shard by shard. `*` stands for any
   * characters, or none; all else stands for itself. Takes time in proportion to the text matched.
   *
   * @returns How many it removed.
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
   * @returns The number of live entries.
   * @example
   * ```ts
   * console.log(`${sessions.size()} people are signed in`)
   * ```
   */
  size(): number

  /**
   * Prunes, then lists. Other threads may write meanwhile: each shard is read in one step.
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
   * Prunes, then walks over the entries there are at the call, as `entries` lists them: each value is a copy.
   *
   * @returns An iterator of `[key, value]`, in the order of `keys`.
   * @example
   * ```ts
   * for (const [id, session] of sessions) console.log(id, session?.userId)
   * ```
   */
  [Symbol.iterator](): IterableIterator<[string, T | undefined]>

  /**
   * A view of the entries whose keys start with `prefix`, with every method of the cache, on keys without
   * it. Nothing is copied, and a view costs next to nothing: one for each request is fine.
   *
   * @param prefix Any string; `''` for a view of everything. Views of views join their prefixes.
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
   * @returns The counters of the store, to which all threads add. `weight` is in bytes, and 0 without
   *   `maxBytes`.
   * @example
   * ```ts
   * const { hits, misses, size } = sessions.getStats()
   * ```
   */
  getStats(): CacheStats

  /**
   * Sets other limits of the store, for all threads. What is over them goes at once, shard by shard:
   * expired entries first, then the least recently used, each told to `onExpire` or `onEvict`. Limits are
   * divided among the shards there are, and each holds at least one entry. Who attaches later is compared
   * with the new ones. Tables do not shrink, and what small entries leave behind in them counts for
   * `maxBytes`: a store that is made much smaller may lose more than the rest.
   *
   * @param limits The new limits, see {@link SharedCacheLimits}. What is left out stays.
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
   * Removes all expired entries now and reports each to `onExpire`. Seldom needed: a native thread
   * does it when they are due.
   *
   * @returns How many it removed.
   * @example
   * ```ts
   * const expired = sessions.prune()
   * ```
   */
  prune(): number

  /**
   * Measures the store.
   *
   * @returns The figures as they stand now, in a new object.
   * @example
   * ```ts
   * gauge('sessions_bytes').set(sessions.getMetrics().bytes)
   * ```
   */
  getMetrics(): SharedCacheMetrics

  /**
   * Releases the handle; the store ends with its last one. Hooks of events that are still waiting are
   * not called. A fetch under way still answers whoever waits for it, but its value is not stored.
   * A second call does nothing. A store with a `snapshot` is saved as it ends, synchronously, unless that has `onExit: false`.
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
