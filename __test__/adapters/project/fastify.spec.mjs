// Sessions and rate limits of Fastify apps, on both kinds of cache. What must not live here: what the stores of
// express-session and express-rate-limit show as well, which keep and count in the same way.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import session from '@fastify/session'
import fastify from 'fastify'
import { CacheConfigError } from 'native-memory-cache'
import { FastifySessionStore, fastifyRateLimitStore } from 'native-memory-cache/fastify'
import { kinds } from './stores.mjs'
import { isAtLeast } from './versions.mjs'

const MINUTE = 60_000
const secret = 'a secret of at least thirty-two characters'

for (const [kind, create] of Object.entries(kinds)) {
  describe(`a Fastify app with a ${kind}`, () => {
    let cache, app
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 30 * MINUTE })
      app = fastify()
      t.after(() => app.close())
    })

    const openSessions = (options) => {
      const store = new FastifySessionStore({ cache })
      app.register(cookie)
      const settings = { secret, store, saveUninitialized: false }
      app.register(session, { ...settings, cookie: { secure: false }, ...options })
      app.get('/login/:user', async (request) => {
        request.session.user = request.params.user
        return 'welcome'
      })
      app.get('/user', async (request) => request.session.user ?? 'nobody')
      app.get('/regenerate', async (request) => {
        await request.session.regenerate(['user'])
        return 'done'
      })
      app.get('/logout', async (request) => {
        await request.session.destroy()
        return 'bye'
      })
      const cookies = {}
      return async (url) => {
        const response = await app.inject({ url, cookies })
        for (const { name, value } of response.cookies) cookies[name] = value
        return response.body
      }
    }

    test('has sessions from one request to the next', async () => {
      const visit = openSessions()
      assert.equal(await visit('/user'), 'nobody')
      assert.equal(cache.size(), 0)
      await visit('/login/ada')
      assert.equal(await visit('/user'), 'ada')
      await visit('/logout')
      assert.equal(await visit('/user'), 'nobody')
      assert.equal(cache.size(), 0)
    })

    test('has a session under a new id when it is told to', async () => {
      const visit = openSessions()
      await visit('/login/ada')
      const [before] = cache.keys()
      await visit('/regenerate')
      assert.equal(await visit('/user'), 'ada')
      const keys = cache.keys()
      assert.notEqual(keys.at(-1), before)
      assert.equal(keys.includes(before), !isAtLeast('@fastify/session', '11.1.3'))
    })

    test('has sessions that live on while they are used, as their cookies do', async (t) => {
      const visit = openSessions({ cookie: { secure: false, maxAge: 10 * MINUTE } })
      await visit('/login/ada')
      for (let i = 0; i < 4; i++) {
        t.mock.timers.tick(9 * MINUTE)
        assert.equal(await visit('/user'), 'ada')
      }
      t.mock.timers.tick(10 * MINUTE + 1)
      assert.equal(await visit('/user'), 'nobody')
    })

    test('has sessions that end with their cookies although they are read, whatever updateAgeOnGet says', async (t) => {
      cache = create({ ttl: 30 * MINUTE, updateAgeOnGet: true })
      const visit = openSessions({ rolling: false, cookie: { secure: false, maxAge: 10 * MINUTE } })
      await visit('/login/ada')
      t.mock.timers.tick(6 * MINUTE)
      assert.equal(await visit('/user'), 'ada')
      t.mock.timers.tick(4 * MINUTE + 1)
      assert.equal(await visit('/user'), 'nobody')
    })

    test('has sessions that last as the cache says where cookies have no end', async (t) => {
      const visit = openSessions()
      await visit('/login/ada')
      t.mock.timers.tick(29 * MINUTE)
      assert.equal(await visit('/user'), 'ada')
      t.mock.timers.tick(30 * MINUTE + 1)
      assert.equal(await visit('/user'), 'nobody')
    })

    test('tells the error of a session that cannot be read', async () => {
      const visit = openSessions()
      await visit('/login/ada')
      cache.close()
      assert.match(await visit('/user'), /closed/)
    })

    const openLimit = async (options, route) => {
      const store = fastifyRateLimitStore({ cache })
      await app.register(rateLimit, { max: 2, timeWindow: MINUTE, store, ...options })
      app.get('/', async () => 'welcome')
      app.get(
        '/own',
        { config: { rateLimit: { max: 1, timeWindow: 1000, ...route } } },
        async () => 'own',
      )
      return async (url = '/') => {
        const { statusCode, headers } = await app.inject(url)
        return [statusCode, Number(headers['x-ratelimit-reset'])]
      }
    }

    test('has a limit that holds for a window, whose end is told', async (t) => {
      const visit = await openLimit()
      assert.deepEqual(await visit(), [200, 60])
      t.mock.timers.tick(20_000)
      assert.deepEqual(await visit(), [200, 40])
      assert.deepEqual(await visit(), [429, 40])
      t.mock.timers.tick(40_000)
      assert.deepEqual(await visit(), [200, 60])
    })

    test('has limits of single routes, each by itself', async (t) => {
      const visit = await openLimit()
      assert.deepEqual(await visit('/own'), [200, 1])
      assert.deepEqual(await visit('/own'), [429, 1])
      assert.deepEqual(await visit(), [200, 60])
      t.mock.timers.tick(1000)
      assert.deepEqual(await visit('/own'), [200, 1])
      assert.deepEqual(await visit(), [200, 59])
    })

    test('keeps out who goes on, with continueExceeding', async (t) => {
      const visit = await openLimit({ continueExceeding: true })
      assert.deepEqual([await visit(), await visit()].flat(), [200, 60, 200, 60])
      for (let i = 0; i < 3; i++) {
        t.mock.timers.tick(50_000)
        assert.deepEqual(await visit(), [429, 60])
      }
      t.mock.timers.tick(50_000)
      t.mock.timers.tick(10_000)
      assert.deepEqual(await visit(), [200, 60])
    })

    test('keeps out for longer each time, with exponentialBackoff', async (t) => {
      const visit = await openLimit({ exponentialBackoff: true })
      for (const expected of [60, 60, 60, 120, 240]) assert.equal((await visit())[1], expected)
      t.mock.timers.tick(239_000)
      assert.deepEqual(await visit(), [429, 480])
      t.mock.timers.tick(480_001)
      assert.deepEqual(await visit(), [200, 60])
    })

    if (isAtLeast('@fastify/rate-limit', '11.1.0')) {
      test('looks without counting', async () => {
        await app.register(rateLimit, { global: false, store: fastifyRateLimitStore({ cache }) })
        const check = app.createRateLimit({ max: 5, timeWindow: MINUTE })
        app.get('/', async (request) => {
          const before = await check(request, { increment: false })
          const counted = await check(request)
          return [before.remaining, before.ttl, counted.remaining, counted.ttl]
        })
        assert.deepEqual((await app.inject('/')).json(), [5, 0, 4, MINUTE])
        assert.deepEqual((await app.inject('/')).json(), [4, MINUTE, 3, MINUTE])
      })
    }

    test('lets nobody through when the cache is closed', async () => {
      const visit = await openLimit()
      cache.close()
      assert.equal((await visit())[0], 500)
    })
  })
}

test('the stores refuse what makes no sense', () => {
  for (const make of [(options) => new FastifySessionStore(options), fastifyRateLimitStore]) {
    assert.throws(() => make(), CacheConfigError)
    assert.throws(() => make({}), /^CacheConfigError: cache must be a MemoryCache, /)
    assert.throws(() => make({ cache: {}, prefix: 1 }), /prefix must be a string, received 1/)
  }
})
