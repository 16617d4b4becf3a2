// The public contract of native-memory-cache: every exported name, its types and its documentation.
// It is written by hand and edited before the code; `index.d.mts` re-exports it for `import`.
// What must not live here: anything the entries do not export, private members, documentation of
// internals. The data shapes are type aliases, not interfaces, because only an alias may be passed
// where a `Record<string, unknown>` is asked for, as loggers do.

/** What {@link CacheHooks.onHit} is told. */
export type OnHitContext<T> = {
  /** The key that was read. */
  key: string
  /** The value that the caller receives; `undefined` if `undefined` was stored. */
  value: T | undefined
}

/** What {@link CacheHooks.onMiss} is told. */
export type OnMissContext = {
  /** The key that was read. */
  key: string
  /** `'not_found'`: there was no entry. `'expired'`: there was one, older than the `ttl`. */
  reason: 'not_found' | 'expired'
}

/** What {@link CacheHooks.onSet} is told. */
export type OnSetContext<T> = {
  /** The key that was written. */
  key: string
  /** The value that was stored. */
  value: T
  /** `true` if the write replaced an entry, `false` if it added one. */
  isUpdate: boolean
}

/** What {@link CacheHooks.onEvict} is told. */
export type OnEvictContext<T> = {
  /** The key of the evicted entry. */
  key: string
  /** The value it held. */
  value: T | undefined
}

/** What {@link CacheHooks.onExpire} is told. */
export type OnExpireContext<T> = {
  /** The key of the expired entry. */
  key: string
  /** The value it held. */
  value: T | undefined
  /**
   * Which operation came upon the expired entry: `'get'` (also `getOrSet` and decorated methods),
   * `'has'`, or `'prune'` (also whatever prunes on its way: `set` at capacity, `size`, `keys`,
   * `values`, `entries`, `getStats`).
   */
  source: 'get' | 'has' | 'prune'
}

/** What {@link CacheHooks.onDelete} is told. */
export type OnDeleteContext<T> = {
  /** The key of the deleted entry. */
  key: string
  /** The value it held. */
  value: T | undefined
  /** The method that was called. */
  source: 'delete' | 'deleteAsync' | 'deleteByPrefix' | 'deleteByMagicString' | 'clear'
}

/**
 * Functions that observe a cache. Each is optional and runs synchronously, on the caller's stack,
 * after the change it reports. It may use the cache; what it throws is discarded. A
 * {@link MemoryCache} consults the object at each event: a hook replaced on it later takes effect.
 *
 * @example
 * ```ts
 * const hooks: CacheHooks<Session> = {
 *   onExpire: ({ key, value }) => audit.info('session expired', { key, user: value?.userId }),
 * }
 * const sessions = new MemoryCache<Session>({ hooks })
 * ```
 */
