// The types of the stores for `import`: the same declarations as for `require`.
// What must not live here: declarations of its own.

export { FastifySessionStore, fastifyRateLimitStore } from './fastify.js'
export type { FastifyRateLimitStoreOptions, FastifySessionStoreOptions } from './fastify.js'
