// The storage for `import`: the very class that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { NestThrottlerStorage, NestThrottlerStorage as default } from './nestjs-throttler.js'
