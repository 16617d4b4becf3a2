// Which answers of getOrSet are counted as stale, for both kinds of caches.

import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'

let names = 0
const KINDS = {
  MemoryCache: (options) => new MemoryCache(options),
  SharedMemoryCache: (options) => new SharedMemoryCache({ name: `stale ${++names}`, ...options }),
}

const never = () => new Promise(() => {})
const failing = () => Promise.reject(new Error('of the fetcher'))

for (const [kind, create] of Object.entries(KINDS)) {
  describe(`staleServed of a ${kind}`, () => {
    let cache
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ ttl: 1000, staleWhileRevalidate: 500, staleIfError: 2000 })
      t.after(() => cache.close())
      cache.set('a', 'old')
    })

    const served = () => cache.getMetrics().staleServed

    test('counts who begins a refresh and who comes while it is under way', async (t) => {
      t.mock.timers.tick(1001)
      for (let calls = 1; calls <= 3; calls++) {
        assert.equal(await cache.getOrSet('a', never), 'old')
        assert.equal(served(), calls)
      }
    })

    test('counts who gets what has expired in place of an error', async (t) => {
      t.mock.timers.tick(1600)
      assert.equal(await cache.getOrSet('a', failing), 'old')
      assert.equal(served(), 1)
    })

    test('counts no value that is valid, has just been fetched or is missing', async (t) => {
      assert.equal(await cache.getOrSet('a', never), 'old')
      assert.equal(await cache.getOrSet('a', failing, { forceRefresh: true }), 'old')
      assert.equal(await cache.getOrSet('b', async () => 'new'), 'new')
      t.mock.timers.tick(4000)
      assert.equal(cache.get('a'), undefined)
      await assert.rejects(cache.getOrSet('a', failing))
      assert.equal(served(), 0)
    })
  })
}
