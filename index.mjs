// The entry for `import`: the very classes and functions that `require` gives, so that `instanceof`
// holds where both are in use.
// What must not live here: logic, or a second way to load lib/.

export {
  CacheConfigError,
  MemoryCache,
  SharedMemoryCache,
  SnapshotError,
  cached,
  memoize,
} from './index.js'
