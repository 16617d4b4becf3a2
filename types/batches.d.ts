// Many keys at once, for both kinds of caches. What must not live here: methods that take one key, and
// how an entry of its own is written.

import type { SetOptions } from './lifetimes.js'

/** What a cache does for many keys in one native step. */
export declare abstract class Batches<T> {
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
   * Stores many values: what `set` does for each pair, in order, in one native step. Of a
   * `MemoryCache` with hooks, or weights, each write is a step of its own, so that every hook meets a
   * consistent cache. Of a shared store each write is atomic, and not the whole: other threads may see some of
   * the values before the others.
   *
   * @param entries An array, a `Map` or another iterable of `[key, value]` arrays, or of objects with `key` and
   *   `value` and, if they like, options of their own, which count in place of `options`. All are checked
   *   before anything is written; where any has options of its own, each write is a step of its own.
   * @param options How long the entries live, and their tags, as of `set`. Default: as long as the `ttl` of
   *   the cache says.
   * @throws {TypeError} If `entries` is no iterable of pairs with strings as keys, or the options make no
   *   sense.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more. It is called
   *   for all entries before any is written, as a shared store encodes all values; what either throws is
   *   passed on. In each case the cache is unchanged.
   * @example
   * ```ts
   * cache.setMany(users.map((user) => [`user:${user.id}`, user]), { ttl: 60_000 })
   * ```
   */
  setMany(
    entries: Iterable<readonly [key: string, value: T] | ({ key: string; value: T } & SetOptions)>,
    options?: number | SetOptions,
  ): void

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
}
