// The types for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { observeCaches } from './opentelemetry.js'
export type { ObserveCachesOptions, ObservedCache, ObservedCaches } from './opentelemetry.js'
