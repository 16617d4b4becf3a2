// peek, info and getRemainingTTL: what they answer, and that asking changes nothing. What changes
// lifetimes is in the specs of those methods.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { kState } from '../../lib/memory-cache/memory-cache.js'
import { listKeys, statistics } from '../../lib/memory-cache/state.js'
import {
  KEYS,
  MemoryCache,
  NOT_STRINGS,
  clock,
  eachSetting,
  openWithHook,
  refusal,
  spin,
  withClock,
} from './support.mjs'

const METHODS = ['peek', 'info', 'getRemainingTTL']
const NOTHING = { peek: undefined, info: undefined, getRemainingTTL: 0 }

/** Order and statistics, expired entries included, which no look at them changes. */
function untouched(cache) {
  return [listKeys(cache[kState]), statistics(cache[kState])]
}

eachSetting('inspection', ({ open, weight }) => {
  test('peek gives the value of a valid entry, else undefined', () => {
    const { cache } = open({ ttl: 10 })
    for (const value of [1, 'text', null, undefined, 0, false]) {
      cache.set('key', value)
      assert.equal(cache.peek('key'), value)
    }
    clock.advance(10)
    cache.set('key', 1, 5)
    clock.advance(5)
    assert.equal(cache.peek('key'), 1)
    clock.advance(1)
    assert.equal(cache.peek('key'), undefined)
    assert.equal(cache.peek('none'), undefined)
  })

  test('getRemainingTTL counts down to 0, and what is there for ever has Infinity', () => {
    for (const ttl of [0, Infinity, 30]) {
      const { cache } = open({ ttl })
      cache.set('cache’s', 1)
      cache.set('own', 1, 20)
      cache.set('0', 1, 0)
      cache.set('infinite', 1, Infinity)
      cache.set('until', 1, { expiresAt: clock.now + 25.5 })
      const remaining = () => listKeys(cache[kState]).map((key) => cache.getRemainingTTL(key))
      const always = ttl === 30 ? [30, 20, 10, 0] : [Infinity, Infinity, Infinity, Infinity]
      assert.deepEqual(remaining(), [always[0], 20, Infinity, Infinity, 25.5])
      clock.advance(10)
      assert.deepEqual(remaining(), [always[1], 10, Infinity, Infinity, 15.5])
      clock.advance(10)
      assert.deepEqual(remaining(), [always[2], 0, Infinity, Infinity, 5.5])
      clock.advance(11)
      assert.deepEqual(remaining(), [always[3], 0, Infinity, Infinity, 0])
      assert.equal(cache.getRemainingTTL('none'), 0)
    }
  })

  test('info tells of an entry that expires', () => {
    for (const ttl of [0, 5, 30]) {
      const { cache } = open({ ttl })
      const start = clock.now
      cache.set('own', 'value', 20)
      clock.advance(6)
      const info = { value: 'value', ttl: 20, start, remainingTtl: 14, expiresAt: start + 20 }
      assert.deepEqual({ ...cache.info('own') }, { ...info, weight, stale: false, tags: [] })
    }
  })

  test('info tells of an entry with the lifetime of the cache', () => {
    const { cache } = open({ ttl: 30 })
    const start = clock.now
    cache.set('key', 'value')
    clock.advance(30)
    const info = { value: 'value', ttl: 30, start, remainingTtl: 0, expiresAt: start + 30 }
    assert.deepEqual({ ...cache.info('key') }, { ...info, weight, stale: false, tags: [] })
    clock.advance(1)
    assert.equal(cache.info('key'), undefined)
  })

  test('info of an entry that never expires has no start', () => {
    for (const [ttl, own] of [
      [0],
      [Infinity],
      [30, 0],
      [30, Infinity],
      [30, { expiresAt: Infinity }],
    ]) {
      const { cache } = open({ ttl })
      cache.set('key', 'value', own)
      const info = { value: 'value', ttl: Infinity, start: undefined, remainingTtl: Infinity }
      assert.deepEqual(
        { ...cache.info('key') },
        { ...info, expiresAt: Infinity, weight, stale: false, tags: [] },
      )
    }
  })

  test('info goes by the last write', () => {
    const { cache } = open({ ttl: 30 })
    cache.set('key', 1, 20)
    clock.advance(5)
    cache.set('key', 2)
    const { value, ttl, start } = cache.info('key')
    assert.deepEqual([value, ttl, start], [2, 30, clock.now])
  })

  test('info is the caller’s own: changing it changes nothing', () => {
    const { cache } = open({ ttl: 30 })
    cache.set('key', 1)
    cache.info('key').value = 2
    assert.equal(cache.info('key').value, 1)
    assert.notEqual(cache.info('key'), cache.info('key'))
  })

  for (const method of METHODS) {
    test(`${method} neither counts, promotes, renews, removes nor reports`, async () => {
      for (const updateAgeOnGet of [false, true]) {
        const { cache, events } = open({ maxSize: 4, ttl: 100, updateAgeOnGet })
        for (const key of ['a', 'b']) cache.set(key, 1)
        cache.set('expired', 1, 10)
        clock.advance(50)
        await events()
        const before = untouched(cache)
        for (const key of ['a', 'b', 'expired', 'none']) cache[method](key)
        assert.deepEqual(untouched(cache), before)
        assert.deepEqual(await events(), [])
        assert.equal(cache.getRemainingTTL('a'), 50)
        assert.equal(cache.prune(), 1)
      }
    })

    test(`${method} finds nothing of what is absent, expired, deleted or cleared`, () => {
      const { cache } = open({ ttl: 100 })
      const assertNothing = (key) => assert.equal(cache[method](key), NOTHING[method])
      assertNothing('none')
      cache.set('key', 1)
      clock.advance(101)
      assertNothing('key')
      for (const remove of ['clear', 'delete', 'take']) {
        cache.set('key', 1, 50)
        assert.notEqual(cache[method]('key'), NOTHING[method])
        cache[remove]('key')
        assertNothing('key')
      }
    })

    test(`${method} takes any string for a key`, () => {
      const { cache } = open({ ttl: 100 })
      for (const key of KEYS) assert.equal(cache[method](key), NOTHING[method])
      for (const [i, key] of KEYS.entries()) cache.set(key, i, 10 + i)
      for (const [i, key] of KEYS.entries()) {
        const { value, ttl } = cache.info(key)
        assert.deepEqual([value, ttl], [i, 10 + i])
        assert.equal(cache.peek(key), i)
        assert.equal(cache.getRemainingTTL(key), 10 + i)
      }
    })

    test(`${method} refuses a key that is not a string`, () => {
      const { cache } = open()
      const pattern = new RegExp(`^${method}: key must be a string, received `)
      for (const key of NOT_STRINGS)
        assert.match(
          refusal(() => cache[method](key)),
          pattern,
        )
    })
  }
})

