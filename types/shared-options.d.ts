// What a shared cache is set up with and what it tells of itself. What must not live here: its
// methods. The data shapes are type aliases, as in hooks.d.ts and for its reason.

import type { CacheHooks } from './hooks.js'
import type { EvictionPolicy } from './memory-options.js'
import type { SharedSnapshotOptions } from './snapshots.js'

/**
 * Turns the values of a shared store into text or bytes and back. It receives every value, including primitives
 * and buffers, so it can compress or encrypt. Functions cannot be sent to other threads: each thread passes its
 * own codec, and all must agree.
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
   * Turns a value into text or bytes, which are copied. An error is passed on to the caller of `set`, and the
   * store does not change. Any result but a string or a `Uint8Array` is a `TypeError`. Example:
   * `encode: (user) => user.id + ' ' + user.name`.
   */
  encode(value: T): string | Uint8Array
  /**
   * Turns the result of `encode` back into a value. It gets a string if `encode` returned one, otherwise its
   * own copy of the bytes. An error is passed on to the caller of `get`. Example:
   * `decode: (text) => parseUser(String(text))`.
   */
  // `any`: that it gets what `encode` returns, text or bytes, is up to whoever writes both.
  decode(encoded: any): T
  /**
   * The name by which codecs of different threads are compared: a handle with a different name is rejected.
   * `'structured'` and `'json'` are reserved. Default: `'custom'`. Example: `name: 'gzipped JSON v2'`.
   */
  name?: string
}

