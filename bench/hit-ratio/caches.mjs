// Caches that programs use, as policies: what they keep, they keep by themselves.
// Lives here: requests as get and, after a miss, set.
import { LRUCache } from 'lru-cache'
import { MemoryCache } from '../../index.mjs'

const namesOf = (keys) => Array.from({ length: keys }, (_, key) => `key:${key}`)

function requestsTo(cache, keys) {
  const names = namesOf(keys)
  return (key) => {
    const name = names[key]
    if (cache.get(name) !== undefined) return true
    cache.set(name, 1)
    return false
  }
}

export const createMemoryCache = (eviction) => (size, keys) =>
  requestsTo(new MemoryCache({ maxSize: size, ttl: 0, eviction }), keys)

export const createLruCache = (size, keys) => requestsTo(new LRUCache({ max: size }), keys)