export type CacheHooks<T> = {
  /** A read found a live entry. Example: `onHit: ({ key }) => hits.inc({ key })`. */
  onHit?: (context: OnHitContext<T>) => void
  /** A read found nothing, or nothing alive. Example: `onMiss: ({ reason }) => log(reason)`. */
  onMiss?: (context: OnMissContext) => void
  /** A value was stored. Example: `onSet: ({ key, isUpdate }) => log(key, isUpdate)`. */
  onSet?: (context: OnSetContext<T>) => void
  /** A live entry made room for others. Example: `onEvict: ({ value }) => value?.close()`. */
  onEvict?: (context: OnEvictContext<T>) => void
  /** An entry outlived the `ttl` and was removed. Example: `onExpire: ({ key }) => log(key)`. */
  onExpire?: (context: OnExpireContext<T>) => void
  /** An entry was removed on demand. Example: `onDelete: ({ source }) => log(source)`. */
  onDelete?: (context: OnDeleteContext<T>) => void
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
   * How long an entry lives after it was last written, in milliseconds; reads do not extend it.
   * An entry whose age exceeds the `ttl` is expired. `0` and `Infinity` mean that entries live until
   * they are removed; with `0` no clock is read. Default: `300_000` (five minutes).
   * Example: `{ ttl: 30 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * Functions told of hits, misses, writes and removals. Default: none.
   * Example: `{ hooks: { onEvict: ({ key }) => console.warn('evicted', key) } }`.
   */
  hooks?: CacheHooks<T>
}

/**
 * How {@link cached} stores a method's results: the options of its cache, and how arguments become keys.
 *
 * @example
 * ```ts
 * const options: CachedDecoratorOptions<User> = { ttl: 60_000, keyGenerator: ([id]) => id }
 * ```
 */
export type CachedDecoratorOptions<T = unknown> = CacheOptions<T> & {
  /**
   * Makes the key from the array of arguments; calls with the same key share a result. Goes before
   * `hashKeys`. Default: `JSON.stringify`. Example: `{ keyGenerator: ([user]) => user.id }`.
   */
  keyGenerator?: (args: any[]) => string
  /**
   * `true` shortens the JSON of the arguments to a 32-bit FNV-1a hash in hexadecimal. Two different
   * calls may then share a hash, and so a result: with 77,000 keys about one chance in two.
   * Default: `false`. Example: `{ hashKeys: true }`.
   */
  hashKeys?: boolean
}

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
  /** Reads by `get`, `getOrSet` and decorated methods that found a live entry. */
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
 * Thrown by the {@link MemoryCache} constructor, and so by {@link cached}, for an option that makes
 * no sense. Its `name` is `'CacheConfigError'`.
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
 * thread. Values stay in JavaScript by identity (`get` returns the very object that was `set`);
 * keys and bookkeeping live in native memory, outside the JavaScript heap. `undefined` and `null`
 * are values like any other: `has` tells a stored `undefined` from a miss.
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
   * @throws {CacheConfigError} For an option of the wrong type, `NaN` or a negative number, or for a
   *   `maxWeight` above 0 without a `sizeCalculation`.
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
   * @returns A promise of the stored or fetched value. It rejects with what `fetcher` throws, with
   *   the `RangeError` of `set`, or with a `TypeError` if the key is not a string.
   * @example
   * ```ts
   * const user = await users.getOrSet(`user:${id}`, () => database.findUser(id))
   * ```
   */
  getOrSet(key: string, fetcher: () => T | Promise<T>): Promise<T>

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
   * @throws {TypeError} If the key is not a string.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more.
   *   What `sizeCalculation` throws is passed on. In either case the cache is unchanged.
   * @example
   * ```ts
   * sessions.set(crypto.randomUUID(), { userId: 'ada', permissions: [] })
   * ```
   */
  set(key: string, value: T): void

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
   * Removes all expired entries now, longest expired first, and reports each to `onExpire`.
   *
   * @returns How many it removed; with a `ttl` of 0 always 0.
   * @example
   * ```ts
   * setInterval(() => sessions.prune(), 60_000).unref()
   * ```
   */
  prune(): number
}

/**
 * What {@link cached} returns: a decorator for methods, static ones too, that serves both kinds of
 * decorators TypeScript knows. A method named by a symbol is refused in either.
 *
 * @example
 * ```ts
 * const briefly: CachedDecorator<User> = cached<User>({ ttl: 1000 })
 * ```
 */
export interface CachedDecorator<T = unknown> {
  /**
   * The standard form (`experimentalDecorators` off). The method keeps its type, its `this`, its
   * arguments and its type parameters, and must return `T` or a promise of `T`.
   */
  <This, Method extends (this: This, ...args: any) => T | PromiseLike<T>>(
    method: Method,
    context: ClassMethodDecoratorContext<This, Method> & { readonly name: string },
  ): Method
  /** The legacy form (`experimentalDecorators` on). It changes and returns the descriptor. */
  (target: any, propertyKey: string, descriptor: PropertyDescriptor): PropertyDescriptor
}

/**
 * Makes a decorator that remembers what a method returned for the same arguments. Each call of
 * `cached` has a cache of its own, which all instances of the class share: `this` is no part of the
 * key. The key is the method's name and the JSON of the arguments, unless an option says otherwise.
 *
 * Of a method that returns a promise, the value is stored when it resolves; calls meanwhile share the
 * one promise. A rejection, or an exception, reaches the caller and is not stored.
 *
 * @typeParam T What the method returns or, if it is asynchronous, resolves to.
 * @throws {CacheConfigError} For the options that {@link MemoryCache} refuses.
 * @example
 * ```ts
 * class Users {
 *   @cached<User>({ ttl: 60_000 })
 *   async find(id: string): Promise<User> {
 *     return database.findUser(id)
 *   }
 *
 *   @cached<string>({ keyGenerator: ([user]) => user.id })
 *   displayName(user: User): string {
 *     return `${user.first} ${user.last}`
 *   }
 * }
 * ```
 */
export declare function cached<T>(options?: CachedDecoratorOptions<T>): CachedDecorator<T>
