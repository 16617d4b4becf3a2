// The driver for `import`: the very function that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { bentocacheDriver } from './bentocache.js'
