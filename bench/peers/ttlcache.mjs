// The driver of @isaacs/ttlcache. The form of a driver is described in index.mjs.
import { TTLCache } from '@isaacs/ttlcache'

export default {
  // A full one drops what expires first, however often it is read.
  lru: false,
  ttl: true,
  hooks: true,
  // checkAgeOnGet stays off: its timers remove what has expired, and reads need no clock.
  create: ({ maxSize, ttl, onEvent }) =>
    new TTLCache({ max: maxSize, ttl: ttl || Infinity, ...(onEvent && { dispose: onEvent }) }),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  keys: (cache) => [...cache.keys()],
  values: (cache) => [...cache.values()],
  entries: (cache) => [...cache.entries()],
  prune: (cache) => cache.purgeStale(),
  clear: (cache) => cache.clear(),
}
