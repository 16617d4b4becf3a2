// The types of the store for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { KeyvStore, KeyvStore as default } from './keyv.js'
export type { KeyvStoreEntry, KeyvStoreOptions } from './keyv.js'
