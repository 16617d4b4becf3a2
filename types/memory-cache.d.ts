// The cache of one thread: its options, its statistics, its errors. What must not live here: what
// only shared caches have. The data shapes are type aliases, as in hooks.d.ts and for its reason.

import type { CacheHooks } from './hooks.js'
import type { FetchContext, GetOrSetOptions } from './fetches.js'
import type { EntryInfo, SetOptions } from './lifetimes.js'
import type { CacheView } from './namespaces.js'

declare global {
  // As in the compiler's own library, of which a program's `lib` need not have this part.
  interface SymbolConstructor {
    readonly dispose: unique symbol
  }
}

/**
 * How a {@link MemoryCache} is set up. An option left out, `undefined` or `null` takes its default.
 *
 * @example
 * ```ts
 * const options: CacheOptions<Session> = { maxSize: 10_000, ttl: 30 * 60 * 1000 }
 * ```
 */
export type CacheOptions<T = unknown> = {
  /**
   * The most entries held at a time; the least recently used make room for new ones.
   * `0` and `Infinity` mean no limit. Default: `100`. Example: `{ maxSize: 10_000 }`.
   */
  maxSize?: number
  /**
   * The most weight held at a time, in the unit of `sizeCalculation`, which a limit above 0
   * requires. `0` means that nothing is weighed. Default: `0`. `maxSize` still applies beside it.
   *
   * @example
   * ```ts
   * // At most 8 MiB of text, however many pages that is.
   * new MemoryCache<Buffer>({ maxSize: 0, maxWeight: 8 << 20, sizeCalculation: (page) => page.length })
   * ```
   */
  maxWeight?: number
  /**
   * The weight of an entry: finite and not negative, else `set` throws a `RangeError` and changes
   * nothing. Called once per `set`, and only while `maxWeight` is above 0. Default: none.
   * Example: `{ maxWeight: 1e6, sizeCalculation: (text, key) => text.length + key.length }`.
   */
  sizeCalculation?: (value: T, key: string) => number
  /**
   * How long an entry lives after it was last written, in milliseconds, unless it has a lifetime of its
   * own; reads do not extend it without `updateAgeOnGet`. An entry whose age exceeds the `ttl` is expired. `0` and `Infinity` mean that entries live until
   * they are removed; with `0` no clock is read until some entry has a lifetime of its own. Default: `300_000` (five minutes).
   * Example: `{ ttl: 30 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * Whether a hit of `get`, `getOrSet` or a decorated method renews the lifetime of its entry, be it the
   * entry's own or that of the cache: what is used lives on. `has`, `peek` and `info` renew nothing.
   * Default: `false`. Example: `{ ttl: 30 * 60 * 1000, updateAgeOnGet: true }`, a sliding session.
   */
  updateAgeOnGet?: boolean
  /**
   * By which part lifetimes are shortened at random, from 0 to 1, so that what was written together does
   * not expire together: with `0.1` an entry lives 90 to 100 % of its time, rounded up to whole
   * milliseconds, also one with an `expiresAt`. `Infinity` stays. Default: `0`. Example: `{ ttl: 60_000, ttlJitter: 0.1 }`.
   */
  ttlJitter?: number
  /**
   * A finite number from which the random parts of `ttlJitter` follow, for tests that must repeat.
   * Default: chance. Example: `{ ttlJitter: 0.1, ttlJitterSeed: 1 }`.
   */
  ttlJitterSeed?: number
  /**
   * For how long after its expiry `getOrSet` may return an entry at once, in milliseconds, while it is
   * fetched anew in the background. Entries are kept for the larger of this and `staleIfError`, for
   * `getOrSet` alone: to all else they are gone, with the reason `'expired'`, but `info` shows them as stale,
   * and `size` and `getStats` count them, since they take room. `onExpire` is called when they go, which they do
   * before anything valid where room is needed. `Infinity`: as long as there is room. Default: `0`.
   * Example: `{ ttl: 60_000, staleWhileRevalidate: 30_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * For how long after its expiry `getOrSet` may return an entry because a fetch has failed or taken too
   * long, in milliseconds; see {@link GetOrSetOptions} and `staleWhileRevalidate`. Default: `0`.
   * Example: `{ ttl: 60_000, staleIfError: 24 * 60 * 60 * 1000 }`.
   */
  staleIfError?: number
  /**
   * Functions told of hits, misses, writes and removals. Default: none.
   * Example: `{ hooks: { onEvict: ({ key }) => console.warn('evicted', key) } }`.
   */
  hooks?: CacheHooks<T>
  /**
   * When hooks are called. `'sync'`: on the caller's stack. `'deferred'`: in the same order, in
   * batches, after the caller's turn of the event loop, so that a slow hook does not slow the caller.
   * None is lost unless the process or the thread is ended by force; waiting ones keep it alive.
   * Default: `'sync'`. Example: `{ hookDelivery: 'deferred', hooks: { onDelete: writeToAuditLog } }`.
   */
  hookDelivery?: 'sync' | 'deferred'
  /**
   * How often to look for expired entries without being asked, in milliseconds of real time. A native
   * thread wakes the owner, which removes at most 1,000 per turn of its event loop and reports each to
   * `onExpire` with the source `'prune'`. It keeps no process and no cache alive. `0` and `Infinity`:
   * never. Default: `0`. Example: `{ ttl: 60_000, checkInterval: 10_000 }`.
   */
  checkInterval?: number
  /**
   * What becomes of a value that `getOrSet` has fetched for a key that was written or removed meanwhile.
   * `'store'`: it is stored, over what is newer and in place of what was deleted, as in the published
   * package. `'discard'`: it is returned to those who wait and not stored, and who asks after the change
   * does not wait for it. Default: `'store'`. Example: `{ lateFetch: 'discard' }`.
   */
  lateFetch?: 'store' | 'discard'
}

