// What a shared cache is set up with and what it tells of itself. What must not live here: its
// methods. The data shapes are type aliases, as in hooks.d.ts and for its reason.

import type { CacheHooks } from './hooks.js'
import type { EvictionPolicy } from './memory-options.js'
import type { SharedSnapshotOptions } from './snapshots.js'

/**
 * Turns the values of a shared store into text or bytes and back. It sees every value, primitives
 * and buffers included, so it may compress or encrypt. Its functions stay on their thread: each thread
 * brings its own, and they must agree.
 *
 * @example
 * ```ts
 * const zipped: Codec<Page> = {
 *   name: 'gzipped JSON',
 *   encode: (page) => gzipSync(JSON.stringify(page)),
 *   decode: (bytes) => JSON.parse(gunzipSync(bytes).toString()),
 * }
 * ```
 */
export type Codec<T> = {
  /**
   * Makes text or bytes of a value; they are copied. What it throws reaches the caller of `set`, and
   * the store stays as it was. Anything but a string or a `Uint8Array` is a `TypeError`.
   * Example: `encode: (user) => user.id + ' ' + user.name`.
   */
  encode: (value: T) => string | Uint8Array
  /**
   * Makes a value of what `encode` made, of the same type: text of text, bytes (a copy of its own) of
   * bytes. What it throws reaches the caller of `get`.
   * Example: `decode: (text) => parseUser(String(text))`.
   */
  // `any`: that it gets what `encode` returns, text or bytes, is up to whoever writes both.
  decode: (encoded: any) => T
  /**
   * By this name the threads' codecs are compared: one that attaches with another name is refused.
   * `'structured'` and `'json'` are taken. Default: `'custom'`. Example: `name: 'gzipped JSON v2'`.
   */
  name?: string
}

/**
 * Functions that observe a shared store: the hooks of `CacheHooks`, delivered as follows.
 *
 * - Events of the handle's own calls come synchronously, on the caller's stack, in order.
 * - `onSet`, `onEvict`, `onExpire` and `onDelete` also report what other handles, other threads and
 *   the expiry thread did. These come later, in batches, in the store's order. They keep no process
 *   alive. At most 65,536 wait for a handle: further ones are dropped, counted in
 *   {@link SharedCacheMetrics.droppedEvents}, and announced once by a process warning.
 * - `onHit` and `onMiss` report the handle's own reads only.
 * - `value` is decoded when it is first read: a hook that does not look at it does not pay for it.
 * - Which of `onSet`, `onEvict`, `onExpire` and `onDelete` there are is looked at when the cache is
 *   made. A function replaced later takes effect, one added later hears nothing.
 *
 * @example
 * ```ts
 * const hooks: SharedCacheHooks<Session> = {
 *   onExpire: ({ key, value }) => audit.info('session expired', { key, user: value?.userId }),
 * }
 * ```
 */
export type SharedCacheHooks<T> = CacheHooks<T>

/**
 * Which store a `SharedMemoryCache` opens and how it is set up. The first to open a name makes the
 * store, with defaults for what is left out, `undefined` or `null`. Whoever attaches later takes the
 * store as it is: `{ name }` suffices, and a `maxSize`, `maxBytes`, `ttl`, `shards` or `codec` other
 * than the store's is refused, as is another `eviction`, `updateAgeOnGet`, `ttlJitter`, `staleWhileRevalidate` or `staleIfError`. `nearCache` and `hooks` are each handle's own.
 *
 * @example
 * ```ts
 * const options: SharedCacheOptions<Session> = {
 *   name: 'sessions',
 *   maxSize: 100_000,
 *   maxBytes: 64 << 20,
 *   ttl: 30 * 60 * 1000,
 * }
 * ```
 */
