// How long single entries live, what they are tagged with, and what is known of one, for both kinds of
// caches. What must not live here: the options of caches, and methods about anything else. The data shapes
// are type aliases, as in hooks.d.ts and for its reason.

/**
 * What a write may be told of its entry. Without a lifetime of its own an entry lives as long as the
 * `ttl` of the cache says, which writing it again restores.
 *
 * @example
 * ```ts
 * sessions.set(id, session, { expiresAt: cookie.expires, tags: [`user:${session.userId}`] })
 * ```
 */
export type SetOptions = {
  /**
   * How long the entry lives from now, in milliseconds. `0` and `Infinity`: until it is removed.
   * Default: the `ttl` of the cache. Example: `{ ttl: cookie.maxAge }`.
   */
  ttl?: number
  /**
   * The time up to which the entry lives, in milliseconds since the epoch or as a `Date`; `Infinity`:
   * until it is removed. A `ttlJitter` shortens it. Of a time that is not in the future nothing is stored, and what the key had is
   * removed as expired. Not together with `ttl`. Default: none.
   * Example: `{ expiresAt: new Date('2030-01-01') }`.
   */
  expiresAt?: number | Date
  /**
   * What `deleteByTag` finds the entry by: up to 64 different strings, of which one that is there twice counts
   * once. Each write of the entry replaces them, or takes them away; `update` of a `SharedMemoryCache` alone
   * keeps them unless it is given others. Default: none.
   * Example: `{ tags: [`user:${userId}`, 'page'] }`.
   */
  tags?: readonly string[]
}

/**
 * What is known of one entry.
 *
 * @example
 * ```ts
 * const info: EntryInfo<Session> | undefined = sessions.info(id)
 * if (info) console.log(`signed out in ${info.remainingTtl / 1000} s`)
 * ```
 */
export type EntryInfo<T> = {
  /** The value. */
  value: T
  /** How long the entry lives, in milliseconds; `Infinity` if it never expires. With a `ttlJitter`: after the random part was taken off. */
  ttl: number
  /**
   * When that began, in milliseconds since the epoch: the entry was written, or renewed by `touch` or,
   * with `updateAgeOnGet`, by a hit. `undefined` for an entry that never expires: no clock is read.
   */
  start: number | undefined
  /** Milliseconds left; `Infinity` if it never expires. */
  remainingTtl: number
  /** Up to when it lives, in milliseconds since the epoch; `Infinity` if it never expires. */
  expiresAt: number
  /** What it counts for: by `sizeCalculation`, 0 without; in a shared store its bytes. */
  weight: number
  /** Whether it has expired and is kept for callers that accept stale values. */
  stale: boolean
  /** Its tags in the order in which they were given, each once, in a new array; `[]` for none. */
  tags: string[]
}

/** What a cache does with the lifetime of an entry. */
export declare abstract class Lifetimes<T> {
  /**
   * Whether a hit of `get` or `getOrSet` renews the lifetime of its entry, as the option `updateAgeOnGet` says; of a shared
   * store, that of whoever made it. For code that is given a cache and needs entries to end when it says. It can be read after
   * `close` too.
   *
   * @example
   * ```ts
   * if (cache.renewsOnGet) throw new Error('a lease must not be renewed by who looks at it')
   * ```
   */
  get renewsOnGet(): boolean

  /**
   * Renews the lifetime of a live entry, or gives it another one, and makes it the most recently used,
   * in one step and without reading its value. Counts nothing and is told to no hook. What is gone, or
   * has expired, is not brought back, whichever thread has removed it. How long the entry is kept for `getOrSet`
   * once it has expired stays as it was; of an entry that never expired before, it is as the cache says.
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
   * How long an entry has left. Changes nothing.
   *
   * @returns Milliseconds; `Infinity` if it never expires, `0` if there is no live entry.
   * @throws {TypeError} If the key is not a string.
   * @example
   * ```ts
   * const retryAfter = Math.ceil(blocked.getRemainingTTL(address) / 1000)
   * ```
   */
  getRemainingTTL(key: string): number

  /**
   * What is known of an entry; of a shared store, with a copy of its value. Changes nothing.
   *
   * @returns {@link EntryInfo}, or `undefined` if there is no live entry.
   * @throws {TypeError} If the key is not a string. What a codec's `decode` throws is passed on.
   * @example
   * ```ts
   * const { expiresAt } = sessions.info(id) ?? {}
   * ```
   */
  info(key: string): EntryInfo<T> | undefined
}
