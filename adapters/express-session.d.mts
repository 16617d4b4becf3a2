// The types of the store for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { ExpressSessionStore, ExpressSessionStore as default } from './express-session.js'
export type { ExpressSessionStoreOptions } from './express-session.js'
