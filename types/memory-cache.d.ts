// The cache of one thread, and the error of the constructors. What must not live here: what both kinds
// of caches have beyond the published class, which is in files by subject; options and what a cache tells
// of itself, which are in memory-options.d.ts.

import type { Batches } from './batches.js'
import type { Disposal } from './disposal.js'
import type { FetchContext, GetOrSetOptions } from './fetches.js'
import type { Iteration } from './iteration.js'
import type { Lifetimes, SetOptions } from './lifetimes.js'
import type { CacheLimits, CacheMetrics, CacheOptions, CacheStats } from './memory-options.js'
import type { CacheView } from './namespaces.js'
import type { Reads } from './reads.js'
import type { Codec } from './shared-options.js'
import type { RestoreOptions, SaveOptions, Snapshots } from './snapshots.js'
import type { Tags } from './tags.js'

/**
 * Thrown by the constructors of the caches, and so by `cached`, for an invalid option or, for a shared store,
 * an option that differs from that of the open store. Its `name` is `'CacheConfigError'`.
 *
 * @example
 * ```ts
 * try {
 *   new MemoryCache({ ttl: -1 })
 * } catch (error) {
 *   if (error instanceof CacheConfigError) console.error(error.message)
 * }
 * ```
 */
export declare class CacheConfigError extends Error {
  /**
   * @param message Which option is wrong, and how.
   * @example
   * ```ts
   * throw new CacheConfigError('ttl must be a non-negative number')
   * ```
   */
  constructor(message: string)
}

/**
 * An in-process cache whose entries expire (`ttl`), and which evicts the least recently used entries (LRU).
 *
 * It belongs to the thread that created it, and cannot be posted to another thread (use `SharedMemoryCache` for
 * that). Values stay in JavaScript: `get` returns the same object that was `set`. Keys and bookkeeping are in
 * native memory, outside the JavaScript heap. `undefined` and `null` are ordinary values: `has` distinguishes a
 * stored `undefined` from a miss.
 *
 * A cache works behind proxies, including proxies that wrap the objects read through them, as Vue's `reactive`
 * does. It cannot be cloned: the methods of a clone throw a `TypeError`.
 *
 * Keys are strings, compared by UTF-16 code unit. Every method that takes a key throws a `TypeError` for
 * anything else (`getOrSet` and `deleteAsync` reject), and the cache does not change.
 *
 * @example
 * ```ts
 * const sessions = new MemoryCache<Session>({ maxSize: 10_000, ttl: 30 * 60 * 1000 })
 * sessions.set(id, { userId: 'ada', permissions: ['read'] })
 * sessions.get(id)?.userId // 'ada', for half an hour
 * ```
 */
export declare class MemoryCache<T> {
  /**
   * Creates an empty cache.
   *
   * An unknown option has no effect, and `NaN` as `maxSize` or `ttl` means no limit; each causes one warning
   * per process (`MemoryCacheWarning`, code `NMC_OPTION`).
   *
   * @throws {CacheConfigError} For an option of the wrong type or a negative number, `NaN` as another
   *   option, or a `maxWeight` above 0 without a `sizeCalculation`.
   * @example
   * ```ts
   * const users = new MemoryCache<User>() // 100 entries, five minutes
   * const pages = new MemoryCache<string>({ maxSize: 0, ttl: 0 }) // no limits
   * ```
   */
  constructor(options?: CacheOptions<T>)

  /**
   * Reads a value and makes its entry the most recently used. Counts a hit or a miss. An expired
   * entry is removed and is a miss.
   *
   * @returns The value, or `undefined` if there is none.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * const session = sessions.get(id)
   * if (session === undefined) redirect('/login')
   * ```
   */
  get(key: string): T | undefined

