// touch: what it renews and what it leaves as it was. Lifetimes as such are in lifetimes.test.mjs.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import {
  KEYS,
  MemoryCache,
  NOT_STRINGS,
  NOT_TTLS,
  clock,
  eachSetting,
  openWithHook,
  refusal,
  seen,
  spin,
  withClock,
} from './support.mjs'

eachSetting('touch', ({ open }) => {
  test('the lifetime of the cache begins anew', () => {
    const { cache } = open({ ttl: 100 })
    cache.set('key', 1)
    clock.advance(100)
    assert.equal(cache.touch('key'), true)
    clock.advance(100)
    assert.equal(cache.peek('key'), 1)
    clock.advance(1)
    assert.equal(cache.peek('key'), undefined)
  })

  test('the entry’s own lifetime begins anew', () => {
    for (const ttl of [0, 5, 100]) {
      const { cache } = open({ ttl })
      cache.set('key', 1, 20)
      clock.advance(20)
      assert.equal(cache.touch('key'), true)
      assert.equal(cache.getRemainingTTL('key'), 20)
      clock.advance(21)
      assert.equal(cache.has('key'), false)
    }
  })

  test('a lifetime that expiresAt has set is renewed by as much as it was', () => {
    const { cache } = open({ ttl: 5 })
    cache.set('key', 1, { expiresAt: clock.now + 30 })
    clock.advance(10)
    cache.touch('key')
    assert.equal(cache.getRemainingTTL('key'), 30)
  })

  test('a ttl becomes the entry’s own, and 0 and Infinity are for ever', () => {
    for (const ttl of [0, 10]) {
      const { cache } = open({ ttl })
      cache.set('key', 1)
      assert.equal(cache.touch('key', 50), true)
      assert.equal(cache.getRemainingTTL('key'), 50)
      clock.advance(30)
      cache.touch('key')
      assert.equal(cache.getRemainingTTL('key'), 50)
      for (const ever of [0, Infinity]) {
        cache.touch('key', 50)
        cache.touch('key', ever)
        assert.equal(cache.getRemainingTTL('key'), Infinity)
      }
    }
  })

  test('null and undefined are as no ttl', () => {
    for (const absent of [null, undefined]) {
      const { cache } = open({ ttl: 10 })
      cache.set('key', 1, 40)
      clock.advance(5)
      assert.equal(cache.touch('key', absent), true)
      assert.equal(cache.info('key').ttl, 40)
      assert.equal(cache.getRemainingTTL('key'), 40)
    }
  })

  test('the entry becomes the most recently used', () => {
    for (const ttl of [undefined, 50]) {
      const { cache } = open({ maxSize: 2, ttl: 0 })
      cache.set('a', 1)
      cache.set('b', 2)
      cache.touch('a', ttl)
      assert.deepEqual(cache.keys(), ['b', 'a'])
      cache.set('c', 3)
      assert.deepEqual(cache.keys(), ['a', 'c'])
    }
  })

  test('a renewed entry expires after those that were not', async () => {
    const { cache, events } = open({ ttl: 100 })
    for (const key of ['a', 'b', 'c']) cache.set(key, 1)
    clock.advance(10)
    cache.touch('a')
    clock.advance(91)
    assert.equal(cache.prune(), 2)
    clock.advance(10)
    assert.equal(cache.prune(), 1)
    const expired = (await events()).filter(([name]) => name === 'onExpire')
    if (expired.length > 0)
      assert.deepEqual(
        expired.map(([, { key }]) => key),
        ['b', 'c', 'a'],
      )
  })

  test('nothing is counted and nothing reported', async () => {
    const { cache, events } = open({ ttl: 100 })
    cache.set('key', 1)
    cache.resetStats()
    await events()
    for (const key of ['key', 'none']) for (const ttl of [undefined, 0, 5]) cache.touch(key, ttl)
    const { hits, misses, evictions, expirations } = cache.getStats()
    assert.deepEqual([hits, misses, evictions, expirations], [0, 0, 0, 0])
    assert.deepEqual(await events(), [])
  })

  test('value and weight stay', () => {
    const { cache } = open({ ttl: 100 })
    cache.set('key', 1)
    const { value, weight } = cache.info('key')
    const { weight: total } = cache.getStats()
    cache.touch('key', 7)
    assert.equal(cache.info('key').value, value)
    assert.equal(cache.info('key').weight, weight)
    assert.equal(cache.getStats().weight, total)
  })

  test('what is absent is not touched', () => {
    const { cache } = open({ ttl: 100 })
    assert.equal(cache.touch('none'), false)
    assert.equal(cache.touch('none', 50), false)
    cache.set('key', 1)
    cache.delete('key')
    assert.equal(cache.touch('key', 50), false)
    cache.set('key', 1)
    cache.clear()
    assert.equal(cache.touch('key', 50), false)
    assert.equal(cache.size(), 0)
  })

  test('what has expired stays where it is: not removed, not revived, not reported', async () => {
    const { cache, events } = open({ ttl: 100 })
    cache.set('old', 1)
    cache.set('own', 1, 50)
    clock.advance(101)
    await events()
    for (const key of ['old', 'own']) {
      assert.equal(cache.touch(key), false)
      assert.equal(cache.touch(key, 1_000), false)
      assert.equal(cache.touch(key, 0), false)
    }
    assert.deepEqual(await events(), [])
    assert.equal(cache.prune(), 2)
    assert.equal(cache.getStats().expirations, 2)
  })

  test('keys are any strings', () => {
    const { cache } = open({ ttl: 100 })
    for (const key of KEYS) cache.set(key, key)
    for (const [i, key] of KEYS.entries()) {
      assert.equal(cache.touch(key, 200 + i), true)
      assert.equal(cache.getRemainingTTL(key), 200 + i)
    }
    assert.deepEqual(cache.keys(), KEYS)
  })

  test('a wrong key or ttl is refused with its name and value, and nothing changes', async () => {
    const { cache, events } = open({ ttl: 100 })
    for (const key of ['a', 'b']) cache.set(key, 1, 30)
    const before = seen(cache, ['a', 'b'])
    await events()
    for (const key of NOT_STRINGS) {
      assert.match(
        refusal(() => cache.touch(key)),
        /^touch: key must be a string, received /,
      )
    }
    for (const ttl of NOT_TTLS) {
      const message = `touch: ttl must be a non-negative number, received ${inspect(ttl, { depth: 0 })}`
      assert.equal(
        refusal(() => cache.touch('a', ttl)),
        message,
      )
    }
    assert.deepEqual(seen(cache, ['a', 'b']), before)
    assert.deepEqual(await events(), [])
  })
})

