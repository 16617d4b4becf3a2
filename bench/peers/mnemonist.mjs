// The driver of mnemonist's LRUMap. The form of a driver is described in index.mjs.
import { LRUMap, LRUMapWithDelete } from 'mnemonist'

export default {
  lru: true,
  ttl: false,
  hooks: false,
  // Only the slower of the two classes can delete.
  create: ({ maxSize, deletes }) => (deletes ? new LRUMapWithDelete(maxSize) : new LRUMap(maxSize)),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.delete(key),
  keys: (cache) => [...cache.keys()],
  values: (cache) => [...cache.values()],
  entries: (cache) => [...cache.entries()],
  clear: (cache) => cache.clear(),
}
