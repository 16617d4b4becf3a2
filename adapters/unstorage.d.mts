// The types of the driver for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { unstorageDriver, unstorageDriver as default } from './unstorage.js'
export type { UnstorageDriver, UnstorageDriverOptions, UnstorageItemOptions } from './unstorage.js'
