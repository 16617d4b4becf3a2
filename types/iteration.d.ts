// Walks over the entries, for both kinds of caches. What must not live here: the lists that the published
// class has as well.

/** Methods that iterate over the entries. */
export declare abstract class Iteration<T> {
  /**
   * Prunes, then calls a function for each entry that exists at the time of the call, in the order of `keys`.
   * Changes that the function makes do not affect which entries it is called for. An error that it throws ends
   * the iteration and is passed on.
   *
   * @param callback Gets the value, the key and this cache, in the same order as with `Map`.
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
   * Iterates over a cache of any size without listing it first: reads up to 256 entries at a time, each with its
   * value at that moment; in a shared store under the lock of a shard, with copies of the values, each of which
   * is decoded when it is returned. Entries that exist during the whole scan are returned exactly once, in no
   * particular order; those that are written or removed during the scan may or may not be returned. Expired
   * entries are left out. Nothing is pruned, counted or promoted, and no hook is called. An abandoned scan needs
   * no clean-up: it is garbage-collected.
   *
   * @param pattern Which keys, with the wildcards of `deleteByMagicString`. Default: all.
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
}
