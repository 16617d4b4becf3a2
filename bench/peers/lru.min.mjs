// The driver of lru.min. The form of a driver is described in index.mjs.
import { createLRU } from 'lru.min'

export default {
  lru: true,
  ttl: false,
  hooks: true,
  create: ({ maxSize, onEvent }) =>
    createLRU({ max: maxSize, ...(onEvent && { onEviction: onEvent }) }),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  keys: (cache) => [...cache.keys()],
  values: (cache) => [...cache.values()],
  entries: (cache) => [...cache.entries()],
  clear: (cache) => cache.clear(),
}
