// The same stores, required.
import adapter = require('native-memory-cache/fastify')

new adapter.FastifySessionStore({ cache: {} })
new (adapter.fastifyRateLimitStore({ cache: {} }))({})
