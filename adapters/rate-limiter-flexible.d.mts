// The types of the limiter for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { RateLimiterCache, RateLimiterCache as default } from './rate-limiter-flexible.js'
export type { RateLimiterCacheOptions } from './rate-limiter-flexible.js'
