// The store of express-session by its methods, on both kinds of cache; cases of connect-redis and memorystore among
// them. What must not live here: requests, which are in express-session-http.spec.mjs, and threads.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import session from 'express-session'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStore, { ExpressSessionStore } from 'native-memory-cache/express-session'
import { kinds, promised } from './stores.mjs'

const HOUR = 60 * 60 * 1000
const METHODS = ['get', 'set', 'touch', 'destroy', 'all', 'length', 'clear']

const endingIn = (ms) => ({ originalMaxAge: ms, expires: new Date(Date.now() + ms) })
const lasting = () => ({ originalMaxAge: null, expires: null })

// As a request that has the session would hand it over.
const inRequest = (found) => new session.MemoryStore().createSession({}, structuredClone(found))

for (const [kind, create] of Object.entries(kinds)) {
  describe(`a store in a ${kind}`, () => {
    let cache, store, sessions
    const open = (options, cacheOptions) => {
      cache = create({ maxSize: 0, ttl: HOUR, ...cacheOptions })
      store = new ExpressSessionStore({ cache, ...options })
      sessions = promised(store, ...METHODS)
    }
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      open()
    })

    test('gives back a copy of what it was given', async () => {
      const given = { user: 'ada', cookie: lasting() }
      await sessions.set('a', given)
      const [first, second] = [await sessions.get('a'), await sessions.get('a')]
      assert.deepEqual(first, given)
      assert.notEqual(first, second)
      first.user = 'eve'
      given.user = 'eve'
      assert.equal((await sessions.get('a')).user, 'ada')
    })

    test('has no session of an id that it was not given', async () => {
      assert.equal(await sessions.get('a'), undefined)
      await sessions.destroy('a')
      await sessions.touch('a', { cookie: endingIn(HOUR) })
      assert.equal(await sessions.length(), 0)
    })

    test('lets a session end with its cookie', async (t) => {
      await sessions.set('a', { cookie: endingIn(60_000) })
      assert.equal(cache.getRemainingTTL('sess:a'), 60_000)
      t.mock.timers.tick(59_999)
      assert.ok(await sessions.get('a'))
      t.mock.timers.tick(1)
      assert.equal(await sessions.get('a'), undefined)
      assert.deepEqual(await sessions.all(), Object.create(null))
    })

    test('takes the maxAge of a cookie that does not say when it ends', async () => {
      await sessions.set('a', { cookie: { maxAge: 2000 } })
      assert.equal(cache.getRemainingTTL('sess:a'), 2000)
      await sessions.set('a', { cookie: { maxAge: 0 } })
      assert.equal(await sessions.length(), 0)
    })

    test('removes a session whose cookie has ended', async () => {
      await sessions.set('a', { cookie: endingIn(HOUR) })
      await sessions.set('a', { cookie: endingIn(-HOUR) })
      assert.equal(await sessions.length(), 0)
      await sessions.set('b', { cookie: endingIn(HOUR) })
      await sessions.touch('b', { cookie: endingIn(-1) })
      assert.equal(await sessions.length(), 0)
    })

    test('lets a session without an end live as long as the cache says', async () => {
      await sessions.set('a', { cookie: lasting() })
      assert.equal(cache.getRemainingTTL('sess:a'), HOUR)
      await sessions.set('b', {})
      assert.equal(cache.getRemainingTTL('sess:b'), HOUR)
    })

    test('lets a session without an end live for its ttl, if it has one', async (t) => {
      open({ ttl: 1000 })
      await sessions.set('a', { cookie: lasting() })
      t.mock.timers.tick(900)
      await sessions.touch('a', inRequest(await sessions.get('a')))
      assert.equal(cache.getRemainingTTL('sess:a'), 1000)
      open({ ttl: 0 })
      await sessions.set('a', { cookie: lasting() })
      assert.equal(cache.getRemainingTTL('sess:a'), Infinity)
    })

    test('renews a session that is touched, and tells the new end of its cookie', async (t) => {
      await sessions.set('a', { user: 'ada', cookie: endingIn(60_000) })
      t.mock.timers.tick(50_000)
      const found = inRequest(await sessions.get('a'))
      assert.equal(found.cookie.maxAge, 10_000)
      found.touch()
      await sessions.touch('a', found)
      t.mock.timers.tick(50_000)
      const again = await sessions.get('a')
      assert.equal(again.user, 'ada')
      assert.equal(again.cookie.expires, new Date(Date.now() + 10_000).toJSON())
      assert.equal(again.cookie.originalMaxAge, 60_000)
      assert.equal((await sessions.all()).a.cookie.expires, again.cookie.expires)
    })

    test('writes nothing when a session is touched whose cookie is the same', async () => {
      const writes = []
      open({}, { hooks: { onSet: ({ key }) => writes.push(key) } })
      await sessions.set('a', inRequest({ cookie: endingIn(60_000) }))
      const found = inRequest(await sessions.get('a'))
      found.touch()
      await sessions.touch('a', found)
      assert.deepEqual(writes, ['sess:a'])
    })

    test('keeps another cookie when a session is touched, and leaves the rest as it was stored', async () => {
      await sessions.set('a', { cart: 0, cookie: lasting() })
      const early = inRequest(await sessions.get('a'))
      await sessions.set('a', { cart: 1, cookie: lasting() })
      early.cookie.maxAge = 5000
      await sessions.touch('a', early)
      const found = await sessions.get('a')
      assert.equal(found.cart, 1)
      assert.equal(found.cookie.originalMaxAge, 5000)
      assert.equal(cache.getRemainingTTL('sess:a'), 5000)
    })

    test('does not bring back a session that is touched after it was destroyed', async () => {
      for (const maxAge of [60_000, 5000]) {
        await sessions.set('a', { cookie: endingIn(60_000) })
        const found = inRequest(await sessions.get('a'))
        found.cookie.maxAge = maxAge
        await sessions.destroy('a')
        await sessions.touch('a', found)
        assert.equal(await sessions.get('a'), undefined)
        assert.equal(await sessions.length(), 0)
      }
    })

    test('does not renew with disableTouch', async (t) => {
      open({ disableTouch: true })
      await sessions.set('a', { cookie: endingIn(60_000) })
      t.mock.timers.tick(50_000)
      await sessions.touch('a', { cookie: endingIn(60_000) })
      assert.equal(cache.getRemainingTTL('sess:a'), 10_000)
    })

    test('renews no session that is only read, whatever updateAgeOnGet says', async (t) => {
      open({ disableTouch: true, ttl: 60_000 }, { updateAgeOnGet: true })
      await sessions.set('a', { cookie: endingIn(60_000) })
      await sessions.set('b', { cookie: lasting() })
      const { expires } = (await sessions.get('a')).cookie
      for (let i = 0; i < 3; i++) {
        t.mock.timers.tick(20_000 - 1)
        assert.equal((await sessions.get('a')).cookie.expires, expires)
        assert.ok(await sessions.get('b'))
        assert.equal(Object.keys(await sessions.all()).length, 2)
      }
      t.mock.timers.tick(4)
      assert.deepEqual([await sessions.get('a'), await sessions.get('b')], [undefined, undefined])
    })

    test('counts, lists and clears its own sessions only', async () => {
      open({ prefix: 'a*:' })
      const others = promised(new ExpressSessionStore({ cache, prefix: 'ab:' }), ...METHODS)
      cache.set('something else', 'of somebody else')
      await sessions.set('1', { user: 'ada', cookie: lasting() })
      await sessions.set('2', { user: 'bob', cookie: lasting() })
      await others.set('1', { user: 'cy', cookie: lasting() })
      assert.equal(await sessions.length(), 2)
      const users = Object.entries(await sessions.all()).map(([id, { user }]) => [id, user])
      assert.deepEqual(users.toSorted(), [
        ['1', 'ada'],
        ['2', 'bob'],
      ])
      await sessions.clear()
      assert.equal(await sessions.length(), 0)
      assert.equal(await others.length(), 1)
      assert.equal(cache.size(), 2)
    })

    test('counts a thousand sessions', async () => {
      open({ prefix: '' })
      for (let i = 0; i < 1000; i++) await sessions.set(`s${i}`, { cookie: endingIn(1000) })
      assert.equal(await sessions.length(), 1000)
      await sessions.clear()
      assert.equal(cache.size(), 0)
    })

    test('takes any id', async () => {
      for (const id of ['__proto__', 'constructor', '', '\ud800', 'a*', '\0']) {
        await sessions.set(id, { id, cookie: lasting() })
        assert.equal((await sessions.get(id)).id, id)
      }
      const all = await sessions.all()
      assert.equal(Object.keys(all).length, 6)
      assert.ok(Object.hasOwn(all, '__proto__'))
      for (const id of Object.keys(all)) await sessions.destroy(id)
      assert.equal(await sessions.length(), 0)
    })

    test('calls back after the call, and does without a callback', async () => {
      store.set('a', { cookie: lasting() })
      store.touch('a', { cookie: lasting() })
      const calls = []
      const both = new Promise((resolve) => {
        store.get('a', (error, found) => {
          calls.push(error, typeof found)
          resolve()
        })
      })
      calls.push('returned')
      await both
      assert.deepEqual(calls, ['returned', null, 'object'])
      store.destroy('a')
      store.clear()
      assert.equal(await sessions.length(), 0)
    })

    test('hands errors to the callback, and to the caller where there is none', async () => {
      const cyclic = { cookie: lasting() }
      cyclic.self = cyclic
      await assert.rejects(sessions.set('a', cyclic), /circular/)
      assert.throws(() => store.set('a', cyclic), /circular/)
      await assert.rejects(sessions.set('a', { cookie: { expires: new Date(NaN) } }), /expiresAt/)
      assert.equal(await sessions.length(), 0)
      cache.set('sess:a', 'no session')
      await assert.rejects(sessions.get('a'), SyntaxError)
      await assert.rejects(sessions.touch('a', { cookie: lasting() }), SyntaxError)
      await sessions.set('b', { cookie: endingIn(1000) })
      await assert.rejects(sessions.touch('b', { cookie: { expires: 'never' } }), /ttl|expiresAt/)
      store.cache.close()
      await assert.rejects(sessions.get('a'), /closed/)
      await assert.rejects(sessions.clear(), /closed/)
    })

    test('loads sessions as the library does', async () => {
      await sessions.set('a', { user: 'ada', cookie: endingIn(1000) })
      const { load } = promised(store, 'load')
      const found = await load('a')
      assert.equal(found.user, 'ada')
      assert.equal(found.cookie.maxAge, 1000)
      assert.equal(await load('b'), undefined)
    })
  })
}

