// Entries that have expired and are kept for getOrSet: what every other method says of them, and when they go.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CacheConfigError } from 'native-memory-cache'
import { KEYS, MemoryCache, WEIGHTS, clock, eachSetting, withClock } from './support.mjs'

const KEPT = { ttl: 100, staleWhileRevalidate: 30, staleIfError: 50 }

eachSetting('entries in their grace', ({ hooked, open, weight }) => {
  test('are gone for every method but info and those that count', async () => {
    const { cache, events } = open({ ...KEPT, maxSize: 0 })
    for (const key of KEYS) cache.set(key, `value of ${key}`)
    cache.set('valid', 1, 1_000)
    await events()
    clock.advance(150)
    for (const key of KEYS) {
      assert.equal(cache.has(key), false)
      assert.equal(cache.get(key), undefined)
      assert.equal(cache.peek(key), undefined)
      assert.equal(cache.take(key), undefined)
      assert.equal(cache.touch(key), false)
      assert.equal(cache.touch(key, 1_000), false)
      assert.equal(cache.getRemainingTTL(key), 0)
      const { value, stale, remainingTtl } = cache.info(key)
      assert.deepEqual([value, stale, remainingTtl], [`value of ${key}`, true, -50])
    }
    assert.deepEqual(cache.keys(), ['valid'])
    assert.deepEqual(cache.values(), [1])
    assert.deepEqual(cache.entries(), [['valid', 1]])
    assert.deepEqual([...cache.scan()], [['valid', 1]])
    const walked = []
    cache.forEach((value, key) => walked.push([key, value]))
    assert.deepEqual(walked, [['valid', 1]])
    assert.equal(cache.prune(), 0)
    const all = KEYS.length + 1
    assert.equal(cache.size(), all)
    assert.deepEqual(cache.getStats(), {
      hits: 0,
      misses: 2 * KEYS.length,
      evictions: 0,
      expirations: 0,
      size: all,
      weight: all * weight,
    })
    const missed = KEYS.flatMap((key) =>
      ['get', 'take'].map(() => ['onMiss', { key, reason: 'expired' }]),
    )
    assert.deepEqual(await events(), hooked ? missed : [])
  })

  test('go when their grace is over, with onExpire', async () => {
    const { cache, events } = open(KEPT)
    for (const key of ['get', 'has', 'prune']) cache.set(key, key)
    await events()
    clock.advance(151)
    assert.equal(cache.get('get'), undefined)
    assert.equal(cache.has('has'), false)
    assert.equal(cache.prune(), 1)
    assert.equal(cache.info('get'), undefined)
    const expected = [
      ['onExpire', { key: 'get', value: 'get', source: 'get' }],
      ['onMiss', { key: 'get', reason: 'expired' }],
      ['onExpire', { key: 'has', value: 'has', source: 'has' }],
      ['onExpire', { key: 'prune', value: 'prune', source: 'prune' }],
    ]
    assert.deepEqual(await events(), hooked ? expected : [])
    assert.equal(cache.getStats().expirations, 3)
  })

  test('go by a grace of their own after a touch, with another ttl, too', async () => {
    for (const staleIfError of [0, 100]) {
      const { cache } = open({ ttl: 10, staleIfError })
      for (const [key, grace] of Object.entries({ shorter: 50, longer: 500 })) {
        for (const ttl of [undefined, 10, 30]) {
          await cache.getOrSet(key, () => 1, { ttl: 20, staleIfError: grace })
          assert.equal(cache.touch(key, ttl), true)
          clock.advance((ttl ?? 20) + grace)
          assert.equal(cache.info(key).stale, true)
          clock.advance(1)
          assert.equal(cache.info(key), undefined)
        }
      }
    }
  })

  test('are removed by deletions, which tell of them', async () => {
    const { cache, events } = open(KEPT)
    for (const key of ['a:1', 'a:2', 'b', 'c']) cache.set(key, key)
    clock.advance(120)
    await events()
    assert.equal(cache.delete('b'), true)
    assert.equal(cache.deleteByPrefix('a:'), 2)
    cache.clear()
    assert.equal(cache.size(), 0)
    const told = (await events()).map(([hook, { key, source }]) => [hook, key, source])
    const expected = [
      ['onDelete', 'b', 'delete'],
      ['onDelete', 'a:1', 'deleteByPrefix'],
      ['onDelete', 'a:2', 'deleteByPrefix'],
      ['onDelete', 'c', 'clear'],
    ]
    assert.deepEqual(told, hooked ? expected : [])
  })

  test('make room before anything valid, oldest first', async () => {
    const { cache, events } = open({ ...KEPT, maxSize: 4 })
    cache.set('valid', 1, 1_000)
    cache.set('old', 1)
    clock.advance(10)
    cache.set('older than new', 1)
    clock.advance(110)
    cache.set('new', 1)
    await events()
    cache.set('a', 1)
    cache.set('b', 1)
    assert.deepEqual(cache.keys(), ['valid', 'new', 'a', 'b'])
    cache.set('c', 1)
    assert.deepEqual(cache.keys(), ['new', 'a', 'b', 'c'])
    const made = (await events()).filter(([hook]) => hook !== 'onSet')
    const expected = [
      ['onExpire', { key: 'old', value: 1, source: 'prune' }],
      ['onExpire', { key: 'older than new', value: 1, source: 'prune' }],
      ['onEvict', { key: 'valid', value: 1 }],
    ]
    assert.deepEqual(made, hooked ? expected : [])
    const { expirations, evictions } = cache.getStats()
    assert.deepEqual([expirations, evictions], [2, 1])
  })

  test('make room for other limits before anything valid', async () => {
    const { cache, events } = open({ ...KEPT, maxSize: 10 })
    cache.set('valid', 1, 1_000)
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    clock.advance(120)
    cache.set('new', 1)
    await events()
    cache.resize({ maxSize: 3 })
    assert.deepEqual(cache.keys(), ['valid', 'new'])
    assert.equal(cache.info('c').stale, true)
    cache.resize({ maxSize: 1 })
    assert.deepEqual(cache.keys(), ['new'])
    const told = (await events()).map(([hook, { key }]) => [hook, key])
    const expected = [
      ['onExpire', 'a'],
      ['onExpire', 'b'],
      ['onExpire', 'c'],
      ['onEvict', 'valid'],
    ]
    assert.deepEqual(told, hooked ? expected : [])
  })

  test('are written anew, and live again', () => {
    const { cache } = open({ ...KEPT, maxSize: 1 })
    cache.set('k', 'old')
    clock.advance(120)
    cache.set('k', 'new')
    assert.equal(cache.get('k'), 'new')
    assert.equal(cache.info('k').stale, false)
    assert.equal(cache.size(), 1)
  })
})

