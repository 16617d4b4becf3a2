// The store of the rate limiters by its methods, on both kinds of cache; cases of the library's own store among them.
// What must not live here: requests, which are in express-rate-limit-http.spec.mjs.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { CacheConfigError } from 'native-memory-cache'
import DefaultStore, { RateLimitStore } from 'native-memory-cache/express-rate-limit'
import { kinds } from './stores.mjs'

const windowMs = 60_000

for (const [kind, create] of Object.entries(kinds)) {
  describe(`a store in a ${kind}`, () => {
    let cache, store
    const open = (cacheOptions) => {
      cache = create({ maxSize: 0, ...cacheOptions })
      store = new RateLimitStore({ cache })
      store.init({ windowMs })
    }
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      open()
    })

    test('counts the requests of a window, whose end stays', (t) => {
      const resetTime = new Date(Date.now() + windowMs)
      for (let totalHits = 1; totalHits <= 5; totalHits++) {
        assert.deepEqual(store.increment('a'), { totalHits, resetTime })
        t.mock.timers.tick(10_000)
      }
      assert.deepEqual(store.get('a'), { totalHits: 5, resetTime })
    })

    test('counts each client by itself', () => {
      store.increment('a')
      store.increment('a')
      for (const key of ['b', '', '__proto__', '\ud800']) {
        assert.equal(store.increment(key).totalHits, 1)
      }
      assert.equal(store.get('a').totalHits, 2)
      assert.equal(store.get('c'), undefined)
    })

    test('starts a new window in the millisecond in which the old one is over', (t) => {
      store.increment('a')
      t.mock.timers.tick(windowMs - 1)
      assert.equal(store.increment('a').totalHits, 2)
      t.mock.timers.tick(1)
      assert.equal(store.get('a'), undefined)
      const { totalHits, resetTime } = store.increment('a')
      assert.equal(totalHits, 1)
      assert.equal(resetTime.getTime(), Date.now() + windowMs)
    })

    test('does not prolong a window in a cache that renews what is read', (t) => {
      open({ updateAgeOnGet: true })
      const { resetTime } = store.increment('a')
      t.mock.timers.tick(windowMs - 1)
      assert.deepEqual(store.increment('a'), { totalHits: 2, resetTime })
      store.get('a')
      t.mock.timers.tick(1)
      assert.equal(store.get('a'), undefined)
      assert.equal(store.increment('a').totalHits, 1)
    })

    test('has windows of its own length, whatever the ttl of the cache', (t) => {
      for (const ttl of [0, 1]) {
        open({ ttl })
        store.increment('a')
        t.mock.timers.tick(windowMs - 1)
        assert.equal(store.increment('a').totalHits, 2)
        t.mock.timers.tick(1)
        assert.equal(store.increment('a').totalHits, 1)
      }
    })

    test('takes requests back, down to none, and leaves the window as it is', (t) => {
      store.decrement('a')
      assert.equal(store.get('a'), undefined)
      assert.equal(cache.size(), 0)
      const { resetTime } = store.increment('a')
      t.mock.timers.tick(1000)
      for (let i = 0; i < 3; i++) store.decrement('a')
      assert.deepEqual(store.get('a'), { totalHits: 0, resetTime })
      assert.deepEqual(store.increment('a'), { totalHits: 1, resetTime })
    })

    test('looks without counting, and gives nothing away that can be changed', () => {
      store.increment('a')
      const { hits, misses } = cache.getStats()
      const found = store.get('a')
      found.totalHits = 10
      found.resetTime.setTime(0)
      store.increment('a').totalHits = 10
      assert.equal(store.get('a').totalHits, 2)
      assert.ok(store.get('a').resetTime > Date.now())
      const after = cache.getStats()
      if (kind === 'SharedMemoryCache') {
        assert.deepEqual([after.hits, after.misses], [hits, misses])
      }
    })

    test('forgets one client, or all of its own', () => {
      const other = new RateLimitStore({ cache, prefix: 'login:' })
      other.init({ windowMs })
      other.increment('a')
      for (const key of ['a', 'b', 'c']) store.increment(key)
      store.resetKey('a')
      store.resetKey('nobody')
      assert.equal(store.get('a'), undefined)
      assert.equal(store.increment('b').totalHits, 2)
      store.resetAll()
      assert.equal(store.get('b'), undefined)
      assert.equal(other.get('a').totalHits, 1)
      assert.equal(cache.size(), 1)
    })

    test('keeps the busy clients when the cache is full', () => {
      open({ maxSize: 2 })
      store.increment('busy')
      for (const key of ['a', 'b', 'c']) {
        store.increment(key)
        store.increment('busy')
      }
      assert.equal(store.get('busy').totalHits, 4)
      assert.equal(store.increment('a').totalHits, 1)
    })

    test('leaves a ready cache open, and says that others may count in it', () => {
      assert.equal(store.localKeys, false)
      assert.equal(store.prefix, 'rl:')
      store.shutdown()
      assert.equal(store.increment('a').totalHits, 1)
    })
  })
}

test('a store closes the cache that it has made, and knows whether it has it for itself', () => {
  const local = new DefaultStore({ cache: { maxSize: 0 } })
  assert.equal(local.localKeys, true)
  const shared = new RateLimitStore({ cache: { name: 'made of options', maxSize: 0 }, prefix: '' })
  assert.equal(shared.localKeys, false)
  for (const store of [local, shared]) {
    store.init({ windowMs })
    store.increment('a')
    store.shutdown()
    assert.throws(() => store.increment('a'), /closed/)
  }
})

test('a store refuses what makes no sense, and says what', () => {
  const refused = [
    [{}, /^cache must be a MemoryCache, .*received undefined$/],
    [{ cache: {}, prefix: null, windowMs: 0 }, /^windowMs must be a positive number, received 0$/],
    [{ cache: {}, windowMs: '60' }, /^windowMs must be a positive number, received '60'$/],
    [{ cache: {}, windowMs: NaN }, /^windowMs must be a positive number, received NaN$/],
    [{ cache: {}, windowMs: Infinity }, /^windowMs must be a positive number, received Infinity$/],
    [{ cache: {}, prefix: 5 }, /^prefix must be a string, received 5$/],
  ]
  for (const [options, message] of refused) {
    const attempt = () => new RateLimitStore(options).init(options)
    assert.throws(
      attempt,
      (error) => error instanceof CacheConfigError && message.test(error.message),
    )
  }
  assert.throws(() => new RateLimitStore({ cache: {} }).increment('a'), /init was not called/)
})
