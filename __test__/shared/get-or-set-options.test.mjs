// What a caller of getOrSet can want of a fetch, for both kinds of caches, and what overtakes a fetch in a
// MemoryCache with lateFetch: 'discard'.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import { deferred, openShared } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

const KINDS = {
  MemoryCache: (_t, options) => new MemoryCache({ maxSize: 100, ttl: 60_000, ...options }),
  SharedMemoryCache: (t, options) => openShared(t, { ttl: 60_000, ...options }),
}

for (const [kind, make] of Object.entries(KINDS)) {
  describe(kind, () => {
    test('a ttl, or a function of value and key, is the lifetime of what is fetched', async (t) => {
      const cache = make(t)
      await cache.getOrSet('number', () => 1, { ttl: 5_000 })
      await cache.getOrSet('function', () => 7, { ttl: (value, key) => value * key.length * 1000 })
      await cache.getOrSet('for ever', () => 1, { ttl: Infinity })
      await cache.getOrSet('as the cache says', () => 1, { ttl: undefined })
      const ttls = cache.keys().map((key) => cache.info(key).ttl)
      assert.deepEqual(ttls, [5_000, 7 * 8 * 1000, Infinity, 60_000])
    })

    test('a ttl that is none rejects before the fetch, that of a function after it', async (t) => {
      const cache = make(t)
      for (const ttl of [-1, Number.NaN, '5', {}]) {
        await assert.rejects(cache.getOrSet('k', noFetch, { ttl }), {
          name: 'TypeError',
          message: /^getOrSet: ttl must be a non-negative number, received /,
        })
        await assert.rejects(
          cache.getOrSet('k', () => 1, { ttl: () => ttl }),
          TypeError,
        )
        assert.equal(cache.has('k'), false)
      }
      for (const options of [1, 'x', true]) {
        await assert.rejects(cache.getOrSet('k', noFetch, options), /options must be an object/)
      }
      await assert.rejects(cache.getOrSet('k', noFetch, { forceRefresh: 1 }), /forceRefresh/)
      await assert.rejects(cache.getOrSet('k', noFetch, { shouldCache: true }), /shouldCache/)
      if (cache.getMetrics !== undefined) assert.equal(cache.getMetrics().flights ?? 0, 0)
      assert.equal(await cache.getOrSet('k', () => 'value', null), 'value')
    })

    test('forceRefresh fetches although there is a value, counts nothing and joins a fetch', async (t) => {
      const events = []
      const hooks = { onHit: () => events.push('hit'), onMiss: () => events.push('miss') }
      const cache = make(t, { hooks })
      cache.set('k', 'old')
      const { promise, resolve } = deferred()
      const first = cache.getOrSet('k', () => promise, { forceRefresh: true })
      const joined = cache.getOrSet('k', noFetch, { forceRefresh: true })
      assert.equal(cache.peek('k'), 'old')
      resolve('new')
      assert.deepEqual(await Promise.all([first, joined]), ['new', 'new'])
      assert.equal(cache.peek('k'), 'new')
      const { hits, misses } = cache.getStats()
      assert.deepEqual({ hits, misses, events }, { hits: 0, misses: 0, events: [] })
      await assert.rejects(
        cache.getOrSet('k', () => Promise.reject(new Error('no')), { forceRefresh: true }),
        /no/,
      )
      assert.equal(cache.peek('k'), 'new', 'a refresh that fails leaves what was there')
    })

    test('a ttl function may leave it to the cache', async (t) => {
      const cache = make(t)
      for (const ttl of [() => null, () => undefined]) {
        await cache.getOrSet('k', () => 1, { ttl, forceRefresh: true })
        assert.equal(cache.info('k').ttl, 60_000)
      }
    })

    test('a cache that is closed meanwhile returns what was fetched', async (t) => {
      for (const at of ['fetcher', 'shouldCache', 'ttl']) {
        const cache = make(t)
        const close = (name) => name === at && cache.close()
        const options = {
          shouldCache: () => (close('shouldCache'), true),
          ttl: () => (close('ttl'), 1000),
        }
        const fetched = await cache.getOrSet(
          'k',
          async () => (close('fetcher'), 'fetched'),
          options,
        )
        assert.equal(fetched, 'fetched')
        const closing = {
          get forceRefresh() {
            opened.close()
            return false
          },
        }
        const opened = make(t)
        await assert.rejects(opened.getOrSet('k', noFetch, closing), /is closed/)
      }
    })

    test('what shouldCache refuses is returned and not stored', async (t) => {
      const cache = make(t)
      const seen = []
      const shouldCache = (value, key) => {
        seen.push([value, key])
        return value !== null
      }
      assert.equal(await cache.getOrSet('none', () => null, { shouldCache }), null)
      assert.equal(await cache.getOrSet('some', () => 1, { shouldCache }), 1)
      assert.deepEqual(cache.keys(), ['some'])
      assert.deepEqual(seen, [
        [null, 'none'],
        [1, 'some'],
      ])
      const throwing = {
        shouldCache() {
          throw new RangeError('not now')
        },
      }
      await assert.rejects(
        cache.getOrSet('k', () => 1, throwing),
        RangeError,
      )
      assert.equal(cache.has('k'), false)
      assert.equal(await cache.getOrSet('k', () => 2), 2, 'the key can be fetched again')
    })
  })
}