describe('the grace of an entry', () => {
  withClock()

  const stays = (cache, key) => {
    for (let late = 0; ; late += 10) {
      if (cache.info(key) === undefined) return late - 10
      if (late > 1_000) return Infinity
      clock.advance(10)
    }
  }

  test('is the larger of the two options of the constructor, for set and getOrSet alike', async () => {
    for (const [swr, sie, expected] of [
      [30, 50, 50],
      [50, 30, 50],
      [0, 20, 20],
      [0, 0, 0],
      [undefined, 20, 20],
      [Infinity, 20, Infinity],
    ]) {
      const options = { ttl: 100, staleWhileRevalidate: swr, staleIfError: sie }
      for (const write of [
        (cache) => cache.set('k', 1),
        (cache) => cache.set('k', 1, 100),
        (cache) => cache.getOrSet('k', () => 1),
        (cache) => cache.getOrSet('k', () => 1, { ttl: 100 }),
      ]) {
        const cache = new MemoryCache(options)
        await write(cache)
        clock.advance(100)
        assert.equal(stays(cache, 'k'), expected, `${swr} ${sie} ${write}`)
      }
    }
  })

  test('is that of the call for what getOrSet has fetched, with the ttl of the cache or its own', async () => {
    for (const constructor of [{}, { staleIfError: 500 }]) {
      for (const [options, expected] of [
        [{ staleWhileRevalidate: 30 }, constructor.staleIfError ?? 30],
        [{ staleWhileRevalidate: 30, staleIfError: 50 }, 50],
        [{ staleWhileRevalidate: 0, staleIfError: 0 }, 0],
        [{ ttl: 100, staleWhileRevalidate: 0, staleIfError: 20 }, 20],
        [{ ttl: () => 100, staleWhileRevalidate: 0, staleIfError: 20 }, 20],
      ]) {
        const cache = new MemoryCache({ ttl: 100, maxSize: 1, ...constructor })
        await cache.getOrSet('k', () => 1, options)
        assert.equal(cache.info('k').ttl, 100)
        clock.advance(100)
        assert.equal(stays(cache, 'k'), expected, JSON.stringify([constructor, options]))
      }
    }
  })

  test('of a call reaches a cache that makes room step by step', async () => {
    for (const options of [{ maxSize: 1 }, { ...WEIGHTS, maxWeight: 2 }]) {
      const cache = new MemoryCache({ ttl: 100, ...options, hooks: { onEvict() {} } })
      cache.set('other', 1)
      await cache.getOrSet('k', () => 1, { staleIfError: 40 })
      clock.advance(100)
      assert.equal(stays(cache, 'k'), 40)
    }
  })

  test('of an entry that never expires is none, and no clock is read', async () => {
    const cache = new MemoryCache({ ttl: 0, staleIfError: 50 })
    const reads = clock.readsDuring(() => {
      cache.set('k', 1)
      cache.get('k')
      cache.keys()
    })
    assert.equal(reads, 0)
    await cache.getOrSet('other', () => 1, { staleWhileRevalidate: 10 })
    clock.advance(1e9)
    assert.deepEqual(cache.keys(), ['k', 'other'])
  })

  test('goes on with touch and updateAgeOnGet', () => {
    const cache = new MemoryCache({ ttl: 100, staleIfError: 50, updateAgeOnGet: true })
    cache.set('k', 1)
    clock.advance(100)
    cache.get('k')
    clock.advance(100)
    cache.touch('k')
    clock.advance(100)
    assert.equal(stays(cache, 'k'), 50)
  })

  test('begins and ends when the genuine clock says so', { timeout: 10_000 }, async () => {
    clock.restore()
    const cache = new MemoryCache({ ttl: 1, staleIfError: 60_000 })
    cache.set('k', 1)
    while (!cache.info('k').stale);
    assert.deepEqual([cache.get('k'), cache.has('k'), cache.keys()], [undefined, false, []])
    assert.equal(cache.size(), 1)
    await cache.getOrSet('k', () => 2, { staleIfError: 1 })
    while (cache.info('k') !== undefined);
    assert.equal(cache.size(), 0)
  })
})

test('staleness that makes no sense is refused by the constructor', () => {
  for (const name of ['staleWhileRevalidate', 'staleIfError']) {
    for (const value of [-1, Number.NaN, '5', true, {}, () => 5]) {
      assert.throws(
        () => new MemoryCache({ [name]: value }),
        (error) => {
          assert.ok(error instanceof CacheConfigError)
          return error.message.startsWith(`${name} must be a non-negative number, received `)
        },
      )
    }
    for (const value of [undefined, null, 0, 5, Infinity]) {
      assert.equal(new MemoryCache({ [name]: value }).size(), 0)
    }
  }
})
