// Lifetimes that nearly work: far too long, dates in the place of numbers, names of other caches. For both
// kinds of caches.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { isDeepStrictEqual } from 'node:util'
import { reactive } from '../contract/membranes.mjs'
import { clock, withClock } from '../contract/support.mjs'
import { openShared } from '../shared/support.mjs'

const HUGE = [2 ** 53 * 2, 1e18, 1e20, Number.MAX_VALUE]

const KINDS = {
  MemoryCache: (_t, options) => new MemoryCache(options),
  SharedMemoryCache: openShared,
}

for (const [kind, open] of Object.entries(KINDS)) {
  describe(kind, () => {
    withClock()

    test('an own lifetime ends on time, however long that of the cache is', (t) => {
      for (const ttl of HUGE) {
        const cache = open(t, { ttl })
        cache.set('own', 1, 20)
        cache.set('cache’s', 1)
        assert.equal(cache.getRemainingTTL('own'), 20)
        assert.equal(cache.getRemainingTTL('cache’s'), Infinity)
        clock.advance(21)
        assert.equal(cache.get('own'), undefined)
        assert.deepEqual(cache.keys(), ['cache’s'])
        assert.equal(cache.touch('cache’s', 30), true)
        assert.equal(cache.getRemainingTTL('cache’s'), 30)
      }
    })

    test('an own lifetime that is longer than any time is for ever', (t) => {
      const cache = open(t, { ttl: 10 })
      for (const own of [...HUGE, ...HUGE.map((expiresAt) => ({ expiresAt }))]) {
        cache.set('key', 1, own)
        const { ttl, start, expiresAt } = cache.info('key')
        assert.deepEqual([ttl, start, expiresAt], [Infinity, undefined, Infinity])
      }
      cache.set('key', 1, 2 ** 53)
      assert.equal(cache.info('key').ttl, 2 ** 53)
    })

    test('a date or an array in the place of a ttl is refused', (t) => {
      const cache = open(t)
      for (const given of [new Date(), [5]]) {
        assert.throws(() => cache.set('key', 1, given), {
          name: 'TypeError',
          message: /^set: options must be a ttl in milliseconds or an object, received /,
        })
        assert.equal(cache.has('key'), false)
      }
    })

    test('options of other caches are warned of, once', async (t) => {
      const warnings = []
      const listen = ({ message }) => warnings.push(message)
      process.on('warning', listen)
      const name = `expiresIn${kind}`
      for (let i = 0; i < 3; i++) open(t).set('key', 1, { [name]: 5 })
      await new Promise((resolve) => setImmediate(resolve))
      process.off('warning', listen)
      assert.deepEqual(
        warnings.filter((message) => message.includes(name)),
        [`set has no option ${name}: it has no effect`],
      )
    })
  })
}

test('caches are equal whether defaults were written out or left out', () => {
  const plain = new MemoryCache()
  for (const options of [{ updateAgeOnGet: false }, { ttlJitter: 0 }, { lateFetch: 'store' }]) {
    assert.ok(isDeepStrictEqual(new MemoryCache(options), plain))
  }
  for (const options of [{ updateAgeOnGet: true }, { ttlJitter: 0.1 }, { lateFetch: 'discard' }]) {
    assert.equal(isDeepStrictEqual(new MemoryCache(options), plain), false)
  }
})

test('a take that finds nothing announces no change', () => {
  let changes = 0
  const cache = reactive(new MemoryCache(), { onWrite: () => changes++ })
  cache.take('none')
  assert.equal(changes, 0)
})

describe('hooks of the miss that leads to a fetch', () => {
  for (const hook of ['onMiss', 'onExpire']) {
    test(`${hook} may delete or write the key: what is fetched then is stored`, async (t) => {
      for (const change of [(cache, key) => cache.delete(key), (cache, key) => cache.set(key, 0)]) {
        let cache
        const hooks = { [hook]: ({ key }) => change(cache, key) }
        cache = openShared(t, { ttl: 20, hooks })
        cache.set('key', 'old', { expiresAt: Date.now() + 1 })
        while (cache.peek('key') !== undefined);
        assert.equal(await cache.getOrSet('key', () => 'fetched'), 'fetched')
        assert.equal(cache.peek('key'), 'fetched')
        assert.equal(cache.getMetrics().flights, 0)
      }
    })
  }
})