describe('touch in particular', () => {
  withClock()

  test('a cache of ttl 0 begins to expire by it', () => {
    const cache = new MemoryCache({ ttl: 0 })
    cache.set('key', 1)
    cache.set('other', 2)
    assert.equal(
      clock.readsDuring(() => cache.touch('key')),
      0,
    )
    cache.touch('key', 10)
    clock.advance(11)
    assert.deepEqual(cache.keys(), ['other'])
    assert.equal(cache.getStats().expirations, 1)
  })

  test('ttlJitter shortens a ttl that is given, and a renewed lifetime no further', () => {
    const cache = new MemoryCache({ ttl: 1_000, ttlJitter: 0.5, ttlJitterSeed: 7 })
    cache.set('key', 1)
    const { ttl } = cache.info('key')
    for (let i = 0; i < 20; i++) {
      cache.touch('key')
      assert.equal(cache.info('key').ttl, ttl)
    }
    const drawn = Array.from({ length: 50 }, () => {
      cache.touch('key', 500)
      return cache.info('key').ttl
    })
    assert.ok(drawn.every((own) => own >= 250 && own <= 500 && Number.isInteger(own)))
    assert.ok(new Set(drawn).size > 25)
  })

  for (const name of ['onHit', 'onSet', 'onEvict', 'onDelete', 'onExpire', 'onMiss']) {
    test(`${name} can touch: other entries, and its own where that is there still`, () => {
      const outcomes = []
      const cache = openWithHook(
        name,
        (inner, { key }) => outcomes.push(inner.touch('other', 70), inner.touch(key, 60)),
        { maxSize: 2, ttl: 50 },
      )
      cache.set('key', 1)
      cache.set('other', 2)
      outcomes.length = 0
      if (name === 'onHit') cache.get('key')
      if (name === 'onSet') cache.set('key', 2)
      if (name === 'onEvict') cache.set('third', 3)
      if (name === 'onDelete') cache.delete('key')
      if (name === 'onMiss') cache.get('none')
      if (name === 'onExpire') {
        cache.set('key', 1, 10)
        clock.advance(11)
        cache.prune()
      }
      assert.deepEqual(outcomes, [true, name === 'onHit' || name === 'onSet'])
      assert.equal(cache.getRemainingTTL('other'), 70)
      // The hooks of onEvict run before what is written is there.
      const last = { onEvict: 'third', onHit: 'key', onSet: 'key' }[name] ?? 'other'
      assert.equal(cache.keys().at(-1), last)
    })
  }

  test('what a hook of prune has touched is not removed by the same prune', () => {
    const gone = []
    const cache = openWithHook(
      'onExpire',
      (inner, { key }) => {
        gone.push(key)
        if (key === 'a') assert.equal(inner.touch('b', 100), false, 'it has expired already')
        if (key === 'a') assert.equal(inner.touch('c', 100), true)
      },
      { ttl: 10 },
    )
    cache.set('a', 1)
    cache.set('b', 1)
    clock.advance(5)
    cache.set('c', 1)
    clock.advance(6)
    assert.equal(cache.prune(), 2)
    assert.deepEqual(gone, ['a', 'b'])
    assert.equal(cache.getRemainingTTL('c'), 100)
  })
})

test('touch goes by the genuine clock where that is in force', () => {
  const cache = new MemoryCache({ ttl: 0 })
  cache.set('key', 1)
  const before = Date.now()
  assert.equal(cache.touch('key', 5), true)
  const after = Date.now()
  const { start, expiresAt } = cache.info('key') ?? { start: before, expiresAt: before + 5 }
  assert.ok(start >= before && start <= after)
  assert.equal(expiresAt, start + 5)
  spin(7)
  assert.equal(cache.touch('key', 50), false)
  assert.equal(cache.touch('key'), false)
  assert.equal(cache.prune(), 1)
})