/**
 * What {@link MemoryCache.resize} can change, each as the option of that name.
 *
 * @example
 * ```ts
 * const limits: CacheLimits = { maxSize: 50_000, ttl: 60 * 60 * 1000 }
 * ```
 */
export type CacheLimits = Pick<CacheOptions, 'maxSize' | 'maxWeight' | 'ttl'>

/**
 * Counters of one cache since it was made or since {@link MemoryCache.resetStats}.
 *
 * @example
 * ```ts
 * const { hits, misses }: CacheStats = cache.getStats()
 * const hitRatio = hits / (hits + misses)
 * ```
 */
export type CacheStats = {
  /** Reads by `get`, `getOrSet`, `take` and decorated methods that found a live entry. */
  hits: number
  /** Reads by the same that found none, or an expired one. */
  misses: number
  /** Live entries removed because of `maxSize` or `maxWeight`. */
  evictions: number
  /** Entries removed because they outlived the `ttl`. */
  expirations: number
  /** Live entries now. `resetStats` leaves it alone. */
  size: number
  /** Weight of the live entries now, in the unit of `sizeCalculation`. `resetStats` leaves it alone. */
  weight: number
}

/**
 * What one cache tells of itself, for a monitor. Unlike {@link CacheStats} it prunes nothing.
 *
 * @example
 * ```ts
 * const { bytes, hitRatio = 1 }: CacheMetrics = cache.getMetrics()
 * ```
 */
export type CacheMetrics = {
  /** Native memory that the cache takes, in bytes: keys and bookkeeping, not the values. An estimate. */
  bytes: number
  /** Entries held, expired ones included that nothing has come upon yet. */
  entries: number
  /** Places for entries there are: as many as were ever held at once since the last `clear`. */
  slots: number
  /**
   * The part of the reads that found a live entry, from 0 to 1, since the cache was made or since
   * {@link MemoryCache.resetStats}; `undefined` if nothing was read.
   */
  hitRatio: number | undefined
  /** Fetches in the background that have failed or were given up, since the cache was made. */
  refreshErrors: number
}

