// The arguments of hooks, for both kinds of caches. What must not live here: how a cache delivers them.
// The data shapes are type aliases, not interfaces, because only an alias may be passed where a
// `Record<string, unknown>` is asked for, as loggers do.

/** The context passed to {@link CacheHooks.onHit}. */
export type OnHitContext<T> = {
  /** The key that was read. */
  key: string
  /** The value that the caller receives; `undefined` if `undefined` was stored. */
  value: T | undefined
}

/** The context passed to {@link CacheHooks.onMiss}. */
export type OnMissContext = {
  /** The key that was read. */
  key: string
  /** `'not_found'`: there was no entry. `'expired'`: there was one, older than the `ttl`. */
  reason: 'not_found' | 'expired'
}

/** The context passed to {@link CacheHooks.onSet}. */
export type OnSetContext<T> = {
  /** The key that was written. */
  key: string
  /** The value that was stored. */
  value: T
  /** `true` if the write replaced an entry, `false` if it added one. */
  isUpdate: boolean
}

/** The context passed to {@link CacheHooks.onEvict}. */
export type OnEvictContext<T> = {
  /** The key of the evicted entry. */
  key: string
  /** The value it held. */
  value: T | undefined
}

/** The context passed to {@link CacheHooks.onExpire}. */
export type OnExpireContext<T> = {
  /** The key of the expired entry. */
  key: string
  /** The value it held. */
  value: T | undefined
  /**
   * Which operation found the expired entry: `'get'` (also `getMany`, `getOrSet`, `take` and decorated methods),
   * `'has'`, or `'prune'` (also operations that prune: `set` at capacity, `size`, `keys`, `values`, `entries`,
   * `getStats`; and a `set` with an `expiresAt` in the past).
   */
  source: 'get' | 'has' | 'prune'
}

/** The context passed to {@link CacheHooks.onDelete}. */
export type OnDeleteContext<T> = {
  /** The key of the deleted entry. */
  key: string
  /** The value it held. */
  value: T | undefined
  /** The method that was called. */
  source:
    'delete' | 'deleteAsync' | 'deleteByPrefix' | 'deleteByMagicString' | 'deleteByTag' | 'clear'
}

/**
 * Functions that observe a cache. Each is optional and runs synchronously, on the caller's stack, after the
 * change it reports, unless `hookDelivery` says otherwise. A hook may use the cache; errors that it throws are
 * discarded. A `MemoryCache` reads the hooks object at each event, so replacing or adding a hook on it takes effect.
 *
 * @example
 * ```ts
 * const hooks: CacheHooks<Session> = {
 *   onExpire: ({ key, value }) => audit.info('session expired', { key, user: value?.userId }),
 * }
 * const sessions = new MemoryCache<Session>({ hooks })
 * ```
 */
export type CacheHooks<T> = {
  /** A read found a live entry. Example: `onHit: ({ key }) => hits.inc({ key })`. */
  onHit?: (context: OnHitContext<T>) => void
  /** A read found no entry, or an expired one. Example: `onMiss: ({ reason }) => log(reason)`. */
  onMiss?: (context: OnMissContext) => void
  /** A value was stored. Example: `onSet: ({ key, isUpdate }) => log(key, isUpdate)`. */
  onSet?: (context: OnSetContext<T>) => void
  /** A live entry was evicted. Example: `onEvict: ({ value }) => value?.close()`. */
  onEvict?: (context: OnEvictContext<T>) => void
  /** An entry outlived the `ttl` and was removed. Example: `onExpire: ({ key }) => log(key)`. */
  onExpire?: (context: OnExpireContext<T>) => void
  /**
   * An entry was removed by a call. Example: `onDelete: ({ source }) => log(source)`. Declared as a method, so
   * that functions typed for `@humanspeak/memory-cache`, which knows no tags, can be given here.
   */
  onDelete?(context: OnDeleteContext<T>): void
}
