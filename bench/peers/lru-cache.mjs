// The driver of lru-cache. The form of a driver is described in index.mjs.
import { LRUCache } from 'lru-cache'

export default {
  lru: true,
  ttl: true,
  hooks: true,
  // ttlResolution stays at its default of 1 ms: it then reads the clock at most once between two
  // turns of the event loop, and a round of the benchmark is one turn. No cheaper clock exists.
  create: ({ maxSize, ttl, onEvent, fetcher, ttlResolution = 1 }) =>
    new LRUCache({
      max: maxSize,
      ...(ttl > 0 && { ttl, ttlResolution }),
      ...(onEvent && { dispose: onEvent, onInsert: onEvent }),
      ...(fetcher && { fetchMethod: fetcher }),
    }),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  getOrSet: (cache, key) => cache.fetch(key),
  keys: (cache) => [...cache.keys()],
  values: (cache) => [...cache.values()],
  entries: (cache) => [...cache.entries()],
  prune: (cache) => cache.purgeStale(),
  clear: (cache) => cache.clear(),
}
