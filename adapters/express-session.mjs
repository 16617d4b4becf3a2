// The store for `import`: the very class that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { ExpressSessionStore, ExpressSessionStore as default } from './express-session.js'