const OVERTAKING = {
  set: (cache) => cache.set('k', 'newer'),
  'set with a lifetime': (cache) => cache.set('k', 'newer', 1000),
  'set that has expired': (cache) => cache.set('k', 'newer', { expiresAt: 1 }),
  delete: (cache) => cache.delete('k'),
  deleteAsync: (cache) => cache.deleteAsync('k'),
  take: (cache) => cache.take('k'),
  clear: (cache) => cache.clear(),
  deleteByPrefix: (cache) => cache.deleteByPrefix('k'),
  deleteByMagicString: (cache) => cache.deleteByMagicString('*k*'),
}

const CONFIGURATIONS = {
  'without hooks': {},
  'with hooks': { hooks: { onDelete() {}, onSet() {}, onExpire() {} } },
  'with weights': { maxWeight: 100, sizeCalculation: () => 1 },
}

describe("MemoryCache with lateFetch: 'discard'", () => {
  for (const [name, overtake] of Object.entries(OVERTAKING)) {
    for (const [how, options] of Object.entries(CONFIGURATIONS)) {
      test(`${name} during a fetch: the late value is returned, not stored, ${how}`, async () => {
        const cache = new MemoryCache({ lateFetch: 'discard', ...options })
        const { promise, resolve } = deferred()
        const own = cache.getOrSet('k', () => promise)
        const joined = cache.getOrSet('k', noFetch)
        await overtake(cache)
        const now = cache.peek('k')
        const later = cache.getOrSet('k', () => 'fetched anew')
        resolve('late')
        assert.deepEqual(await Promise.all([own, joined]), ['late', 'late'])
        assert.equal(await later, now ?? 'fetched anew')
        assert.equal(cache.peek('k'), now ?? 'fetched anew')
      })
    }
  }

  test('so it is for what the fetcher itself, shouldCache and ttl do to the key', async () => {
    for (const options of [{}, { hooks: { onDelete() {} } }]) {
      for (const change of [(c) => c.set('k', 'newer'), (c) => c.delete('k'), (c) => c.clear()]) {
        for (const at of ['fetcher', 'later', 'shouldCache', 'ttl']) {
          const cache = new MemoryCache({ lateFetch: 'discard', ...options })
          cache.set('other', 1)
          const value = await cache.getOrSet(
            'k',
            async () => {
              if (at === 'fetcher') change(cache)
              await undefined
              if (at === 'later') change(cache)
              return 'late'
            },
            {
              shouldCache: () => (at === 'shouldCache' && change(cache), true),
              ttl: () => (at === 'ttl' && change(cache), 1000),
            },
          )
          assert.equal(value, 'late')
          assert.notEqual(cache.peek('k'), 'late', at)
          assert.equal(await cache.getOrSet('k2', () => 'kept'), 'kept')
          assert.equal(cache.peek('k2'), 'kept')
        }
      }
    }
  })

  test('what happens to other keys overtakes nothing', async () => {
    const cache = new MemoryCache({ lateFetch: 'discard' })
    const { promise, resolve } = deferred()
    const call = cache.getOrSet('k', () => promise)
    cache.set('other', 1)
    cache.delete('other')
    cache.deleteByPrefix('x')
    cache.deleteByMagicString('kk*')
    resolve('fetched')
    assert.equal(await call, 'fetched')
    assert.equal(cache.peek('k'), 'fetched')
  })

  test("by default, and with 'store', the late value is stored, as in the published package", async () => {
    for (const options of [{}, { lateFetch: 'store' }, { lateFetch: undefined }]) {
      const cache = new MemoryCache(options)
      const { promise, resolve } = deferred()
      const call = cache.getOrSet('k', () => promise)
      cache.set('k', 'newer')
      cache.delete('k')
      resolve('late')
      assert.equal(await call, 'late')
      assert.equal(cache.peek('k'), 'late')
    }
  })

  test('anything else is refused', () => {
    for (const lateFetch of ['keep', true, 1, {}]) {
      assert.throws(() => new MemoryCache({ lateFetch }), CacheConfigError)
    }
  })
})