export type SharedCacheOptions<T = unknown> = {
  /** Names the store within the process; not empty. Required. Example: `{ name: 'sessions' }`. */
  name: string
  /**
   * The most entries held at a time; the least recently used make room for new ones, or those that `eviction` says. The limit is
   * divided among the `shards`, each of which holds at least one entry.
   * `0` and `Infinity` mean no limit. Default: `100`. Example: `{ name, maxSize: 100_000 }`.
   */
  maxSize?: number
  /**
   * The most memory the entries may take, in bytes: keys, encoded values and bookkeeping, some 300 bytes
   * each. The least recently used make room, or those that `eviction` says. The limit is divided among the `shards`, and an entry
   * larger than such a part is not stored. `0` and `Infinity` mean no limit. Default: `0`.
   * Example: `{ name, maxSize: 0, maxBytes: 64 << 20 }`.
   */
  maxBytes?: number
  /**
   * How long an entry lives after it was last written, in milliseconds, unless it has a lifetime of its
   * own; reads do not extend it without `updateAgeOnGet`. A native thread frees expired entries. `0` and `Infinity` mean that entries live until they are
   * removed. Default: `300_000` (five minutes). Example: `{ name, ttl: 30 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * Which entries make room where `maxSize` or `maxBytes` is reached; what has expired always goes first. `'lru'`: the one
   * used longest ago. `'s3-fifo'`: what came and was not used again within an eighth of the cache, so that many keys that come once push out nothing that is
   * used. Lists are in the order of use with either. Default: `'lru'`. Example: `{ name, eviction: 's3-fifo' }`.
   */
  eviction?: EvictionPolicy
  /**
   * Whether a hit of `get` or `getOrSet` renews the lifetime of its entry, whether that is the
   * entry's own or that of the store: what is used lives on. `has`, `peek` and `info` renew nothing.
   * Default: `false`. Example: `{ name, ttl: 30 * 60 * 1000, updateAgeOnGet: true }`, a sliding session.
   */
  updateAgeOnGet?: boolean
  /**
   * By which part lifetimes are shortened at random, from 0 to 1, so that what was written together does
   * not expire together: with `0.1` an entry lives 90 to 100 % of its time, rounded up to whole
   * milliseconds, also one with an `expiresAt`. `Infinity` stays. Default: `0`. Example: `{ name, ttl: 60_000, ttlJitter: 0.1 }`.
   */
  ttlJitter?: number
  /**
   * A finite number from which the random parts of `ttlJitter` follow, for tests that must repeat,
   * with `shards: 1`. It counts where the store is made.
   * Default: random. Example: `{ name, ttlJitter: 0.1, ttlJitterSeed: 1 }`.
   */
  ttlJitterSeed?: number
  /**
   * For how long after its expiry `getOrSet` may return an entry at once, in milliseconds, while it is
   * fetched again in the background, by one caller of all threads. Entries are kept for the larger of this and
   * `staleIfError`, for `getOrSet` alone: to all else they are gone, with the reason `'expired'`, but `info`
   * shows them as stale, and `size`, `getStats` and `getMetrics` count them, since they take room. `onExpire` is
   * called when they go, which they do before anything valid where room is needed. `Infinity`: as long as
   * there is room. Default: `0`. Example: `{ name, ttl: 60_000, staleWhileRevalidate: 30_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * For how long after its expiry `getOrSet` may return an entry because a fetch has failed or taken too
   * long, in milliseconds; see `GetOrSetOptions` and `staleWhileRevalidate`. Default: `0`.
   * Example: `{ name, ttl: 60_000, staleIfError: 24 * 60 * 60 * 1000 }`.
   */
  staleIfError?: number
  /**
   * Over how many locks the keys are spread, 1 to 1,024. Threads that use keys of different shards do
   * not wait for each other; entries are evicted within a shard, so `1` makes the order
   * exact for the whole store. Default: `1` if `maxSize` is below 1,024 or `maxBytes` below 16 MiB,
   * else `16`. Example: `{ name, maxSize: 50_000, shards: 1 }`.
   */
  shards?: number
  /**
   * How values become bytes. `'structured'`: structured clone, which keeps dates, maps, sets, typed
   * arrays, errors and cycles. `'json'`: faster for small plain objects; what JSON lacks is lost. Under
   * either, strings, numbers, booleans, `null`, `undefined`, bigints and Buffers are stored as they
   * are. Or a {@link Codec}. Default: `'structured'`. Example: `{ name, codec: 'json' }`.
   */
  codec?: 'structured' | 'json' | Codec<T>
  /**
   * `true` keeps up to 10,000 decoded values (`maxSize`, if that is less) on this handle, and `get`
   * asks the store only whether its version still holds. Such values are shared by all who read them
   * through the handle: treat them as frozen. Default: `false`. Example: `{ name, nearCache: true }`.
   */
  nearCache?: boolean
  /**
   * Functions told of hits, misses, writes and removals. Default: none.
   * Example: `{ name, hooks: { onEvict: ({ key }) => console.warn('evicted', key) } }`.
   */
  hooks?: SharedCacheHooks<T>
  /**
   * A file from which the store is restored when it is made, before anybody sees it, and to which it is saved when its
   * last handle is closed or the process ends. It counts where the store is made; who attaches with another `path` is refused.
   * Default: none. Example: `{ name, snapshot: { path: 'sessions.snapshot', interval: 60_000 } }`.
   */
  snapshot?: SharedSnapshotOptions
}

