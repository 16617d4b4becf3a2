// The stores for `import`: the very class and function that `require` gives.
// What must not live here: logic, or a second way to load the cache.

export { FastifySessionStore, fastifyRateLimitStore } from './fastify.js'
