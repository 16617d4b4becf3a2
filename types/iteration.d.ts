// Walks over the entries, for both kinds of caches. What must not live here: the lists that the published
// class has as well.

/** How a cache hands out its entries one by one. */
export declare abstract class Iteration<T> {
  /**
   * Prunes, then calls a function for each entry there is at the call, in the order of `keys`. What
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
   * value it has then; of a shared store under the lock of a shard, with copies of the values, each of which is
   * decoded when it comes. Entries that live through the whole scan come exactly once, in no particular order;
   * those that are written or removed meanwhile may come or not. Expired ones are left out. Nothing is pruned,
   * counted, promoted or told to a hook. A scan that is not finished holds nothing.
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
}
