// The types of the cache handlers for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { nextCacheHandler, nextCacheHandler as default, nextUseCacheHandler } from './next.js'
export type {
  NextCacheHandler,
  NextCacheHandlerClass,
  NextCacheHandlerOptions,
  NextRevalidation,
  NextUseCacheEntry,
  NextUseCacheHandler,
} from './next.js'
