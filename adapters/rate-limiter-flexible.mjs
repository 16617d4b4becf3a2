// The limiter for `import`: the very class that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { RateLimiterCache, RateLimiterCache as default } from './rate-limiter-flexible.js'
