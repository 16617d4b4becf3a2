// The cache handlers of Next.js for `import`: the very functions that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { nextCacheHandler, nextCacheHandler as default, nextUseCacheHandler } from './next.js'
