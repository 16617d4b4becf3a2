// MemoryCache.resize: other limits for a cache that is in use.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { HOOK_NAMES, clock, recorder, withClock } from '../contract/support.mjs'

const filled = (options, count = 5) => {
  const cache = new MemoryCache(options)
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, i)
  return cache
}

const weighing = { maxSize: 0, maxWeight: 100, sizeCalculation: Number }

describe('MemoryCache.resize', () => {
  withClock()

  test('what is over a smaller maxSize goes at once, least recently used first', () => {
    const cache = filled()
    cache.get('key:0')
    assert.equal(cache.resize({ maxSize: 2 }), undefined)
    assert.deepEqual(cache.entries(), [
      ['key:4', 4],
      ['key:0', 0],
    ])
    assert.equal(cache.getStats().evictions, 3)
    cache.set('new', 1)
    assert.deepEqual(cache.keys(), ['key:0', 'new'])
  })

  test('a larger maxSize, 0 and Infinity let more in', () => {
    for (const maxSize of [7, 0, Infinity]) {
      const cache = filled({ maxSize: 2 })
      cache.resize({ maxSize })
      for (let i = 0; i < 5; i++) cache.set(`new:${i}`, i)
      assert.equal(cache.size(), 7)
    }
  })

  test('what is over a smaller maxWeight goes at once', () => {
    const cache = filled(weighing)
    cache.resize({ maxWeight: 7 })
    assert.deepEqual(cache.keys(), ['key:3', 'key:4'])
    assert.equal(cache.getStats().weight, 7)
    cache.set('heavy', 8)
    assert.equal(cache.has('heavy'), false)
    cache.resize({ maxWeight: Infinity })
    cache.set('heavy', 1e9)
    assert.equal(cache.size(), 3)
  })

  test('hooks are called as by a set that needs room: first for what has expired', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('old', 0)
    clock.advance(60)
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    clock.advance(60)
    take()
    cache.resize({ maxSize: 2 })
    assert.deepEqual(take(), [
      ['onExpire', { key: 'old', value: 0, source: 'prune' }],
      ['onEvict', { key: 'a', value: 'a' }],
    ])
    cache.resize({ maxSize: 2 })
    assert.deepEqual(take(), [])
  })

  test('expired entries that are not in the way stay, and prune is called only if something is', () => {
    const cache = filled({ ttl: 100, maxSize: 10 })
    clock.advance(101)
    let pruned = 0
    cache.prune = () => {
      pruned += 1
      return MemoryCache.prototype.prune.call(cache)
    }
    cache.resize({ maxSize: 5 })
    assert.equal(pruned, 0)
    cache.resize({ maxSize: 4 })
    assert.equal(pruned, 1)
    assert.equal(cache.getStats().evictions, 0)
  })

  test('a new ttl holds for entries written from then on', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('before', 1)
    cache.set('again', 1)
    cache.set('own', 1, { ttl: 30 })
    cache.resize({ ttl: 50 })
    cache.set('after', 1)
    cache.set('again', 1)
    const left = () => ['before', 'again', 'own', 'after'].map((key) => cache.getRemainingTTL(key))
    assert.deepEqual(left(), [100, 50, 30, 50])
    clock.advance(51)
    assert.deepEqual(cache.keys(), ['before'])
    clock.advance(50)
    assert.equal(cache.size(), 0)
  })

  test('a ttl can be turned on and off', () => {
    const cache = new MemoryCache({ ttl: 0 })
    cache.set('ever', 1)
    cache.resize({ ttl: 100 })
    cache.set('timed', 1)
    cache.resize({ ttl: 0 })
    cache.set('later', 1)
    clock.advance(101)
    assert.deepEqual(cache.keys(), ['ever', 'later'])
    cache.clear()
    cache.set('a', 1)
    assert.equal(cache.getRemainingTTL('a'), Infinity)
  })

  test('a ttl can be turned on under the genuine clock', () => {
    clock.restore()
    const cache = new MemoryCache({ ttl: 0 })
    cache.resize({ ttl: 60_000 })
    cache.set('a', 1)
    const left = cache.getRemainingTTL('a')
    assert.ok(left > 0 && left <= 60_000, String(left))
    assert.equal(cache.get('a'), 1)
  })

  test('limits left out, undefined or null stay', () => {
    const cache = filled({ maxSize: 3, ttl: 100 })
    for (const limits of [{}, { maxSize: undefined, ttl: null }, () => {}]) {
      cache.resize(limits)
      cache.set('new', 1)
      assert.equal(cache.size(), 3)
      assert.equal(cache.getRemainingTTL('new'), 100)
    }
  })

  test('comparisons see the new limits', () => {
    const cache = new MemoryCache({ maxSize: 5, ttl: 100 })
    cache.resize({ maxSize: 7, ttl: 200 })
    assert.deepEqual(cache, new MemoryCache({ maxSize: 7, ttl: 200 }))
    assert.equal(isDeepStrictEqual(cache, new MemoryCache({ maxSize: 5, ttl: 100 })), false)
  })

  test('what is refused is refused with an error of the caller’s, and nothing changes', () => {
    const { hooks, take } = recorder()
    const cases = [
      [undefined, 'limits must be an object, received undefined'],
      [null, 'limits must be an object, received null'],
      [7, 'limits must be an object, received 7'],
      [{ maxSize: -1 }, 'maxSize must be a non-negative number'],
      [{ maxSize: 1, ttl: -1 }, 'ttl must be a non-negative number'],
      [{ maxSize: 1, ttl: '7' }, "ttl must be a non-negative number, received '7'"],
      [{ maxSize: 1, maxWeight: Number.NaN }, 'maxWeight must be a non-negative number'],
      [
        { maxSize: 1, maxWeight: 5 },
        'maxWeight must be 0, since the cache was made without weights, received 5',
      ],
    ]
    const cache = filled({ hooks, maxSize: 5 })
    take()
    for (const [limits, message] of cases) {
      assert.throws(
        () => cache.resize(limits),
        (error) => {
          assert.ok(error instanceof CacheConfigError, error.stack)
          assert.equal(error.message, message)
          assert.match(error.stack.split('\n')[1], /resize\.test\.mjs/)
          return true
        },
      )
    }
    assert.deepEqual(take(), [])
    assert.equal(cache.size(), 5)
    const weighed = filled(weighing)
    assert.throws(() => weighed.resize({ maxSize: 1, maxWeight: 0 }), {
      name: 'CacheConfigError',
      message:
        'maxWeight must be above 0, since the cache was made with weights; Infinity means no limit, received 0',
    })
    assert.equal(weighed.size(), 5)
    assert.equal(cache.resize.length, 1)
    cache.resize({ maxWeight: 0 })
  })

  test('what a getter throws is passed on, and nothing changes', () => {
    const cache = filled({ maxSize: 5 })
    const limits = {
      maxSize: 1,
      get ttl() {
        throw new RangeError('no ttl')
      },
    }
    assert.throws(() => cache.resize(limits), { name: 'RangeError', message: 'no ttl' })
    assert.equal(cache.size(), 5)
  })

  test('it works inside every hook, and hooks may write while room is made', () => {
    for (const hook of HOOK_NAMES) {
      const cache = new MemoryCache({
        ttl: 100,
        hooks: { [hook]: () => cache.resize({ maxSize: 2 }) },
      })
      for (let i = 0; i < 5; i++) cache.set(`key:${i}`, i)
      cache.get('key:4')
      cache.get('absent')
      cache.delete('key:3')
      clock.advance(101)
      cache.prune()
      cache.set('last', 1)
      cache.resize({ maxSize: 1 })
      assert.equal(cache.size(), 1, hook)
    }
    let writes = 0
    const cache = new MemoryCache({
      hooks: { onEvict: () => writes++ < 3 && cache.set(`late:${writes}`, writes) },
    })
    for (let i = 0; i < 10; i++) cache.set(`key:${i}`, i)
    cache.resize({ maxSize: 4 })
    assert.equal(cache.size(), 4)
    for (const [key, value] of cache.entries()) assert.equal(key.endsWith(`:${value}`), true)
  })

  test('it works after clear, behind proxies, and on nothing else', () => {
    const cache = filled({})
    cache.clear()
    cache.resize({ maxSize: 1 })
    const proxy = reactive(cache)
    proxy.resize({ maxSize: 2 })
    new Proxy(cache, {}).resize({ ttl: 50 })
    for (let i = 0; i < 3; i++) proxy.set(`key:${i}`, i)
    assert.equal(cache.size(), 2)
    assert.equal(cache.getRemainingTTL('key:2'), 50)
    for (const receiver of [undefined, {}, 'text']) {
      assert.throws(() => MemoryCache.prototype.resize.call(receiver, {}), TypeError)
    }
  })

  test('a cache of ten thousand entries loses all but the last, and goes on', () => {
    const cache = filled({ maxSize: 0, ttl: 0 }, 10_000)
    cache.resize({ maxSize: 3 })
    assert.deepEqual(cache.values(), [9_997, 9_998, 9_999])
    cache.resize({ maxSize: 0 })
    for (let i = 0; i < 10_000; i++) cache.set(`new:${i}`, i)
    assert.equal(cache.size(), 10_003)
    assert.equal(cache.get('new:5000'), 5_000)
  })
})
