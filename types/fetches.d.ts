// Options of fetches. What must not live here: methods, and the options of caches.

/**
 * The `AbortSignal` of the program's own types, those of the DOM or of Node.js; without either, a type with
 * what all have in common.
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
   * Aborted when no caller is waiting for the fetch any longer, with the reason of the last caller. A later result is
   * not stored. The signal is created when it is first read.
   */
  readonly signal: FetchSignal
  /**
   * The value that the cache still has: of an expired entry that is kept or, with `forceRefresh`, of a valid
   * one; otherwise `undefined`. Use it for conditional requests, for example.
   */
  readonly stale: T | undefined
}

/**
 * Options of a call of `getOrSet`. A caller that joins a fetch of another caller gets its result, whatever its
 * own options. A fetch that was started by `forceRefresh` or as a background refresh is joined only by callers
 * that find no valid entry, and by others with `forceRefresh`: no other caller waits for it or gets its error.
 *
 * @example
 * ```ts
 * await tokens.getOrSet(user, fetchToken, { ttl: (token) => token.expiresIn * 1000 })
 * ```
 */
export type GetOrSetOptions<T = unknown> = {
  /**
   * The lifetime of the fetched entry in milliseconds, or a function that returns it. `0` and `Infinity`: it
   * never expires. Default: the `ttl` of the cache. Example: `{ ttl: (token) => token.expiresIn * 1000 }`.
   */
  ttl?: number | ((value: T, key: string) => number)
  /**
   * The tags of the fetched entry, as for `set`, or a function that returns them. If they are an array, a
   * `deleteByTag` with one of them during the fetch counts as a removal of the key: see `lateFetch`. Default:
   * none. Example: `{ tags: (user) => user.teams.map((team) => `team:${team}`) }`.
   */
  tags?: readonly string[] | ((value: T, key: string) => readonly string[])
  /**
   * `true` fetches even if there is a valid entry: no hit or miss is counted, and an existing entry stays until the
   * fetch has succeeded. Default: `false`. Example: `{ forceRefresh: true }`.
   */
  forceRefresh?: boolean
  /**
   * Whether to store the fetched value; it is returned in either case. If this throws, the call rejects with
   * the error; if it returns a promise, with a `TypeError`. Default: always. Example:
   * `{ shouldCache: (user) => user !== null }`.
   */
  shouldCache?: (value: T, key: string) => boolean
  /**
   * When it is aborted, this call rejects with the reason of the signal; no stale value is returned instead.
   * Other callers of the same fetch continue to wait. When the last one has left, the signal of the fetch is
   * aborted, its result is discarded, and the next call starts a new fetch. If the signal is already aborted,
   * the call rejects before anything is read or counted. Any number of calls adds only one listener to a
   * signal. Default: none. Example: `{ signal: AbortSignal.any([request, user]) }`.
   */
  signal?: FetchSignal
  /**
   * How long this call waits, in milliseconds; then it rejects as with `signal`, with an error whose `name` is
   * `'TimeoutError'`. `0`, `Infinity` and more than 2,147,483,647 ms: without a limit. A background refresh is
   * abandoned after the `timeout` of the call that started it. Default: `0`. Example: `{ timeout: 2000 }`.
   */
  timeout?: number
  /**
   * How long after its expiry an entry may still be returned immediately, in milliseconds, while one fetch in the
   * background refreshes it. This counts as a miss. An error of that fetch reaches only callers that joined it;
   * `getMetrics().refreshErrors` counts it. `Infinity`: as long as the entry is kept. Default: that of the
   * cache. Example: `{ staleWhileRevalidate: 60_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * If the fetch fails or the `timeout` elapses, an entry that is valid or expired at most this many
   * milliseconds ago is returned in place of the error. `Infinity`: as long as the entry is kept. Default: that
   * of the cache. Example: `{ staleIfError: 60 * 60 * 1000 }`.
   */
  staleIfError?: number
}
