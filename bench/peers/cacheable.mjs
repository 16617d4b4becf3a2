// The driver of @cacheable/memory. The form of a driver is described in index.mjs.
import { CacheableMemory, CacheableMemoryHooks } from '@cacheable/memory'

// One above 2^24 entries is an `error` event and a cache without a limit.
const MAX_SIZE = 2 ** 24

export default {
  lru: true,
  ttl: true,
  hooks: true,
  create({ maxSize, ttl, onEvent }) {
    if (maxSize > MAX_SIZE) throw new RangeError(`holds no more than ${MAX_SIZE} entries`)
    // Neither copies of the values, nor a hash of each key to spread them over several maps, nor
    // the timer that looks at all entries.
    const cache = new CacheableMemory({
      ttl,
      lruSize: maxSize,
      useClone: false,
      storeHashSize: 1,
      checkInterval: 0,
    })
    if (onEvent) {
      const { AFTER_GET, AFTER_SET, AFTER_DELETE } = CacheableMemoryHooks
      for (const hook of [AFTER_GET, AFTER_SET, AFTER_DELETE]) cache.onHook(hook, onEvent)
    }
    return cache
  },
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  getOrSet: (cache, key, fetcher) => cache.getOrSet(key, fetcher),
  keys: (cache) => [...cache.keys],
  values: (cache) => Array.from(cache.items, ({ value }) => value),
  entries: (cache) => Array.from(cache.items, ({ key, value }) => [key, value]),
  prune: (cache) => cache.checkExpiration(),
  clear: (cache) => cache.clear(),
}
