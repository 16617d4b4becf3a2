// The options about lifetimes: updateAgeOnGet, ttlJitter with its seed, and how checkInterval goes
// together with lifetimes of single entries. Needs --expose-gc.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { kState } from '../../lib/memory-cache/memory-cache.js'
import { statistics } from '../../lib/memory-cache/state.js'
import { decorated } from '../contract/support.mjs'
import { until, untilCollected } from '../shared/support.mjs'
import {
  MemoryCache,
  clock,
  eachSetting,
  native,
  openWithHook,
  spin,
  withClock,
} from './support.mjs'

const { CacheConfigError, cached } = native

eachSetting('updateAgeOnGet', ({ open }) => {
  const HITS = {
    get: (cache) => cache.get('key'),
    getOrSet: (cache) => cache.getOrSet('key', () => assert.fail('it is there')),
  }

  for (const [method, hit] of Object.entries(HITS)) {
    test(`a hit by ${method} renews the lifetime of its entry`, async () => {
      for (const [ttl, own, lifetime] of [
        [50, undefined, 50],
        [0, 20, 20],
        [5, { ttl: 20 }, 20],
        [50, { expiresAt: clock.start + 30 }, 30],
      ]) {
        clock.set(clock.start)
        const { cache } = open({ ttl, updateAgeOnGet: true })
        cache.set('key', 1, own)
        for (let i = 0; i < 3; i++) {
          clock.advance(lifetime)
          assert.equal(await hit(cache), 1)
          assert.equal(cache.getRemainingTTL('key'), lifetime)
        }
        clock.advance(lifetime + 1)
        assert.equal(cache.get('key'), undefined)
      }
    })

    test(`a hit by ${method} renews nothing without the option`, async () => {
      for (const updateAgeOnGet of [undefined, null, false]) {
        const { cache } = open({ ttl: 50, updateAgeOnGet })
        cache.set('key', 1, 20)
        clock.advance(15)
        assert.equal(await hit(cache), 1)
        assert.equal(cache.getRemainingTTL('key'), 5)
      }
    })

    test(`a hit by ${method} leaves for ever what is`, async () => {
      for (const [ttl, own] of [[0], [50, 0], [50, Infinity]]) {
        const { cache } = open({ ttl, updateAgeOnGet: true })
        cache.set('key', 1, own)
        await hit(cache)
        assert.equal(cache.getRemainingTTL('key'), Infinity)
      }
    })
  }

  test('has, peek, info and getRemainingTTL renew nothing', () => {
    const { cache } = open({ ttl: 50, updateAgeOnGet: true })
    cache.set('key', 1)
    clock.advance(20)
    for (const method of ['has', 'peek', 'info', 'getRemainingTTL']) {
      cache[method]('key')
      assert.equal(cache.getRemainingTTL('key'), 30, method)
    }
  })

  test('lists and other entries’ hits renew nothing', () => {
    const { cache } = open({ ttl: 50, updateAgeOnGet: true })
    for (const key of ['key', 'other']) cache.set(key, 1)
    clock.advance(20)
    cache.get('other')
    for (const method of ['keys', 'values', 'entries', 'size', 'getStats']) cache[method]()
    assert.equal(cache.getRemainingTTL('key'), 30)
  })

  test('what was renewed expires after what was not, and makes room after it', () => {
    const { cache } = open({ ttl: 50, maxSize: 2, updateAgeOnGet: true })
    for (const key of ['renewed', 'not']) cache.set(key, 1)
    clock.advance(30)
    cache.get('renewed')
    clock.advance(21)
    cache.set('new', 1)
    assert.deepEqual(cache.keys(), ['renewed', 'new'])
    assert.equal(cache.getStats().evictions, 0)
  })

  test('the cache tells whether it does, and so do its views', () => {
    for (const updateAgeOnGet of [undefined, false, true]) {
      const { cache } = open({ updateAgeOnGet })
      const view = cache.withNamespace('a:')
      const told = () => [cache.updateAgeOnGet, view.updateAgeOnGet]
      const expected = [updateAgeOnGet ?? false, updateAgeOnGet ?? false]
      assert.deepEqual(told(), expected)
      view.close()
      cache.close()
      assert.deepEqual(told(), expected)
    }
  })

  test('a getter of an expired entry revives nothing', () => {
    const { cache } = open({ ttl: 50, updateAgeOnGet: true })
    cache.set('key', 1)
    clock.advance(51)
    assert.equal(cache.get('key'), undefined)
    assert.equal(cache.has('key'), false)
  })
})

