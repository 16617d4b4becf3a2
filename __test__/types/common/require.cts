// The package as a CommonJS file sees it, by `require` and by `import`.
// What must not live here: tests of the types themselves.

import cache = require('native-memory-cache')
import { CacheConfigError, MemoryCache, cached } from 'native-memory-cache'
import type {
  CacheHooks,
  CacheOptions,
  CacheStats,
  CachedDecorator,
  CachedDecoratorOptions,
  OnDeleteContext,
  OnEvictContext,
  OnExpireContext,
  OnHitContext,
  OnMissContext,
  OnSetContext,
} from 'native-memory-cache'

export type Types = [
  CacheHooks<Date>,
  CacheOptions<Date>,
  CacheStats,
  CachedDecorator<Date>,
  CachedDecoratorOptions<Date>,
  OnDeleteContext<Date>,
  OnEvictContext<Date>,
  OnExpireContext<Date>,
  OnHitContext<Date>,
  OnMissContext,
  OnSetContext<Date>,
]

export const required: cache.MemoryCache<Date> = new cache.MemoryCache<Date>({ ttl: 1000 })
export const imported: MemoryCache<Date> = required
export const errors: (typeof CacheConfigError)[] = [cache.CacheConfigError, CacheConfigError]
export const decorators: CachedDecorator<Date>[] = [cache.cached<Date>(), cached<Date>()]

// @ts-expect-error the package has no default export of its own
export const byDefault = cache.default
