// Rate limits of Express and Hono apps, on both kinds of cache. What must not live here: calls of the store's methods.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { Hono } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import { RateLimitStore } from 'native-memory-cache/express-rate-limit'
import { serve } from './http.mjs'
import { kinds } from './stores.mjs'

const windowMs = 60_000

/** What the library finds wrong with how it is used: it logs errors, Node.js its warnings as text. */
function listen(t) {
  const { mock } = t.mock.method(console, 'error', () => {})
  return () => mock.calls.map(({ arguments: [first] }) => first).filter((it) => it instanceof Error)
}

for (const [kind, create] of Object.entries(kinds)) {
  describe(`limits in a ${kind}`, () => {
    let cache, complaints
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0 })
      complaints = listen(t)
    })

    const limiter = (options) => {
      const { prefix, ...settings } = options
      return rateLimit({ windowMs, store: new RateLimitStore({ cache, prefix }), ...settings })
    }
    const statuses = async (address, count) => {
      const seen = []
      for (let i = 0; i < count; i++) seen.push((await fetch(address)).status)
      return seen
    }

    test('hold for a window, whose end is told', async (t) => {
      const app = express()
      app.use(limiter({ limit: 2, standardHeaders: 'draft-8' }))
      app.get('/', (request, response) => response.json(request.rateLimit))
      const address = await serve(t, app)
      const resetTime = new Date(Date.now() + windowMs)

      const first = await fetch(address)
      assert.equal(first.headers.get('ratelimit').split('; ').slice(1).join(), 'r=1,t=60')
      const { used, remaining, resetTime: told } = await first.json()
      assert.deepEqual([used, remaining, told], [1, 1, resetTime.toJSON()])
      t.mock.timers.tick(20_000)
      assert.equal((await fetch(address)).status, 200)
      const refused = await fetch(address)
      assert.equal(refused.status, 429)
      assert.equal(refused.headers.get('retry-after'), '40')
      t.mock.timers.tick(40_001)
      assert.deepEqual(await statuses(address, 3), [200, 200, 429])
      assert.deepEqual(complaints(), [])
    })

    test('do not count what they are told to skip', async (t) => {
      const app = express()
      app.use('/failing', limiter({ limit: 2, prefix: 'a:', skipFailedRequests: true }))
      app.use('/working', limiter({ limit: 2, prefix: 'b:', skipSuccessfulRequests: true }))
      app.get('/failing/:status', ({ params }, response) => response.sendStatus(+params.status))
      app.get('/working', (_request, response) => response.end())
      const address = await serve(t, app)
      const failing = (status, count) => statuses(`${address}/failing/${status}`, count)
      assert.deepEqual(await failing(500, 4), [500, 500, 500, 500])
      assert.deepEqual(await failing(200, 3), [200, 200, 429])
      assert.deepEqual(await statuses(`${address}/working`, 4), [200, 200, 200, 200])
      assert.deepEqual(complaints(), [])
    })

    test('are apart for limiters of one cache that have prefixes of their own', async (t) => {
      const app = express()
      app.use(limiter({ limit: 3, prefix: 'all:' }))
      app.use('/login', limiter({ limit: 1, prefix: 'login:' }))
      app.use((_request, response) => response.end())
      const address = await serve(t, app)
      assert.deepEqual(await statuses(`${address}/login`, 2), [200, 429])
      assert.deepEqual(await statuses(address, 2), [200, 429])
      assert.deepEqual(complaints(), [])
    })

    test('are told and forgotten by getKey and resetKey', async (t) => {
      const limit = limiter({ limit: 1, keyGenerator: () => 'everybody' })
      const app = express()
      app.use(limit, (_request, response) => response.end())
      const address = await serve(t, app)
      assert.deepEqual(await statuses(address, 2), [200, 429])
      assert.equal((await limit.getKey('everybody')).totalHits, 2)
      limit.resetKey('everybody')
      assert.deepEqual(await statuses(address, 2), [200, 429])
    })

    test('let nobody through when the cache is closed, unless they are told to', async (t) => {
      const app = express()
      app.use('/strict', limiter({ prefix: 'a:' }))
      app.use('/lenient', limiter({ prefix: 'b:', passOnStoreError: true }))
      app.use((_request, response) => response.end())
      app.use((error, _request, response, _next) => response.status(503).end(error.message))
      const address = await serve(t, app)
      cache.close()
      assert.deepEqual(await statuses(`${address}/strict`, 1), [503])
      assert.deepEqual(await statuses(`${address}/lenient`, 1), [200])
    })

    test('hold for a Hono app', async (t) => {
      const app = new Hono()
      const store = new RateLimitStore({ cache })
      const settings = { windowMs, limit: 2, standardHeaders: 'draft-6' }
      const keyGenerator = (context) => context.req.header('user')
      app.use(rateLimiter({ ...settings, keyGenerator, store }))
      app.get('/', (context) => context.text('welcome'))
      const ask = (user) => app.request('/', { headers: { user } })
      const seen = []
      for (const user of ['ada', 'ada', 'bob', 'ada']) seen.push(await ask(user))
      assert.deepEqual(
        seen.map(({ status }) => status),
        [200, 200, 200, 429],
      )
      assert.equal(seen[3].headers.get('retry-after'), '60')
      assert.equal(seen[0].headers.get('ratelimit-reset'), '60')
      t.mock.timers.tick(windowMs + 1)
      assert.equal((await ask('ada')).status, 200)
    })
  })
}

test('limiters that have a store of their own each, made of options, need no prefixes', async (t) => {
  const complaints = listen(t)
  const limiter = () => rateLimit({ store: new RateLimitStore({ cache: { maxSize: 0 } }) })
  const app = express()
  app.use(limiter(), limiter(), (_request, response) => response.end())
  assert.equal((await fetch(await serve(t, app))).status, 200)
  assert.deepEqual(complaints(), [])
})
