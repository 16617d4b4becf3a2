// The store for `import`: the very class that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { UndiciCacheStore, UndiciCacheStore as default } from './undici.js'
