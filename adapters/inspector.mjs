// The function for `import`: the very one that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { createInspector } from './inspector.js'
