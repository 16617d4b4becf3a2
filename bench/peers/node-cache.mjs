// The driver of node-cache. The form of a driver is described in index.mjs.
import NodeCache from 'node-cache'

export default {
  // A full one refuses writes.
  lru: false,
  ttl: true,
  hooks: true,
  create({ ttl, onEvent }) {
    // Neither copies of the values nor the timer that looks at all entries.
    const cache = new NodeCache({ stdTTL: ttl / 1000, useClones: false, checkperiod: 0 })
    if (onEvent) for (const event of ['set', 'del', 'expired']) cache.on(event, onEvent)
    return cache
  },
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  set: (cache, key, value) => cache.set(key, value),
  delete: (cache, key) => cache.del(key),
  keys: (cache) => cache.keys(),
  values: (cache) => Object.values(cache.mget(cache.keys())),
  entries: (cache) => Object.entries(cache.mget(cache.keys())),
  clear: (cache) => cache.flushAll(),
}
