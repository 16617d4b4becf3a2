// How long single entries live, what they are tagged with, and what is known of one, for both kinds of
// caches. What must not live here: the options of caches, and methods about anything else. The data shapes
// are type aliases, as in hooks.d.ts and for its reason.

/**
 * Options of a write. Without its own lifetime, an entry lives for the `ttl` of the cache; writing it again
 * without one restores that.
 *
 * @example
 * ```ts
 * sessions.set(id, session, { expiresAt: cookie.expires, tags: [`user:${session.userId}`] })
 * ```
 */
export type SetOptions = {
  /**
   * How long the entry lives from now, in milliseconds. `0` and `Infinity`: it never expires. Default: the
   * `ttl` of the cache. Example: `{ ttl: cookie.maxAge }`.
   */
  ttl?: number
  /**
   * When the entry expires, in milliseconds (not seconds) since the epoch or as a `Date`; `Infinity`: never. A
   * `ttlJitter` shortens the lifetime. If the time is not in the future, nothing is stored, and an existing entry is
   * removed as expired. Not together with `ttl`. Default: none. Example:
   * `{ expiresAt: new Date('2030-01-01') }`.
   */
  expiresAt?: number | Date
  /**
   * Tags by which `deleteByTag` finds the entry: up to 64 different strings; duplicates are ignored. Each write
   * of the entry replaces or removes them; only `update` of a `SharedMemoryCache` keeps them unless it is given
   * others. Default: none. Example: `{ tags: [`user:${userId}`, 'page'] }`.
   */
  tags?: readonly string[]
}

/**
 * Everything that is known about an entry.
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
  /**
   * How long the entry lives, in milliseconds; `Infinity` if it never expires. With a `ttlJitter`: after the
   * random part was subtracted.
   */
  ttl: number
  /**
   * When the lifetime began, in milliseconds since the epoch: when the entry was written, or renewed by `touch`
   * or, with `updateAgeOnGet`, by a hit. `undefined` for an entry that never expires, because no clock is read.
   */
  start: number | undefined
  /** Milliseconds left; `Infinity` if it never expires. */
  remainingTtl: number
  /** When it expires, in milliseconds since the epoch; `Infinity` if it never expires. */
  expiresAt: number
  /** Its weight by `sizeCalculation`, or 0 without one; in a shared store its bytes. */
  weight: number
  /** Whether it has expired and is kept for callers that accept stale values. */
  stale: boolean
  /** Its tags in the order in which they were given, without duplicates, in a new array. */
  tags: string[]
}

/** Methods for the lifetime of an entry. */
export declare abstract class Lifetimes<T> {
  /**
   * Whether a hit of `get`, `getMany` or `getOrSet` renews the lifetime of its entry, that is, the option
   * `updateAgeOnGet`; for a shared store, that of the handle that created it. Useful for code that is given a
   * cache and relies on entries expiring on time. It can also be read after `close`.
   *
   * @example
   * ```ts
   * if (cache.renewsOnGet) throw new Error('a lease must not be renewed by reads')
   * ```
   */
  get renewsOnGet(): boolean

  /**
   * Renews the lifetime of a live entry, or gives it a different one, and makes it the most recently used, in
   * one step and without reading its value. Counts no hit or miss and calls no hook. An entry that has expired,
   * or that any thread has removed, is not brought back. How long the entry is kept for `getOrSet` after it has
   * expired does not change; for an entry that never expired before, the options of the cache apply.
   *
   * @param ttl How long the entry lives from now, in milliseconds; `0` and `Infinity`: it never expires.
   *   Default: its current lifetime.
   * @returns `true` if there was a live entry.
   * @throws {TypeError} If the key is not a string, or the `ttl` not a number of 0 or more.
   * @example
   * ```ts
   * if (!sessions.touch(id)) redirect('/login')
   * ```
   */
  touch(key: string, ttl?: number): boolean

  /**
   * How long an entry has left to live. Has no side effects.
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
   * Returns everything that is known about an entry; for a shared store, with a copy of its value. Has no side
   * effects.
   *
   * @returns {@link EntryInfo}, with `stale: true` for an expired entry that is kept for `getOrSet`; `undefined` if
   *   there is neither.
   * @throws {TypeError} If the key is not a string. An error of the codec's `decode` is passed on.
   * @example
   * ```ts
   * const { expiresAt } = sessions.info(id) ?? {}
   * ```
   */
  info(key: string): EntryInfo<T> | undefined
}
