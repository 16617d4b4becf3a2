// What compiles, and what must not, with the stores for Fastify.
import fastifySession from '@fastify/session'
import rateLimit from '@fastify/rate-limit'
import fastify from 'fastify'
import { MemoryCache } from 'native-memory-cache'
import { FastifySessionStore, fastifyRateLimitStore } from 'native-memory-cache/fastify'

const app = fastify()
const store = new FastifySessionStore({ cache: { maxSize: 10 }, ttl: 1000 })
app.register(fastifySession, { secret: 's', store })
app.register(rateLimit, { store: fastifyRateLimitStore({ cache: { name: 'limits' } }) })

// @ts-expect-error A cache is required.
new FastifySessionStore({})
// @ts-expect-error A MemoryCache holds windows.
fastifyRateLimitStore({ cache: new MemoryCache<string>() })
