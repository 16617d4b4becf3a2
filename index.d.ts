// The public contract of native-memory-cache: every exported name. The declarations and their
// documentation are in types/, written by hand and edited before the code; `index.d.mts` re-exports
// this file for `import`.
// What must not live here or in types/: anything the entries do not export, private members,
// documentation of internals.

export type { Cache, ExtendedCache } from './types/cache.js'
export { cached, memoize } from './types/cached.js'
export type {
  CachedDecorator,
  CachedDecoratorOptions,
  MemoizeOptions,
  Memoized,
} from './types/cached.js'
export type {
  CacheDeleteMessage,
  CacheEvictMessage,
  CacheExpireMessage,
  CacheFetchMessage,
  CacheGetMessage,
  CacheMessage,
  CacheSetMessage,
} from './types/diagnostics.js'
export type { FetchContext, FetchSignal, GetOrSetOptions } from './types/fetches.js'
export type {
  CacheHooks,
  OnDeleteContext,
  OnEvictContext,
  OnExpireContext,
  OnHitContext,
  OnMissContext,
  OnSetContext,
} from './types/hooks.js'
export type { EntryInfo, SetOptions } from './types/lifetimes.js'
export { CacheConfigError, MemoryCache } from './types/memory-cache.js'
export type { CacheLimits, CacheMetrics, CacheOptions, CacheStats } from './types/memory-options.js'
export type { CacheView, SharedCacheView } from './types/namespaces.js'
export { SnapshotError } from './types/snapshots.js'
export type {
  DumpedEntry,
  RestoreOptions,
  SaveOptions,
  SharedSnapshotOptions,
  SnapshotErrorCode,
  SnapshotOptions,
  SnapshotProgress,
} from './types/snapshots.js'
export { SharedMemoryCache } from './types/shared-memory-cache.js'
export type {
  Codec,
  IncrementEntryOptions,
  IncrementOptions,
  IncrementedEntry,
  SharedAttachOptions,
  SharedCacheHooks,
  SharedCacheLimits,
  SharedCacheMetrics,
  SharedCacheOptions,
} from './types/shared-options.js'
