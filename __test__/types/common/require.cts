// The package as a CommonJS file sees it, by `require` and by `import`.
// What must not live here: tests of the types themselves.

import cache = require('native-memory-cache')
import { CacheConfigError, MemoryCache, SharedMemoryCache, cached } from 'native-memory-cache'
import type {
  Cache,
  CacheHooks,
  CacheOptions,
  CacheStats,
  CachedDecorator,
  CachedDecoratorOptions,
  Codec,
  IncrementEntryOptions,
  IncrementOptions,
  IncrementedEntry,
  OnDeleteContext,
  OnEvictContext,
  OnExpireContext,
  OnHitContext,
  OnMissContext,
  OnSetContext,
  SharedAttachOptions,
  SharedCacheHooks,
  SharedCacheMetrics,
  SharedCacheOptions,
} from 'native-memory-cache'

export type Types = [
  Cache<Date>,
  CacheHooks<Date>,
  CacheOptions<Date>,
  CacheStats,
  CachedDecorator<Date>,
  CachedDecoratorOptions<Date>,
  Codec<Date>,
  IncrementEntryOptions,
  IncrementOptions,
  IncrementedEntry,
  OnDeleteContext<Date>,
  OnEvictContext<Date>,
  OnExpireContext<Date>,
  OnHitContext<Date>,
  OnMissContext,
  OnSetContext<Date>,
  SharedAttachOptions<Date>,
  SharedCacheHooks<Date>,
  SharedCacheMetrics,
  SharedCacheOptions<Date>,
]

export const required: cache.MemoryCache<Date> = new cache.MemoryCache<Date>({ ttl: 1000 })
export const imported: MemoryCache<Date> = required
export const shared: SharedMemoryCache<Date>[] = [
  new cache.SharedMemoryCache<Date>({ name: 'dates' }),
  new SharedMemoryCache<Date>({ name: 'dates' }),
  cache.SharedMemoryCache.attach('dates'),
]
export const errors: (typeof CacheConfigError)[] = [cache.CacheConfigError, CacheConfigError]
export const decorators: CachedDecorator<Date>[] = [cache.cached<Date>(), cached<Date>()]

// @ts-expect-error the package has no default export of its own
export const byDefault = cache.default