/**
 * Functions that observe a shared store: the hooks of `CacheHooks`, delivered as follows.
 *
 * - Events of the handle's own calls are reported synchronously, on the caller's stack, in order.
 * - `onSet`, `onEvict`, `onExpire` and `onDelete` also report changes by other handles, other threads and the
 *   expiry thread. These events arrive later, in batches, in the order of the store. They do not keep the
 *   process alive. At most 65,536 events wait for a handle: further ones are dropped, counted in
 *   {@link SharedCacheMetrics.droppedEvents}, and cause one process warning.
 * - `onHit` and `onMiss` report the handle's own reads only.
 * - `value` is decoded when it is first read: hooks that do not read it do not pay for it.
 * - Whether `onSet`, `onEvict`, `onExpire` and `onDelete` exist is checked when the cache is created. Replacing
 *   such a function later takes effect, adding one does not.
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
 * Which store a `SharedMemoryCache` opens and how it is set up. The first handle on a name creates the store,
 * with defaults for options that are omitted, `undefined` or `null`. For later handles `{ name }` is enough; a
 * `maxSize`, `maxBytes`, `ttl`, `shards`, `codec`, `eviction`, `updateAgeOnGet`, `ttlJitter`,
 * `staleWhileRevalidate` or `staleIfError` that differs from that of the store is rejected. `nearCache` and
 * `hooks` belong to each handle. `maxWeight`, `sizeCalculation`, `hookDelivery`, `checkInterval` and `lateFetch` are
 * options of a `MemoryCache` only.
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
   * The maximum number of entries. When it is reached, the least recently used entries are evicted, or those
   * that `eviction` chooses. The limit is divided among the `shards`, each of which holds at least one entry.
   * `0` and `Infinity` mean no limit. Default: `100`. Example: `{ name, maxSize: 100_000 }`.
   */
  maxSize?: number
  /**
   * The maximum memory of the entries, in bytes: keys, encoded values and bookkeeping, which takes about 300
   * bytes per entry. When it is reached, the least recently used entries are evicted, or those that `eviction`
   * chooses. The limit is divided among the `shards`, and an entry larger than the share of its shard is not
   * stored. `0` and `Infinity` mean no limit. Default: `0`. Example:
   * `{ name, maxSize: 0, maxBytes: 64 << 20 }`.
   */
  maxBytes?: number
  /**
   * How long an entry lives after it was last written, in milliseconds, unless it has its own lifetime; reads
   * extend it only with `updateAgeOnGet`. A native thread frees expired entries. `0` and `Infinity` mean that
   * entries never expire. Default: `300_000` (five minutes). Example: `{ name, ttl: 30 * 60 * 1000 }`.
   */
  ttl?: number
  /**
   * Which entries are evicted when `maxSize` or `maxBytes` is reached; expired entries are always removed
   * first. `'lru'`: the least recently used entry. `'s3-fifo'`: an entry that was added and not used again
   * within an eighth of the cache, so that many keys that are used only once do not evict entries in use. Lists
   * are in order of use with either policy. Default: `'lru'`. Example: `{ name, eviction: 's3-fifo' }`.
   */
  eviction?: EvictionPolicy
  /**
   * Whether a hit of `get`, `getMany` or `getOrSet` renews the lifetime of its entry, whether that is its own or
   * that of the store, so that entries in use do not expire. `has`, `peek` and `info` do not. Default: `false`.
   * Example: `{ name, ttl: 30 * 60 * 1000, updateAgeOnGet: true }`, a sliding session.
   */
  updateAgeOnGet?: boolean
  /**
   * Each lifetime is shortened by a random fraction of up to this much (0 to 1), so that entries that were
   * written together do not expire together: with `0.1` an entry lives for 90 to 100 % of its lifetime, rounded
   * up to whole milliseconds. This includes entries with an `expiresAt`, but not infinite lifetimes. Default:
   * `0`. Example: `{ name, ttl: 60_000, ttlJitter: 0.1 }`.
   */
  ttlJitter?: number
  /**
   * A finite number that makes the random fractions of `ttlJitter` repeatable, for tests, with `shards: 1`.
   * Only the handle that creates the store uses it. Default: random. Example:
   * `{ name, ttlJitter: 0.1, ttlJitterSeed: 1 }`.
   */
  ttlJitterSeed?: number
  /**
   * How long after its expiry `getOrSet` may still return an entry immediately, in milliseconds, while one caller
   * of all threads refreshes it in the background. Expired entries are kept for the larger of this and
   * `staleIfError`, for `getOrSet` only: for all other reads they are misses with the reason `'expired'`, but
   * `info` shows them as stale, and `size`, `getStats` and `getMetrics` count them because they take room.
   * `onExpire` is called when they are removed; if room is needed, they are removed before any valid entry.
   * `Infinity`: as long as there is room. Default: `0`. Example:
   * `{ name, ttl: 60_000, staleWhileRevalidate: 30_000 }`.
   */
  staleWhileRevalidate?: number
  /**
   * How long after its expiry `getOrSet` may still return an entry because a fetch has failed or timed out, in
   * milliseconds; see `GetOrSetOptions` and `staleWhileRevalidate`. Default: `0`. Example:
   * `{ name, ttl: 60_000, staleIfError: 24 * 60 * 60 * 1000 }`.
   */
  staleIfError?: number
  /**
   * The number of shards over which the keys are distributed, each with its own lock, from 1 to 1,024. Threads
   * that use keys in different shards do not wait for each other; entries are evicted within a shard, so with
   * `1` the order is exact for the whole store. Default: `1` if `maxSize` is below 1,024 or `maxBytes` is below
   * 16 MiB, otherwise `16`. Example: `{ name, maxSize: 50_000, shards: 1 }`.
   */
  shards?: number
  /**
   * How values become bytes. `'structured'`: structured clone, which keeps dates, maps, sets, typed arrays,
   * errors and cycles. Class instances become plain objects. `'json'`: JSON text, limited to what JSON supports. With
   * either, strings, numbers, booleans, `null`, `undefined`, bigints and Buffers are stored as they are. Or a
   * {@link Codec}. Default: `'structured'`. Example: `{ name, codec: 'json' }`.
   */
  codec?: 'structured' | 'json' | Codec<T>
  /**
   * `true` keeps up to 10,000 decoded values with at most 64 MiB of encoded bytes (or `maxSize` and `maxBytes`,
   * if those are less) on this handle, and `get` asks the store only whether their version is current. All
   * reads through the handle share these objects: treat them as frozen. Default: `false`. Example:
   * `{ name, nearCache: true }`.
   */
  nearCache?: boolean
  /**
   * Functions that are called for hits, misses, writes and removals. Default: none. Example:
   * `{ name, hooks: { onEvict: ({ key }) => console.warn('evicted', key) } }`.
   */
  hooks?: SharedCacheHooks<T>
  /**
   * A file from which the store is restored when it is created, before any thread can see it, and to which it
   * is saved when its last handle is closed or the process ends. A later handle with a different `path` is
   * rejected; one with the same `path` saves as well, by its own `interval` and `onExit`. Default: none. Example:
   * `{ name, snapshot: { path: 'sessions.snapshot', interval: 60_000 } }`.
   */
  snapshot?: SharedSnapshotOptions
}

