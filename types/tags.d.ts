// What is done by tag, for both kinds of caches. What must not live here: how an entry gets its tags, which
// is in lifetimes.d.ts and fetches.d.ts.

/** Methods for the tags of entries. */
export declare abstract class Tags {
  /**
   * Removes the entries with a tag, or with any of several tags, including expired entries, in no particular
   * order. The time is proportional to the number of these entries, whatever the size of the cache. Fetches of
   * these entries, and fetches that were started with one of these tags, are superseded: their results are not
   * stored. In a `MemoryCache` this needs `lateFetch: 'discard'`. Other threads can use a shared store during the call;
   * entries that they write may stay.
   *
   * @param tags One tag, or an array of them; `[]` removes nothing. Tags are compared by UTF-16 code unit.
   * @returns The number of removed entries.
   * @throws {TypeError} If `tags` is neither a string nor an array of strings. Nothing is removed then.
   * @example
   * ```ts
   * pages.set('/users/ada', html, { tags: ['user:ada', 'page'] })
   * pages.deleteByTag('user:ada') // whatever shows her
   * ```
   */
  deleteByTag(tags: string | readonly string[]): number
}
