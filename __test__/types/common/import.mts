// The package as a module sees it: the same names as for `require`, and no default export.
// What must not live here: tests of the types themselves.

import type * as imported from 'native-memory-cache'
import type * as required from 'native-memory-cache' with { 'resolution-mode': 'require' }
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
import type { Expect, Same } from './expect.mjs'

export type BothEntriesGiveTheSame = [
  Expect<
    Same<
      keyof typeof imported,
      | 'CacheConfigError'
      | 'MemoryCache'
      | 'SharedMemoryCache'
      | 'SnapshotError'
      | 'cached'
      | 'memoize'
    >
  >,
  // To a module the compiler shows module.exports as a default export as well.
  Expect<Same<Exclude<keyof typeof required, 'default'>, keyof typeof imported>>,
  Expect<Same<typeof required.MemoryCache, typeof imported.MemoryCache>>,
  Expect<Same<typeof required.SharedMemoryCache, typeof imported.SharedMemoryCache>>,
  Expect<Same<typeof required.CacheConfigError, typeof imported.CacheConfigError>>,
  Expect<Same<typeof required.cached, typeof imported.cached>>,
  Expect<Same<required.Cache<Date>, Cache<Date>>>,
  Expect<Same<required.CacheHooks<Date>, CacheHooks<Date>>>,
  Expect<Same<required.CacheOptions<Date>, CacheOptions<Date>>>,
  Expect<Same<required.CacheStats, CacheStats>>,
  Expect<Same<required.CachedDecorator<Date>, CachedDecorator<Date>>>,
  Expect<Same<required.CachedDecoratorOptions<Date>, CachedDecoratorOptions<Date>>>,
  Expect<Same<required.Codec<Date>, Codec<Date>>>,
  Expect<Same<required.IncrementEntryOptions, IncrementEntryOptions>>,
  Expect<Same<required.IncrementOptions, IncrementOptions>>,
  Expect<Same<required.IncrementedEntry, IncrementedEntry>>,
  Expect<Same<required.OnDeleteContext<Date>, OnDeleteContext<Date>>>,
  Expect<Same<required.OnEvictContext<Date>, OnEvictContext<Date>>>,
  Expect<Same<required.OnExpireContext<Date>, OnExpireContext<Date>>>,
  Expect<Same<required.OnHitContext<Date>, OnHitContext<Date>>>,
  Expect<Same<required.OnMissContext, OnMissContext>>,
  Expect<Same<required.OnSetContext<Date>, OnSetContext<Date>>>,
  Expect<Same<required.SharedAttachOptions<Date>, SharedAttachOptions<Date>>>,
  Expect<Same<required.SharedCacheHooks<Date>, SharedCacheHooks<Date>>>,
  Expect<Same<required.SharedCacheMetrics, SharedCacheMetrics>>,
  Expect<Same<required.SharedCacheOptions<Date>, SharedCacheOptions<Date>>>,
]