/**
 * Thrown by the constructors of the caches, and so by `cached`, for an option that makes no sense or,
 * of a shared store, one other than the store is open with. Its `name` is `'CacheConfigError'`.
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
 * An in-process cache that forgets what is too old (`ttl`) and what was not used for longest (LRU).
 *
 * It belongs to the thread that made it: a worker makes its own, and one cannot be posted to another
 * thread (`SharedMemoryCache` is for that). Values stay in JavaScript by identity (`get` returns the very object that was `set`);
 * keys and bookkeeping live in native memory, outside the JavaScript heap. `undefined` and `null`
 * are values like any other: `has` tells a stored `undefined` from a miss.
 *
 * A cache works behind proxies, also behind those that wrap what is read through them, as Vue's `reactive`
 * does. It cannot be cloned: the methods of a clone throw a `TypeError`.
 *
 * Keys are strings, compared by UTF-16 code unit. With anything else every method that takes a key
 * throws a `TypeError` (`getOrSet` and `deleteAsync` reject) and the cache stays as it was.
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
   * Makes an empty cache.
   *
   * An option that does not exist has no effect, and `NaN` as `maxSize` or `ttl` means no limit; of each
   * the process is warned once (`MemoryCacheWarning`, code `NMC_OPTION`).
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
   * Reads a value as `get` does or, on a miss, calls `fetcher` and stores what it returns. While a
   * fetch for a key is under way, further calls for that key wait for it and call no `fetcher`.
   * A failed fetch stores nothing; a value too heavy for `maxWeight` is returned, not stored.
   *
   * @param options {@link GetOrSetOptions}. Default: fetch on a miss, store what comes for the `ttl` of the
   *   cache.
   * @returns A promise of the stored or fetched value. It rejects with what `fetcher` throws, with
   *   the `RangeError` of `set`, with the reason of the `signal` or the `TimeoutError` by which the caller
   *   leaves, or with a `TypeError` if the key is not a string or an option makes no sense.
   * @example
   * ```ts
   * const user = await users.getOrSet(`user:${id}`, () => database.findUser(id))
   * ```
   */
  getOrSet(key: string, fetcher: () => T | Promise<T>): Promise<T>
  /**
   * With options, `fetcher` is called with a {@link FetchContext}: the key, the fetch's own signal, and what the
   * cache still has.
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
   * cache.set('nothing', undefined)
   * cache.has('nothing') // true, although get answers undefined
   * ```
   */
  has(key: string): boolean

  /**
   * Stores a value, new or in place of the old, and makes its entry the most recently used. At a
   * limit, expired entries go first, then the least recently used. A value heavier than `maxWeight`
   * is not stored, and an older value under that key is evicted.
   *
   * @param options How long the entry lives, in milliseconds, or {@link SetOptions}. Default: as long as
   *   the `ttl` of the cache says.
   * @throws {TypeError} If the key is not a string, or a lifetime is negative, `NaN`, an invalid date, of
   *   another type, or given as both `ttl` and `expiresAt`, or `tags` are no array of strings, or more than 64.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more.
   *   What `sizeCalculation` throws is passed on. In either case the cache is unchanged.
   * @example
   * ```ts
   * sessions.set(crypto.randomUUID(), { userId: 'ada', permissions: [] })
   * sessions.set(id, session, cookie.maxAge)
   * ```
   */
  set(key: string, value: T, options?: number | SetOptions): void

  /**
   * Reads many values: what `get` does for each key, in order, in one native step.
   *
   * @param keys An array or another iterable of strings. All are checked before anything is read.
   * @returns The values in the order of the keys, `undefined` where there is none.
   * @throws {TypeError} If `keys` is no iterable, a string included, or holds anything but strings.
   * @example
   * ```ts
   * const [user, settings] = cache.getMany([`user:${id}`, `settings:${id}`])
   * ```
   */
  getMany(keys: Iterable<string>): (T | undefined)[]

  /**
   * What `has` does for each key, in order, in one native step.
   *
   * @param keys As of `getMany`.
   * @returns Whether there is a live entry, in the order of the keys.
   * @throws {TypeError} As `getMany`.
   * @example
   * ```ts
   * const present = cache.hasMany(ids)
   * const missing = ids.filter((_, i) => !present[i])
   * ```
   */
  hasMany(keys: Iterable<string>): boolean[]

  /**
   * Stores many values: what `set` does for each pair, in order, in one native step. With hooks, or
   * weights, each write is a step of its own, so that every hook meets a consistent cache.
   *
   * @param entries An array, a `Map` or another iterable of `[key, value]` arrays. All are checked before
   *   anything is written.
   * @param options How long the entries live, as of `set`. Default: as long as the `ttl` of the cache says.
   * @throws {TypeError} If `entries` is no iterable of pairs with strings as keys, or the options make no
   *   sense.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more. It is called
   *   for all entries before any is written; what it throws is passed on. In either case the cache is
   *   unchanged.
   * @example
   * ```ts
   * cache.setMany(users.map((user) => [`user:${user.id}`, user]), { ttl: 60_000 })
   * ```
   */
  setMany(entries: Iterable<readonly [key: string, value: T]>, options?: number | SetOptions): void

  /**
   * Removes many entries: what `delete` does for each key, in order, in one native step.
   *
   * @param keys As of `getMany`.
   * @returns Whether there was an entry, in the order of the keys.
   * @throws {TypeError} As `getMany`.
   * @example
   * ```ts
   * const removed = cache.deleteMany(staleIds).filter(Boolean).length
   * ```
   */
  deleteMany(keys: Iterable<string>): boolean[]

  /**
   * Renews the lifetime of a live entry, or gives it another one, and makes it the most recently used,
   * in one step and without reading its value. Counts nothing and is told to no hook. What is gone, or
   * has expired, is not brought back.
   *
   * @param ttl How long the entry lives from now, in milliseconds; `0` and `Infinity`: until it is removed.
   *   Default: as long as it did so far.
   * @returns `true` if there was a live entry.
   * @throws {TypeError} If the key is not a string, or the `ttl` not a number of 0 or more.
   * @example
   * ```ts
   * if (!sessions.touch(id)) redirect('/login')
   * ```
   */
  touch(key: string, ttl?: number): boolean

  /**
   * Reads a value and leaves everything as it is: nothing is counted, used, renewed, removed or told to
   * a hook.
   *
   * @returns The value of a live entry, or `undefined`.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * console.log('still signed in:', sessions.peek(id)?.userId)
   * ```
   */
  peek(key: string): T | undefined

  /**
   * Reads as `get` does and removes the entry in the same step. `onDelete` is told, with the source
   * `'delete'`.
   *
   * @returns The value, or `undefined` if there is none.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * const address = oneTimeTokens.take(token) // a token is good for one use
   * ```
   */
  take(key: string): T | undefined

  /**
   * How long an entry has left. Changes nothing.
   *
   * @returns Milliseconds; `Infinity` if it lives for ever, `0` if there is no live entry.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * response.setHeader('Age', (ttl - cache.getRemainingTTL(key)) / 1000)
   * ```
   */
  getRemainingTTL(key: string): number

  /**
   * What is known of an entry. Changes nothing.
   *
   * @returns {@link EntryInfo}, or `undefined` if there is no live entry.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * const { expiresAt } = sessions.info(id) ?? {}
   * ```
   */
  info(key: string): EntryInfo<T> | undefined

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
   * Removes all entries and reports each to `onDelete`, least recently used first. Entries that a
   * hook adds meanwhile stay. The statistics are kept.
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
   * @returns How many it removed.
   * @throws {TypeError} If the prefix is not a string.
   * @example
   * ```ts
   * cache.deleteByPrefix(`user:${id}:`) // everything known about one user
   * ```
   */
  deleteByPrefix(prefix: string): number

  /**
   * Removes the entries whose whole key matches a pattern, least recently used first. `*` stands for
   * any characters, or none; all else stands for itself. Takes time in proportion to the text
   * matched, whatever the pattern.
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
   * Removes the entries that carry a tag, or any of several, expired ones included, in no particular order.
   * Takes time in proportion to how many those are, however many there are besides. With `lateFetch: 'discard'`
   * it overtakes the fetches of these entries, and those that were begun with any of these tags.
   *
   * @param tags One tag, or an array of them; `[]` removes nothing. Tags are compared by UTF-16 code unit.
   * @returns How many it removed.
   * @throws {TypeError} If `tags` is neither a string nor an array of strings. Nothing is removed then.
   * @example
   * ```ts
   * pages.set('/users/ada', html, { tags: ['user:ada', 'page'] })
   * pages.deleteByTag('user:ada') // whatever shows her
   * ```
   */
  deleteByTag(tags: string | readonly string[]): number

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
   * Prunes, then lists.
   *
   * @returns The keys of the live entries in a new array, least recently used first.
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
   * Prunes, then calls a function for each entry there is at the call, least recently used first. What
   * the function changes does not change which entries come. What it throws ends the walk and is passed on.
   *
   * @param callback Gets value, key and this cache, in the order of `Map`.
   * @param thisArg Its `this`. Default: `undefined`.
   * @throws {TypeError} If `callback` is not a function.
   * @example
   * ```ts
   * sessions.forEach((session, id) => console.log(id, session?.userId))
   * ```
   */
  forEach(
    callback: (value: T | undefined, key: string, cache: this) => void,
    thisArg?: unknown,
  ): void

  /**
   * Walks over a cache of any size without listing it: takes some 256 entries at a time, each with the
   * value it has then. Entries that
   * live through the whole scan come exactly once, in no particular order; those that are written or
   * removed meanwhile may come or not. Expired ones are left out. Nothing is pruned, counted, promoted or
   * told to a hook. A scan that is not finished holds nothing.
   *
   * @param pattern Which keys, in the wildcards of `deleteByMagicString`. A step that finds none among 256
   *   goes on to the next. Default: all.
   * @returns An iterator of `[key, value]`.
   * @throws {TypeError} If the pattern is not a string.
   * @example
   * ```ts
   * for (const [id, session] of sessions.scan('user:*')) {
   *   if (session?.userId === 'ada') sessions.delete(id)
   * }
   * ```
   */
  scan(pattern?: string): IterableIterator<[string, T | undefined]>

  /**
   * A view of the entries whose keys start with `prefix`, with every method of the cache, on keys without
   * it. Nothing is copied, and views are made in no time: one for each request is fine.
   *
   * @param prefix Any string; `''` for a view of everything. Views of views join their prefixes.
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
   * @returns The counters as they stand now, in a new object.
   * @example
   * ```ts
   * const { hits, misses, size } = cache.getStats()
   * ```
   */
  getStats(): CacheStats

  /**
   * Measures the cache. Changes nothing.
   *
   * @returns The figures as they stand now, in a new object.
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
   * Sets other limits. What is over them goes at once, as in a `set` that needs room: expired entries
   * first, then the least recently used, each told to `onExpire` or `onEvict`. A new `ttl` holds for entries
   * written from then on; those there are keep theirs.
   *
   * @param limits The new limits, see {@link CacheLimits}. What is left out stays.
   * @throws {CacheConfigError} If a limit is of the wrong type or negative, `maxWeight` is `NaN`, or it is
   *   above 0 where it was 0, or 0 where it was above. In each case nothing changes.
   * @example
   * ```ts
   * sessions.resize({ maxSize: 50_000 })
   * ```
   */
  resize(limits: CacheLimits): void

  /**
   * Drops all entries, without hooks, and gives their native memory back at once; checks stop. From then
   * on every method throws an `Error` that says that the cache is closed (async methods reject). Callers
   * that wait in `getOrSet` get what is fetched, which is not stored. Deferred hooks that wait still run.
   * A cache that is just dropped gives its memory back when it is garbage-collected. A second call does nothing.
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
   * `close`, for declarations with `using`.
   *
   * @example
   * ```ts
   * using rendered = new MemoryCache<string>({ maxSize: 0 })
   * ```
   */
  [Symbol.dispose](): void

  /**
   * Waits for the hooks of what has happened so far, if `hookDelivery` is `'deferred'`, and for those
   * of what these hooks do to the cache.
   *
   * @returns A promise that never rejects; with `'sync'` it is resolved at once.
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
   * Removes all expired entries now and reports each to `onExpire`: first those with lifetimes of their
   * own, then the others, in each case what expired first goes first.
   *
   * @returns How many it removed.
   * @example
   * ```ts
   * setInterval(() => sessions.prune(), 60_000).unref()
   * ```
   */
  prune(): number
}