  /**
   * Reads a value as `get` does or, on a miss, calls `fetcher` and stores what it returns. While a fetch for a
   * key is in progress, further calls for that key wait for it and do not call their own `fetcher`. A failed
   * fetch stores nothing; a value too heavy for `maxWeight` is returned but not stored.
   *
   * @param options {@link GetOrSetOptions}. Default: fetch on a miss, and store the value with the `ttl` of the
   *   cache.
   * @returns A promise of the stored or fetched value. It rejects with an error of `fetcher`, with the
   *   `RangeError` of `set`, with the reason of the `signal`, with a `TimeoutError`, or with a `TypeError` if
   *   the key is not a string or an option is invalid.
   * @example
   * ```ts
   * const user = await users.getOrSet(`user:${id}`, () => database.findUser(id))
   * ```
   */
  getOrSet(key: string, fetcher: () => T | Promise<T>): Promise<T>
  /**
   * With options, `fetcher` is called with a {@link FetchContext}: the key, the signal of the fetch, and the
   * value that the cache still has.
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
   * Whether there is a live entry. Counts no hit or miss and does not change the LRU order, but removes the
   * entry if it has expired.
   *
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * cache.set('nothing', undefined)
   * cache.has('nothing') // true, although get answers undefined
   * ```
   */
  has(key: string): boolean

  /**
   * Stores a value, replacing an old one, and makes its entry the most recently used. If a limit is reached,
   * expired entries are removed first, then the least recently used ones. A value heavier than `maxWeight` is
   * not stored, and an older value under that key is evicted.
   *
   * @param options How long the entry lives, in milliseconds, or {@link SetOptions}. Default: the `ttl` of the
   *   cache.
   * @throws {TypeError} If the key is not a string, or a lifetime is negative, `NaN`, an invalid date, of
   *   another type, or given as both `ttl` and `expiresAt`, or if `tags` is not an array of at most 64 strings.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more. An error of
   *   `sizeCalculation` is passed on. In either case the cache is unchanged.
   * @example
   * ```ts
   * sessions.set(crypto.randomUUID(), { userId: 'ada', permissions: [] })
   * sessions.set(id, session, cookie.maxAge)
   * ```
   */
  set(key: string, value: T, options?: number | SetOptions): void

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
   * Removes all entries and reports each to `onDelete`, least recently used first. Entries that a hook adds in
   * the meantime stay. The statistics are kept.
   *
   * @example
   * ```ts
   * afterEach(() => cache.clear())
   * ```
   */
  clear(): void

  /**
   * Removes the entries whose keys start with `prefix`, least recently used first; `''` removes all.
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
   * Removes the entries whose whole key matches a pattern, least recently used first. `*` matches any number of
   * characters, including none; everything else matches itself. The time is proportional to the text matched,
   * whatever the pattern.
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
   * Prunes, then lists.
   *
   * @returns The keys of the live entries in a new array, least recently used first. With `eviction: 's3-fifo'`
   *   they are in the order in which eviction looks at them: first the small queue of new entries, then the
   *   main queue. `values`, `entries` and bulk deletions use the same order.
   * @example
   * ```ts
   * const ids = sessions.keys()
   * ```
   */
  keys(): string[]

  /**
   * Prunes, then lists.
   *
   * @returns The values of the live entries in a new array, least recently used first.
   * @example
   * ```ts
   * const users = new Set(sessions.values().map((session) => session?.userId))
   * ```
   */
  values(): (T | undefined)[]

  /**
   * Prunes, then lists.
   *
   * @returns The live entries as `[key, value]` in a new array, least recently used first.
   * @example
   * ```ts
   * for (const [id, session] of sessions.entries()) console.log(id, session?.userId)
   * ```
   */
  entries(): [string, T | undefined][]

  /**
   * Returns a view of the entries whose keys start with `prefix`, with the methods of the cache except `dump`,
   * `load`, `save` and `restore`, on keys without the prefix. Nothing is copied, and a view costs
   * almost nothing: creating one for each request is fine.
   *
   * @param prefix Any string; `''` for a view of everything. Prefixes of nested views are concatenated.
   * @returns {@link CacheView}.
   * @throws {TypeError} If the prefix is not a string.
   * @example
   * ```ts
   * const tenant = cache.withNamespace(`tenant:${id}:`)
   * tenant.set('plan', 'free') // cache.get(`tenant:${id}:plan`)
   * tenant.clear() // nothing of other tenants
   * ```
   */
  withNamespace(prefix: string): CacheView<T>

  /**
   * Prunes, then counts.
   *
   * @returns The current counters, in a new object.
   * @example
   * ```ts
   * const { hits, misses, size } = cache.getStats()
   * ```
   */
  getStats(): CacheStats

