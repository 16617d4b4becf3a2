// The driver of the published package's interface, which this package shares.
// Lives here: that interface. Which class is meant belongs in native.mjs and published.mjs.
// The form of a driver is described in index.mjs.

const HOOKS = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

/** `options` are given to each cache. */
export const memoryCacheDriver = (MemoryCache, options = {}) => ({
  lru: true,
  ttl: true,
  hooks: true,
  create: ({ maxSize, ttl, onEvent }) =>
    new MemoryCache({
      ...options,
      maxSize,
      ttl,
      ...(onEvent && { hooks: Object.fromEntries(HOOKS.map((hook) => [hook, onEvent])) }),
    }),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  getOrSet: (cache, key, fetcher) => cache.getOrSet(key, fetcher),
  deleteByPrefix: (cache, prefix) => cache.deleteByPrefix(prefix),
  deleteByMagicString: (cache, pattern) => cache.deleteByMagicString(pattern),
  keys: (cache) => cache.keys(),
  values: (cache) => cache.values(),
  entries: (cache) => cache.entries(),
  prune: (cache) => cache.prune(),
  clear: (cache) => cache.clear(),
})
