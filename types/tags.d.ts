// What is done by tag, for both kinds of caches. What must not live here: how an entry gets its tags, which
// is in lifetimes.d.ts and fetches.d.ts.

/** What a cache does with the tags of its entries. */
export declare abstract class Tags {
  /**
   * Removes the entries that carry a tag, or any of several, expired ones included, in no particular order.
   * Takes time in proportion to how many those are, however many there are besides. Fetches of these
   * entries, and those that were begun with any of these tags, are overtaken; those of a `MemoryCache` only
   * with `lateFetch: 'discard'`. Other threads may use a shared store meanwhile: what they write during the
   * call may stay.
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
}
