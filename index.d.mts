// The contract for `import`: the same declarations as for `require`, under a module's own name.
// What must not live here: declarations of its own. They belong in `index.d.ts`.

export * from './index.js'
