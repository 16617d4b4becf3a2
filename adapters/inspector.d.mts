// The types for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { createInspector } from './inspector.js'
export type { Inspector, InspectorOptions } from './inspector.js'