describe('options of lifetimes', () => {
  withClock()

  test('hits of decorated methods renew, and without the option they do not', () => {
    for (const updateAgeOnGet of [true, false]) {
      let calls = 0
      const object = decorated(cached, () => ++calls, { ttl: 50, updateAgeOnGet })
      object.method()
      clock.advance(40)
      assert.equal(object.method(), 1)
      clock.advance(40)
      assert.equal(object.method(), updateAgeOnGet ? 1 : 2)
    }
  })

  test('onHit finds the lifetime renewed already', () => {
    let remaining
    const look = (inner, { key }) => (remaining = inner.getRemainingTTL(key))
    const cache = openWithHook('onHit', look, { ttl: 50, updateAgeOnGet: true })
    cache.set('key', 1)
    clock.advance(40)
    cache.get('key')
    assert.equal(remaining, 50)
  })

  test('wrong ones are refused with name and value, by the decorator too', () => {
    const wrong = {
      updateAgeOnGet: ['a boolean', [0, 1, 'true', '', {}, [], () => true, 1n]],
      ttlJitter: [
        'a number from 0 to 1',
        [-0.1, 1.1, Number.NaN, Infinity, '0.5', true, {}, [], 1n],
      ],
      ttlJitterSeed: ['a finite number', [Number.NaN, Infinity, -Infinity, '1', true, {}, [], 1n]],
    }
    for (const [option, [expected, values]] of Object.entries(wrong)) {
      for (const value of values) {
        const shown = inspect(value, { depth: 0 })
        const message = `${option} must be ${expected}, received ${shown}`
        for (const open of [(options) => new MemoryCache(options), cached]) {
          assert.throws(
            () => open({ [option]: value }),
            (error) => {
              assert.ok(error instanceof CacheConfigError)
              assert.equal(error.message, message)
              return true
            },
          )
        }
      }
    }
  })

  test('null and undefined are as left out', () => {
    for (const absent of [null, undefined]) {
      const options = { updateAgeOnGet: absent, ttlJitter: absent, ttlJitterSeed: absent }
      const cache = new MemoryCache({ ttl: 50, ...options })
      cache.set('key', 1)
      assert.equal(cache.info('key').ttl, 50)
    }
  })

  /** The lifetimes that so many writes are given. */
  function drawn(options, write, count = 400) {
    const cache = new MemoryCache({ ttl: 1_000, ...options })
    return Array.from({ length: count }, () => {
      write(cache)
      return cache.info('key').ttl
    })
  }

  const seed = Math.floor(Math.random() * 2 ** 32)

  for (const [what, write, ttl] of [
    ['the ttl of the cache', (cache) => cache.set('key', 1), 1_000],
    ['an own ttl', (cache) => cache.set('key', 1, 333), 333],
    ['expiresAt', (cache) => cache.set('key', 1, { expiresAt: clock.now + 777 }), 777],
    ['a short ttl', (cache) => cache.set('key', 1, 3), 3],
    ['a fraction', (cache) => cache.set('key', 1, 99.5), 99.5],
  ]) {
    test(`ttlJitter shortens ${what} by up to its share, to whole milliseconds rounded up (seed ${seed})`, () => {
      for (const ttlJitter of [0.1, 0.5, 1]) {
        const ttls = drawn({ ttlJitter, ttlJitterSeed: seed }, write)
        const least = Math.max(1, Math.ceil(ttl * (1 - ttlJitter)))
        for (const own of ttls) {
          assert.ok(Number.isInteger(own))
          assert.ok(own >= least && own <= Math.ceil(ttl), `${own} of ${ttl} by ${ttlJitter}`)
        }
        const spread = Math.max(...ttls) - Math.min(...ttls)
        assert.ok(spread >= Math.floor(ttl * ttlJitter * 0.8) - 1, `spread ${spread}`)
      }
    })
  }

  test('each write is shortened on its own, and a store renews as much as it has drawn', () => {
    const options = { ttlJitter: 0.5, ttlJitterSeed: seed, updateAgeOnGet: true }
    const cache = new MemoryCache({ ttl: 1_000, ...options })
    cache.set('key', 1)
    const { ttl } = cache.info('key')
    clock.advance(10)
    cache.get('key')
    assert.deepEqual([cache.info('key').ttl, cache.getRemainingTTL('key')], [ttl, ttl])
    const ttls = new Set(drawn(options, (inner) => inner.set('key', 1)))
    assert.ok(ttls.size > 100)
  })

  test('the same seed shortens alike, another one differently', () => {
    const write = (cache) => cache.set('key', 1)
    const lifetimes = (ttlJitterSeed) => drawn({ ttlJitter: 0.5, ttlJitterSeed }, write)
    for (const one of [0, 1, -1.5, 0.1, seed]) {
      assert.deepEqual(lifetimes(one), lifetimes(one))
      assert.notDeepEqual(lifetimes(one), lifetimes(one + 1))
    }
  })

  test('without a seed two caches are shortened differently', () => {
    const write = (cache) => cache.set('key', 1)
    assert.notDeepEqual(drawn({ ttlJitter: 1 }, write), drawn({ ttlJitter: 1 }, write))
  })

  test('a share of 0 shortens nothing', () => {
    const ttls = drawn({ ttlJitter: 0, ttlJitterSeed: seed }, (cache) => cache.set('key', 1))
    assert.deepEqual(new Set(ttls), new Set([1_000]))
  })

  test('what is for ever stays so', () => {
    for (const [ttl, own] of [
      [0],
      [Infinity],
      [50, 0],
      [50, Infinity],
      [50, { expiresAt: Infinity }],
    ]) {
      const cache = new MemoryCache({ ttl, ttlJitter: 1 })
      cache.set('key', 1, own)
      assert.equal(cache.getRemainingTTL('key'), Infinity)
    }
  })

  test('expiry goes by the shortened lifetimes', () => {
    const options = { ttl: 100, maxSize: 0, ttlJitter: 1, ttlJitterSeed: seed }
    const cache = new MemoryCache(options)
    for (let i = 0; i < 50; i++) cache.set(String(i), i)
    const ends = cache.keys().map((key) => cache.info(key).expiresAt)
    for (let time = 0; time <= 101; time++) {
      clock.set(clock.start + time)
      assert.equal(cache.size(), ends.filter((end) => end >= clock.now).length)
    }
  })
})

