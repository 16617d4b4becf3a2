// Sessions of an Express app over HTTP, on both kinds of cache. What must not live here: calls of the store's methods.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import express from 'express'
import session from 'express-session'
import { ExpressSessionStore } from 'native-memory-cache/express-session'
import { browser, serve } from './http.mjs'
import { kinds } from './stores.mjs'

const MINUTE = 60_000

function createApp(store, options) {
  const app = express()
  const settings = { secret: 'secret', resave: false, saveUninitialized: false }
  app.use(session({ store, ...settings, ...options }))
  app.get('/login/:user', (request, response) => {
    request.session.user = request.params.user
    response.end()
  })
  app.get('/user', ({ session: { user, cookie } }, response) => {
    response.json({ user, maxAge: cookie.maxAge })
  })
  app.get('/remember/:ms', (request, response) => {
    request.session.cookie.maxAge = Number(request.params.ms)
    response.end()
  })
  app.get('/regenerate', (request, response) => {
    request.session.regenerate(() => response.end())
  })
  app.get('/reload', (request, response) => {
    request.session.user = 'nobody'
    request.session.reload(() => response.end(request.session.user))
  })
  app.get('/logout', (request, response) => {
    request.session.destroy(() => response.end())
  })
  app.get('/unset', (request, response) => {
    request.session = null
    response.end()
  })
  app.use((error, _request, response, _next) => {
    response.status(503).end(error.message)
  })
  return app
}

for (const [kind, create] of Object.entries(kinds)) {
  describe(`sessions in a ${kind}`, () => {
    let cache, store
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 30 * MINUTE })
      store = new ExpressSessionStore({ cache })
    })

    const open = async (t, options) => browser(await serve(t, createApp(store, options)))
    const userOf = async (visit) => JSON.parse((await visit('/user')).text).user

    test('last from one request to the next, each browser its own', async (t) => {
      const ada = await open(t)
      await ada('/login/ada')
      assert.equal(await userOf(ada), 'ada')
      const bob = browser(await serve(t, createApp(new ExpressSessionStore({ cache }))))
      await bob('/login/bob')
      assert.equal(await userOf(bob), 'bob')
      assert.equal(await userOf(ada), 'ada')
      assert.equal(cache.size(), 2)
    })

    test('are not kept of visitors who leave nothing in them', async (t) => {
      const visit = await open(t)
      const { given } = await visit('/user')
      assert.equal(given, undefined)
      assert.equal(cache.size(), 0)
    })

    test('end with a logout, and with session = null where that destroys', async (t) => {
      const visit = await open(t, { unset: 'destroy' })
      for (const path of ['/logout', '/unset']) {
        await visit('/login/ada')
        assert.equal(cache.size(), 1)
        await visit(path)
        assert.equal(cache.size(), 0)
        assert.equal(await userOf(visit), undefined)
      }
    })

    test('get another id when they are regenerated', async (t) => {
      const visit = await open(t)
      await visit('/login/ada')
      const before = visit.seen.cookie
      await visit('/regenerate')
      assert.equal(await userOf(visit), undefined)
      await visit('/login/ada')
      assert.notEqual(visit.seen.cookie, before)
      visit.seen.cookie = before
      assert.equal(await userOf(visit), undefined)
    })

    test('are read again by reload', async (t) => {
      const visit = await open(t)
      await visit('/login/ada')
      assert.equal((await visit('/reload')).text, 'ada')
    })

    test('live on while they are used, as their cookies do', async (t) => {
      const visit = await open(t, { cookie: { maxAge: 10 * MINUTE }, rolling: true })
      await visit('/login/ada')
      for (let i = 0; i < 5; i++) {
        t.mock.timers.tick(9 * MINUTE)
        const { text, given } = await visit('/user')
        assert.deepEqual(JSON.parse(text), { user: 'ada', maxAge: MINUTE })
        const [, expires] = given.match(/Expires=([^;]+)/)
        assert.ok(Math.abs(Date.parse(expires) - Date.now() - 10 * MINUTE) <= 1000, given)
      }
      t.mock.timers.tick(10 * MINUTE + 1)
      assert.equal(await userOf(visit), undefined)
    })

    test('live as long as the cache says where cookies have no end', async (t) => {
      const visit = await open(t)
      await visit('/login/ada')
      t.mock.timers.tick(29 * MINUTE)
      assert.deepEqual(JSON.parse((await visit('/user')).text), { user: 'ada', maxAge: null })
      t.mock.timers.tick(29 * MINUTE)
      assert.equal(await userOf(visit), 'ada')
      t.mock.timers.tick(30 * MINUTE + 1)
      assert.equal(await userOf(visit), undefined)
    })

    test('keep a lifetime that a request gave them and nothing else', async (t) => {
      const visit = await open(t)
      await visit('/login/ada')
      await visit(`/remember/${60 * MINUTE}`)
      t.mock.timers.tick(59 * MINUTE)
      assert.deepEqual(JSON.parse((await visit('/user')).text), { user: 'ada', maxAge: MINUTE })
      t.mock.timers.tick(59 * MINUTE)
      assert.equal(await userOf(visit), 'ada')
    })

    test('are not brought back by a request that ends after they did', async (t) => {
      let finish
      const app = createApp(store)
      const reached = new Promise((resolve) => {
        app.get('/slow', (request, response) => {
          finish = () => response.end(request.session.user)
          resolve()
        })
      })
      const visit = browser(await serve(t, app))
      await visit('/login/ada')
      const slow = visit('/slow')
      await reached
      await visit('/logout')
      finish()
      assert.equal((await slow).text, 'ada')
      assert.equal(cache.size(), 0)
      assert.equal(await userOf(visit), undefined)
    })

    test('are copies: what one request changes, another sees when it is saved', async (t) => {
      const app = createApp(store)
      const steps = {}
      const reached = new Promise((resolve) => {
        app.get('/change', (request, response) => {
          request.session.user = 'bob'
          steps.finish = () => response.end()
          resolve()
        })
      })
      const visit = browser(await serve(t, app))
      await visit('/login/ada')
      const change = visit('/change')
      await reached
      assert.equal(await userOf(visit), 'ada')
      steps.finish()
      await change
      assert.equal(await userOf(visit), 'bob')
    })

    test('that cannot be read are an error of their request', async (t) => {
      const visit = await open(t)
      await visit('/login/ada')
      cache.close()
      const { status, text } = await visit('/user')
      assert.equal(status, 503)
      assert.match(text, /closed/)
    })
  })
}

test('of a full cache, the session that was not used for longest ends', async (t) => {
  const store = new ExpressSessionStore({ cache: { maxSize: 2 } })
  const address = await serve(t, createApp(store))
  const [ada, bob, cy] = [browser(address), browser(address), browser(address)]
  await ada('/login/ada')
  await bob('/login/bob')
  await ada('/user')
  await cy('/login/cy')
  const users = []
  for (const visit of [ada, bob, cy]) users.push(JSON.parse((await visit('/user')).text).user)
  assert.deepEqual(users, ['ada', undefined, 'cy'])
})
