// The types of the store for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { RateLimitStore, RateLimitStore as default } from './express-rate-limit.js'
export type { RateLimitStoreOptions, RateLimitWindow } from './express-rate-limit.js'