describe('inspection in particular', () => {
  withClock()

  test('the members of info stand in one order', () => {
    const cache = new MemoryCache()
    cache.set('key', 1)
    const members = [
      'value',
      'ttl',
      'start',
      'remainingTtl',
      'expiresAt',
      'weight',
      'stale',
      'tags',
    ]
    assert.deepEqual(Object.keys(cache.info('key')), members)
  })

  test('info knows what sizeCalculation said of the last value', () => {
    const sizeCalculation = (value) => value.length
    const cache = new MemoryCache({ maxWeight: 100, sizeCalculation })
    cache.set('key', 'four')
    cache.set('other', 'a')
    assert.equal(cache.info('key').weight, 4)
    cache.set('key', 'eleven more')
    assert.equal(cache.info('key').weight, 11)
    assert.equal(cache.info('other').weight, 1)
  })

  test('a cache that nothing can expire in reads no clock', () => {
    const cache = new MemoryCache({ ttl: 0 })
    cache.set('key', 1)
    for (const method of METHODS) {
      assert.equal(
        clock.readsDuring(() => cache[method]('key')),
        0,
        method,
      )
    }
  })

  test('peek and getRemainingTTL read no clock for keys that are absent', () => {
    const cache = new MemoryCache({ ttl: 100 })
    for (const method of ['peek', 'getRemainingTTL']) {
      assert.equal(
        clock.readsDuring(() => cache[method]('none')),
        0,
        method,
      )
    }
  })

  for (const name of ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']) {
    test(`${name} can look at what is there`, () => {
      let looks = 0
      const cache = openWithHook(
        name,
        (inner, { key }) => {
          looks++
          const isThere = name === 'onHit' || name === 'onSet'
          assert.equal(inner.peek(key), isThere ? 1 : undefined)
          assert.equal(inner.info(key)?.value, isThere ? 1 : undefined)
          assert.equal(inner.getRemainingTTL(key), isThere ? 20 : 0)
        },
        { maxSize: 1, ttl: 50 },
      )
      cache.set('key', 1, 20)
      cache.get('key')
      cache.get('none')
      cache.delete('key')
      cache.set('key', 1, 20)
      clock.advance(21)
      cache.get('key')
      cache.set('key', 1, 20)
      cache.set('new', 1, 20)
      const expected = { onHit: 1, onMiss: 2, onSet: 4, onEvict: 1, onExpire: 1, onDelete: 1 }
      assert.equal(looks, expected[name])
    })
  }

  test('an object comes out of peek and info as the one that was set', () => {
    const value = {}
    const cache = new MemoryCache()
    cache.set('key', value)
    assert.equal(cache.peek('key'), value)
    assert.equal(cache.info('key').value, value)
  })

  test('a clock that goes back makes the remaining time longer', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 1, 10)
    clock.advance(-5)
    assert.equal(cache.getRemainingTTL('key'), 15)
    assert.equal(cache.info('key').remainingTtl, 15)
  })
})

test('inspection goes by the genuine clock where that is in force', () => {
  for (const ttl of [0, 1_000_000]) {
    const cache = new MemoryCache({ ttl })
    const before = Date.now()
    cache.set('key', 1, 500_000)
    cache.set('short', 1, 1)
    cache.set('ever', 1, 0)
    const after = Date.now()
    const { start, expiresAt, remainingTtl } = cache.info('key')
    assert.ok(start >= before && start <= after)
    assert.equal(expiresAt, start + 500_000)
    const remaining = cache.getRemainingTTL('key')
    const latest = Date.now()
    for (const time of [remaining, remainingTtl]) {
      assert.ok(time <= 500_000 && time >= expiresAt - latest)
    }
    assert.equal(cache.getRemainingTTL('ever'), Infinity)
    spin(3)
    for (const method of METHODS) assert.equal(cache[method]('short'), NOTHING[method])
    assert.equal(cache.prune(), 1)
  }
})
