// What can be wanted of a fetch. What must not live here: methods, and the options of caches.

/**
 * The `AbortSignal` of the program's own types, those of the DOM or of Node.js; without either, what all
 * have in common.
 *
 * @example
 * ```ts
 * const load = (signal: FetchSignal) => fetch('https://example.org', { signal })
 * ```
 */
export type FetchSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : {
      readonly aborted: boolean
      readonly reason: any
      addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
      removeEventListener(type: 'abort', listener: () => void): void
    }

/**
 * What a fetcher of `getOrSet` is called with if the call has options.
 *
 * @example
 * ```ts
 * const load = ({ key, signal }: FetchContext<Page>) => fetch(key, { signal }).then(parse)
 * const page = await pages.getOrSet(url, load, { timeout: 5000 })
 * ```
 */
export type FetchContext<T = unknown> = {
  /** The key. */
  readonly key: string
  /**
   * Aborted when nobody waits for the fetch any more, with the reason of the caller that left last. What
   * comes after that is not stored. It is made when it is read for the first time.
   */
  readonly signal: FetchSignal
  /**
   * What the cache still has: the value of an entry that has expired and is kept or, with
   * `forceRefresh`, of a valid one; else `undefined`. It may save asking for what has not changed.
   */
  readonly stale: T | undefined
}

/**
 * What a caller of `getOrSet` wants of the fetch. Whoever joins a fetch that another caller has begun gets
 * its outcome, whatever it wants itself. One that `forceRefresh` or a refresh in the background has begun is joined by
 * who finds nothing valid, and by `forceRefresh`: nobody else waits for it, or gets its error.
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
   * Whether what was fetched is to be stored; it is returned all the same. What it throws rejects, and so does
   * a promise in place of the answer, with a `TypeError`.
   * Default: always. Example: `{ shouldCache: (user) => user !== null }`.
   */
  shouldCache?: (value: T, key: string) => boolean
  /**
   * Leaves when it is aborted: this call rejects with the signal's reason, and with no stale value in its place.
   * Other callers of the same fetch wait on; when the last has left, the fetch's own signal is aborted, what
   * it brings is discarded, and who asks then begins a new one. A signal that is aborted already rejects
   * before anything is read or counted. Any number of calls adds one listener to a signal. Default: none. Example: `{ signal: AbortSignal.any([request, user]) }`.
   */
  signal?: FetchSignal
  /**
   * How long this call waits, in milliseconds; then it leaves as by `signal`, with an error whose `name` is
   * `'TimeoutError'`. `0`, `Infinity` and times beyond 2,147,483,647 ms: as long as it takes. A background
   * refresh is given up after the `timeout` of the call that began it. Default: `0`. Example: `{ timeout: 2000 }`.
   */
  timeout?: number
  /**
   * For how long after its expiry an entry may be returned at once, in milliseconds, while a fetch in the
   * background renews it, one at a time. That counts as a miss. An error of the fetch reaches only who
   * has joined it; `getMetrics().refreshErrors` counts it. `Infinity`: as long as it is held. Default: that of the cache.
   * Example: `{ staleWhileRevalidate: 60_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * If the fetch fails, or the `timeout` comes, an entry that is valid or expired at most so many milliseconds
   * ago is returned in place of the error. `Infinity`: as long as it is held. Default: that of the cache.
   * Example: `{ staleIfError: 60 * 60 * 1000 }`.
   */
  staleIfError?: number
}
