// Many keys at once, for both kinds of caches. What must not live here: methods that take one key, and
// the options of a write.

import type { SetOptions } from './lifetimes.js'

/** Methods for many keys in one native step. */
export declare abstract class Batches<T> {
  /**
   * Reads many values: does what `get` does for each key, in order, in one native step.
   *
   * @param keys An array or another iterable of strings. All are checked before anything is read.
   * @returns The values in the order of the keys, `undefined` where there is none.
   * @throws {TypeError} If `keys` is not an iterable, is a string, or contains anything but strings.
   * @example
   * ```ts
   * const [user, settings] = cache.getMany([`user:${id}`, `settings:${id}`])
   * ```
   */
  getMany(keys: Iterable<string>): (T | undefined)[]

  /**
   * Does what `has` does for each key, in order, in one native step.
   *
   * @param keys As for `getMany`.
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
   * Stores many values: does what `set` does for each pair, in order, in one native step. In a `MemoryCache`
   * with hooks or weights, each write is a separate step, so that the cache is consistent whenever a hook runs.
   * In a shared store each single write is atomic, but not the whole call: other threads may see some of the
   * values before the others.
   *
   * @param entries An array, a `Map` or another iterable of `[key, value]` arrays, or of objects with `key` and
   *   `value` and, optionally, their own options, which replace `options`. All are checked before anything is
   *   written. If any entry has its own options, each write is a separate step.
   * @param options Lifetime and tags of the entries, as for `set`. Default: the `ttl` of the cache, no tags.
   * @throws {TypeError} If `entries` is not an iterable of pairs with string keys, or an option is invalid.
   * @throws {RangeError} If `sizeCalculation` returns anything but a finite number of 0 or more. It is called
   *   for all entries before any is written, just as a shared store first encodes all values; an error of
   *   either is passed on. In each case the cache is unchanged.
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
   * Removes many entries: does what `delete` does for each key, in order, in one native step.
   *
   * @param keys As for `getMany`.
   * @returns Whether there was an entry, in the order of the keys.
   * @throws {TypeError} As `getMany`.
   * @example
   * ```ts
   * const removed = cache.deleteMany(staleIds).filter(Boolean).length
   * ```
   */
  deleteMany(keys: Iterable<string>): boolean[]
}