describe('the constructor', () => {
  test('takes the options of either kind of cache, with their defaults', () => {
    const local = new ExpressSessionStore({ cache: { maxSize: 2 } })
    assert.ok(local.cache instanceof MemoryCache)
    assert.ok(local instanceof session.Store)
    const shared = new ExpressSessionStore({ cache: { name: 'made of options', maxSize: 0 } })
    assert.ok(shared.cache instanceof SharedMemoryCache)
    local.set('a', {})
    shared.set('a', {})
    for (const { cache } of [local, shared]) {
      assert.ok(Math.abs(cache.getRemainingTTL('sess:a') - 300_000) < 1000)
    }
    assert.equal(DefaultStore, ExpressSessionStore)
  })

  const REFUSED = [
    [[], /^options must be an object, received undefined$/],
    [[null], /^options must be an object, received null$/],
    [
      [{}],
      /^cache must be a MemoryCache, a SharedMemoryCache or the options of one, received undefined$/,
    ],
    [[{ cache: 'sessions' }], /^cache must be a MemoryCache.*received 'sessions'$/],
    [[{ cache: new Map([['a', 1]]) }], /^cache must be a MemoryCache.*received Map\(1\) .*$/],
    [[{ cache: { maxSize: -1 } }], /^maxSize must be a non-negative number$/],
    [[{ cache: { name: '' } }], /^name must be a non-empty string, received ''$/],
    [[{ cache: {}, prefix: 1 }], /^prefix must be a string, received 1$/],
    [[{ cache: {}, ttl: NaN }], /^ttl must be a non-negative number, received NaN$/],
    [[{ cache: {}, ttl: '1d' }], /^ttl must be a non-negative number, received '1d'$/],
    [[{ cache: {}, disableTouch: 1 }], /^disableTouch must be a boolean, received 1$/],
  ]
  for (const [args, message] of REFUSED) {
    test(`refuses with ${message.source}`, () => {
      assert.throws(
        () => new ExpressSessionStore(...args),
        (error) => {
          assert.ok(error instanceof CacheConfigError)
          assert.match(error.message, message)
          assert.match(error.stack.split('\n')[1], /express-session\.spec\.mjs/)
          return true
        },
      )
    })
  }
})
