// The types of the storage for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { NestThrottlerStorage, NestThrottlerStorage as default } from './nestjs-throttler.js'
export type { NestThrottlerStorageOptions, ThrottlerRecord } from './nestjs-throttler.js'
