// The types for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { observeCaches } from './prom-client.js'
export type { ObserveCachesOptions, ObservedCache, ObservedCaches } from './prom-client.js'
