// The driver of lru-cache that reads the clock at every call, as the published package and this one do.
import lruCache from './lru-cache.mjs'

const { create } = lruCache

export default {
  ...lruCache,
  create: (options) => create({ ...options, ttlResolution: 0 }),
}