/**
 * What a handle of `SharedMemoryCache.attach` may have of its own.
 *
 * @example
 * ```ts
 * const options: SharedAttachOptions<Session> = { nearCache: true }
 * ```
 */
export type SharedAttachOptions<T = unknown> = {
  /** As in {@link SharedCacheOptions}; needed only if the store has one of your own. Example: `{ codec }`. */
  codec?: 'structured' | 'json' | Codec<T>
  /** As in {@link SharedCacheOptions}. Default: `false`. Example: `{ nearCache: true }`. */
  nearCache?: boolean
  /** As in {@link SharedCacheOptions}. Default: none. Example: `{ hooks: { onSet: log } }`. */
  hooks?: SharedCacheHooks<T>
}

/**
 * What `SharedMemoryCache.resize` can change, each as the option of that name.
 *
 * @example
 * ```ts
 * const limits: SharedCacheLimits = { maxBytes: 256 << 20 }
 * ```
 */
export type SharedCacheLimits = Pick<SharedCacheOptions, 'maxBytes' | 'maxSize'>

/**
 * What `SharedMemoryCache.increment` may be told.
 *
 * @example
 * ```ts
 * const perMinute: IncrementOptions = { ttl: 60_000 }
 * ```
 */
export type IncrementOptions = {
  /**
   * How long the counter lives from the call that starts it, in milliseconds; later calls keep the
   * deadline. `0` and `Infinity`: until it is removed. Default: the `ttl` of the store.
   * Example: `{ ttl: 60_000 }`.
   */
  ttl?: number
}

/**
 * What `SharedMemoryCache.incrementEntry` may be told.
 *
 * @example
 * ```ts
 * const running: IncrementEntryOptions = { onlyIfPresent: true }
 * ```
 */
export type IncrementEntryOptions = {
  /** As in {@link IncrementOptions}. Default: the `ttl` of the store. Example: `{ ttl: 60_000 }`. */
  ttl?: number
  /**
   * `true` adds only to a number that there is and starts none.
   * Default: `false`. Example: `{ onlyIfPresent: true }`.
   */
  onlyIfPresent?: boolean
}

/**
 * What came of `SharedMemoryCache.incrementEntry`.
 *
 * @example
 * ```ts
 * const { value, created }: IncrementedEntry = limits.incrementEntry(address)
 * ```
 */
export type IncrementedEntry = {
  /** The sum. */
  value: number
  /** Milliseconds that the number has left; `Infinity` if it never expires. */
  remainingTtl: number
  /** Whether this call started it: of all threads, one sees `true` for each life of a number. */
  created: boolean
}

/**
 * What a shared store tells of itself, for a monitor. Unlike `CacheStats` it prunes nothing.
 *
 * @example
 * ```ts
 * const { bytes, droppedEvents }: SharedCacheMetrics = sessions.getMetrics()
 * ```
 */
export type SharedCacheMetrics = {
  /** What the entries take, in bytes, as `maxBytes` counts it. */
  bytes: number
  /** Entries held, including expired ones that no operation has noticed yet. */
  entries: number
  /** Locks over which the keys are spread. */
  shards: number
  /** Open handles that have an `onSet`, `onEvict`, `onExpire` or `onDelete`, on all threads. */
  subscribers: number
  /** Events of this handle that were dropped because 65,536 were waiting. */
  droppedEvents: number
  /** The same of all open handles together. */
  allDroppedEvents: number
  /** Fetches of `getOrSet` under way, on all threads. */
  flights: number
  /** Fetches in the background that have failed or were given up, on all threads, since the store was made. */
  refreshErrors: number
  /** Calls of `getOrSet` that were given a value that had expired, on all threads, since the store was made. */
  staleServed: number
  /** Saves of the option `snapshot` by this handle that have failed. */
  snapshotErrors: number
}