  /**
   * Measures the cache. Has no side effects.
   *
   * @returns The current figures, in a new object.
   * @example
   * ```ts
   * gauge('sessions_bytes').set(sessions.getMetrics().bytes)
   * ```
   */
  getMetrics(): CacheMetrics

  /**
   * Sets hits, misses, evictions and expirations to 0. The entries stay.
   *
   * @example
   * ```ts
   * report(cache.getStats())
   * cache.resetStats() // the next report starts afresh
   * ```
   */
  resetStats(): void

  /**
   * Changes the limits. Entries that exceed them are removed immediately, as in a `set` of a full cache:
   * expired entries first, then the least recently used ones, each reported to `onExpire` or `onEvict`. A new
   * `ttl` applies to entries written from then on; existing entries keep theirs.
   *
   * @param limits The new limits, see {@link CacheLimits}. Omitted limits do not change.
   * @throws {CacheConfigError} If a limit is of the wrong type or negative, `maxWeight` is `NaN`, or it is
   *   above 0 where it was 0, or 0 where it was above. In each case nothing changes.
   * @example
   * ```ts
   * sessions.resize({ maxSize: 50_000 })
   * ```
   */
  resize(limits: CacheLimits): void

  /** See {@link Snapshots.save}. Example: `await cache.save('pages.snapshot', { codec: 'json' })`. */
  save(
    path: Parameters<Snapshots<T>['save']>[0],
    options?: SaveOptions & {
      /** As in {@link SnapshotOptions}. Default: `'structured'`. Example: `{ codec: 'json' }`. */
      codec?: 'structured' | 'json' | Codec<T>
    },
  ): Promise<{ entries: number; bytes: number }>
  /** See {@link Snapshots.restore}. Example: `await cache.restore('pages.snapshot', { codec: 'json' })`. */
  restore(
    path: Parameters<Snapshots<T>['restore']>[0],
    options?: RestoreOptions & {
      /** As in {@link SnapshotOptions}. Default: `'structured'`. Example: `{ codec: 'json' }`. */
      codec?: 'structured' | 'json' | Codec<T>
    },
  ): Promise<{ entries: number }>

  /**
   * Drops all entries without calling hooks, frees their native memory immediately, and ends `checkInterval`.
   * From then on every method throws an `Error` that says that the cache is closed (async methods reject).
   * Callers that wait in `getOrSet` get the fetched value, which is not stored. Pending deferred hooks still
   * run. The memory of a cache that is not closed is freed when it is garbage-collected. A second call does
   * nothing.
   *
   * A cache with a `snapshot` is first saved, synchronously, unless the snapshot has `onExit: false`; if the
   * save fails, the process emits a warning. A save in progress is stopped.
   *
   * @example
   * ```ts
   * const rendered = new MemoryCache<string>({ maxSize: 0 })
   * try {
   *   await exportSite(rendered)
   * } finally {
   *   rendered.close()
   * }
   * ```
   */
  close(): void

  /**
   * Waits for the hooks of all events so far, if `hookDelivery` is `'deferred'`, and for the hooks of events
   * that they cause.
   *
   * @returns A promise that never rejects; with `'sync'` it is already resolved.
   * @example
   * ```ts
   * process.once('SIGTERM', async () => {
   *   await sessions.flushHooks() // the audit log is complete
   *   process.exit()
   * })
   * ```
   */
  flushHooks(): Promise<void>

  /**
   * Removes all expired entries now and reports each to `onExpire`: first those with their own lifetimes, then
   * the others, each in the order in which they expired.
   *
   * @returns The number of removed entries.
   * @example
   * ```ts
   * setInterval(() => sessions.prune(), 60_000).unref()
   * ```
   */
  prune(): number
}

// What both kinds of caches have beyond the published class is documented once, by subject. Each subject is a
// class that exists in types alone: of classes, unlike interfaces, the compiler knows that `{ ...cache }`
// does not have the methods.
export interface MemoryCache<T>
  extends Batches<T>, Disposal, Iteration<T>, Lifetimes<T>, Reads<T>, Snapshots<T>, Tags {}
