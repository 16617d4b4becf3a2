// The types of the store for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { UndiciCacheStore, UndiciCacheStore as default } from './undici.js'
export type { UndiciCacheStoreOptions } from './undici.js'
