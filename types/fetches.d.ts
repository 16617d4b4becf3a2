// What can be wanted of a fetch. What must not live here: methods, and the options of caches.

/**
 * What a caller of `getOrSet` wants of the fetch. Whoever joins a fetch that another caller has begun gets
 * its outcome, whatever it wants itself.
 *
 * @example
 * ```ts
 * await tokens.getOrSet(user, fetchToken, { ttl: (token) => token.expiresIn * 1000 })
 * ```
 */
export type GetOrSetOptions<T = unknown> = {
  /**
   * How long what is fetched lives, in milliseconds, or a function that tells. `0` and `Infinity`: until
   * it is removed. Default: the `ttl` of the cache. Example: `{ ttl: (token) => token.expiresIn * 1000 }`.
   */
  ttl?: number | ((value: T, key: string) => number)
  /**
   * The tags of what is fetched, as those of a `set`, or a function that tells. A `deleteByTag` during the
   * fetch makes it a late one if it finds tags that are given here as an array. Default: none.
   * Example: `{ tags: (user) => user.teams.map((team) => `team:${team}`) }`.
   */
  tags?: readonly string[] | ((value: T, key: string) => readonly string[])
  /**
   * `true` fetches without looking whether there is a value: nothing is counted, and what is there stays
   * until the fetch has succeeded. Default: `false`. Example: `{ forceRefresh: true }`.
   */
  forceRefresh?: boolean
  /**
   * Whether what was fetched is to be stored; it is returned all the same. What it throws rejects.
   * Default: always. Example: `{ shouldCache: (user) => user !== null }`.
   */
  shouldCache?: (value: T, key: string) => boolean
}