/**
 * Options of a handle that `SharedMemoryCache.attach` opens.
 *
 * @example
 * ```ts
 * const options: SharedAttachOptions<Session> = { nearCache: true }
 * ```
 */
export type SharedAttachOptions<T = unknown> = {
  /** As in {@link SharedCacheOptions}; needed only if the store has a custom codec. Example: `{ codec }`. */
  codec?: 'structured' | 'json' | Codec<T>
  /** As in {@link SharedCacheOptions}. Default: `false`. Example: `{ nearCache: true }`. */
  nearCache?: boolean
  /** As in {@link SharedCacheOptions}. Default: none. Example: `{ hooks: { onSet: log } }`. */
  hooks?: SharedCacheHooks<T>
}

/**
 * Limits that `SharedMemoryCache.resize` can change, each as the option of the same name.
 *
 * @example
 * ```ts
 * const limits: SharedCacheLimits = { maxBytes: 256 << 20 }
 * ```
 */
export type SharedCacheLimits = Pick<SharedCacheOptions, 'maxBytes' | 'maxSize'>

/**
 * Options of `SharedMemoryCache.increment`.
 *
 * @example
 * ```ts
 * const perMinute: IncrementOptions = { ttl: 60_000 }
 * ```
 */
export type IncrementOptions = {
  /**
   * How long the counter lives from the call that creates it, in milliseconds; later calls keep the deadline.
   * `0` and `Infinity`: it never expires. Default: the `ttl` of the store. Example: `{ ttl: 60_000 }`.
   */
  ttl?: number
}

/**
 * Options of `SharedMemoryCache.incrementEntry`.
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
   * `true` adds only to an existing number and does not create one. Default: `false`. Example:
   * `{ onlyIfPresent: true }`.
   */
  onlyIfPresent?: boolean
}

/**
 * The result of `SharedMemoryCache.incrementEntry`.
 *
 * @example
 * ```ts
 * const { value, created }: IncrementedEntry = limits.incrementEntry(address)
 * ```
 */
export type IncrementedEntry = {
  /** The sum. */
  value: number
  /** Milliseconds until the number expires; `Infinity` if it never does. */
  remainingTtl: number
  /** Whether this call created it: for each lifetime of a number, one call on one thread gets `true`. */
  created: boolean
}

/**
 * Figures of a shared store for monitoring. Unlike for `CacheStats`, nothing is pruned.
 *
 * @example
 * ```ts
 * const { bytes, droppedEvents }: SharedCacheMetrics = sessions.getMetrics()
 * ```
 */
export type SharedCacheMetrics = {
  /** Size of the entries in bytes, as counted by `maxBytes`. */
  bytes: number
  /** Entries held, including expired ones that no operation has noticed yet. */
  entries: number
  /** Number of shards over which the keys are distributed. */
  shards: number
  /** Open handles that have an `onSet`, `onEvict`, `onExpire` or `onDelete`, on all threads. */
  subscribers: number
  /** Events of this handle that were dropped because 65,536 were waiting. */
  droppedEvents: number
  /** The same for all open handles together. */
  allDroppedEvents: number
  /** Fetches of `getOrSet` in progress, on all threads. */
  flights: number
  /** Background fetches that failed or were abandoned, on all threads, since the store was created. */
  refreshErrors: number
  /** Calls of `getOrSet` that returned an expired value, on all threads, since the store was created. */
  staleServed: number
  /** Saves of the option `snapshot` by this handle that failed. */
  snapshotErrors: number
}
