// The driver of tiny-lru. The form of a driver is described in index.mjs.
import { LRU } from 'tiny-lru'

// Without it a value that is written again expires with the one it replaced.
const RESET_TTL = true

export default {
  lru: true,
  ttl: true,
  hooks: true,
  create({ maxSize, ttl, onEvent }) {
    const cache = new LRU(maxSize, ttl, RESET_TTL)
    return onEvent ? cache.onEvict(onEvent) : cache
  },
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  keys: (cache) => cache.keys(),
  values: (cache) => cache.values(),
  entries: (cache) => cache.entries(),
  prune: (cache) => cache.cleanup(),
  clear: (cache) => cache.clear(),
}
