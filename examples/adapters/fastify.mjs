// Sessions and a rate limit of a Fastify app, in caches that all worker threads of the process could share.
// Run it in a project that has native-memory-cache, fastify and the three plugins below.
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import session from '@fastify/session'
import fastify from 'fastify'
import { FastifySessionStore, fastifyRateLimitStore } from 'native-memory-cache/fastify'

const app = fastify()
await app.register(rateLimit, {
  max: 3,
  timeWindow: 60_000,
  store: fastifyRateLimitStore({ cache: { name: 'limits', maxSize: 0, maxBytes: 64 << 20 } }),
})
app.register(cookie)
app.register(session, {
  secret: 'a secret of at least thirty-two characters',
  cookie: { secure: false, maxAge: 60 * 60 * 1000 },
  store: new FastifySessionStore({ cache: { name: 'sessions', maxSize: 100_000 } }),
})
app.get('/', async (request) => {
  request.session.visits = (request.session.visits ?? 0) + 1
  return { visits: request.session.visits }
})

const cookies = {}
for (let i = 0; i < 4; i++) {
  const response = await app.inject({ url: '/', cookies })
  for (const { name, value } of response.cookies) cookies[name] = value
  console.log(response.statusCode, response.json().visits ?? response.json().message)
}
// → 200 1
// → 200 2
// → 200 3
// → 429 Rate limit exceeded, retry in 1 minute
await app.close()