describe('checkInterval with own lifetimes', () => {
  const held = (cache) => statistics(cache[kState]).size

  for (const [what, make] of [
    ['set', (cache) => cache.set('key', {}, 5)],
    ['expiresAt', (cache) => cache.set('key', {}, { expiresAt: Date.now() + 5 })],
    [
      'touch',
      (cache) => {
        cache.set('key', {})
        cache.touch('key', 5)
      },
    ],
  ]) {
    test(`a cache of ttl 0 is checked from the first lifetime on that ${what} gives`, async () => {
      for (const hooks of [undefined, { onExpire() {} }]) {
        const cache = new MemoryCache({ ttl: 0, checkInterval: 2, hooks })
        cache.set('ever', 1)
        make(cache)
        await until(() => held(cache) === 1)
        assert.deepEqual(cache.keys(), ['ever'])
        assert.equal(cache.getStats().expirations, 1)
      }
    })
  }

  test('entries with lifetimes of their own are removed before those of the cache are due', async () => {
    const cache = new MemoryCache({ ttl: 1_000_000, checkInterval: 2, maxSize: 0 })
    for (let i = 0; i < 20; i++) cache.set(`long:${i}`, i)
    for (let i = 0; i < 20; i++) cache.set(`short:${i}`, i, 1 + i / 4)
    await until(() => held(cache) === 20)
    assert.equal(cache.deleteByPrefix('long:'), 20)
  })

  test('values that have expired are released although nobody calls anything', async () => {
    const cache = new MemoryCache({ ttl: 0, checkInterval: 2 })
    const reference = (() => {
      const value = {}
      cache.set('key', value, 5)
      return new WeakRef(value)
    })()
    await untilCollected(() => reference.deref() === undefined)
    assert.equal(held(cache), 0)
  })
})

test('updateAgeOnGet goes by the genuine clock where that is in force', () => {
  for (const hooks of [undefined, { onHit() {} }]) {
    const cache = new MemoryCache({ ttl: 0, updateAgeOnGet: true, hooks })
    cache.set('key', 1, 500_000)
    spin(3)
    const before = Date.now()
    assert.equal(cache.get('key'), 1)
    const after = Date.now()
    const { start } = cache.info('key')
    assert.ok(start >= before && start <= after)
  }
})
