// The driver of quick-lru. The form of a driver is described in index.mjs.
import QuickLRU from 'quick-lru'

export default {
  // It forgets a whole generation at once, and may hold up to two of them.
  lru: true,
  generations: 2,
  ttl: true,
  hooks: true,
  create: ({ maxSize, ttl, onEvent }) =>
    new QuickLRU({
      maxSize,
      ...(ttl > 0 && { maxAge: ttl }),
      ...(onEvent && { onEviction: onEvent }),
    }),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  keys: (cache) => [...cache.keys()],
  values: (cache) => [...cache.values()],
  entries: (cache) => [...cache.entries()],
  clear: (cache) => cache.clear(),
}
