// Contract of getStats and resetStats: what each operation counts, and what the counters show at the moment a hook
// looks at them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, eachImplementation } from './support.mjs'

const zero = { hits: 0, misses: 0, evictions: 0, expirations: 0, size: 0, weight: 0 }

eachImplementation('statistics', ({ MemoryCache }) => {
  test('the documented example: one hit, one miss', () => {
    const cache = new MemoryCache()
    cache.set('key', 'value')
    cache.get('key')
    cache.get('missing')
    assert.deepEqual(cache.getStats(), { ...zero, hits: 1, misses: 1, size: 1 })
  })

  test('statistics are a plain object with six numbers, in the published order', () => {
    const stats = new MemoryCache().getStats()
    assert.deepEqual(Object.keys(stats), Object.keys(zero))
    assert.equal(Object.getPrototypeOf(stats), Object.prototype)
    for (const value of Object.values(stats)) assert.equal(typeof value, 'number')
  })

  test('statistics are a copy: they neither follow the cache nor lead it', () => {
    const cache = new MemoryCache()
    const before = cache.getStats()
    cache.get('absent')
    assert.equal(before.misses, 0)
    const after = cache.getStats()
    after.misses = 42
    assert.equal(cache.getStats().misses, 1)
  })

  test('statistics can be destructured', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    const { hits, size, ...rest } = cache.getStats()
    assert.deepEqual([hits, size], [0, 1])
    assert.deepEqual(rest, { misses: 0, evictions: 0, expirations: 0, weight: 0 })
  })

  test('get of a stored undefined or null is a hit', () => {
    const cache = new MemoryCache()
    cache.set('undefined', undefined)
    cache.set('null', null)
    cache.get('undefined')
    cache.get('null')
    const { hits, misses } = cache.getStats()
    assert.deepEqual([hits, misses], [2, 0])
  })

  test('has, set, delete, bulk deletions and introspection count neither hits nor misses', async () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    cache.has('a')
    cache.has('absent')
    cache.delete('absent')
    await cache.deleteAsync('absent')
    cache.deleteByPrefix('absent')
    cache.deleteByMagicString('absent*')
    for (const method of ['size', 'keys', 'values', 'entries', 'prune']) cache[method]()
    assert.deepEqual(cache.getStats(), { ...zero, size: 1 })
    cache.clear()
    assert.deepEqual(cache.getStats(), zero)
  })

  test('get of an expired entry is a miss and an expiration', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'value')
    clock.advance(101)
    cache.get('key')
    assert.deepEqual(cache.getStats(), { ...zero, misses: 1, expirations: 1 })
  })

  test('has of an expired entry is an expiration only', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'value')
    clock.advance(101)
    cache.has('key')
    assert.deepEqual(cache.getStats(), { ...zero, expirations: 1 })
  })

  test('an entry expires once, whoever asks how often', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'value')
    clock.advance(101)
    cache.has('key')
    cache.get('key')
    cache.prune()
    cache.size()
    assert.equal(cache.getStats().expirations, 1)
  })

  test('getStats prunes, and counts what it pruned', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('a', 1)
    cache.set('b', 2)
    clock.advance(101)
    assert.deepEqual(cache.getStats(), { ...zero, expirations: 2 })
  })

  test('evictions count, deletions do not', () => {
    const cache = new MemoryCache({ maxSize: 1 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('b', 3)
    cache.delete('b')
    cache.set('c', 4)
    cache.clear()
    assert.deepEqual(cache.getStats(), { ...zero, evictions: 1 })
  })

  test('clear keeps the counters', () => {
    const cache = new MemoryCache({ maxSize: 1, ttl: 100 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    cache.get('b')
    clock.advance(101)
    cache.prune()
    cache.set('c', 3)
    cache.clear()
    assert.deepEqual(cache.getStats(), {
      ...zero,
      hits: 1,
      misses: 1,
      evictions: 1,
      expirations: 1,
    })
  })

  test('resetStats sets the four counters to zero and keeps entries, size and weight', () => {
    const cache = new MemoryCache({ maxSize: 2, maxWeight: 10, sizeCalculation: () => 3, ttl: 100 })
    cache.set('expired', 1)
    clock.advance(101)
    cache.get('expired')
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    cache.get('c')
    assert.deepEqual(cache.getStats(), {
      hits: 1,
      misses: 1,
      evictions: 1,
      expirations: 1,
      size: 2,
      weight: 6,
    })
    assert.equal(cache.resetStats(), undefined)
    assert.deepEqual(cache.getStats(), { ...zero, size: 2, weight: 6 })
    assert.deepEqual(cache.keys(), ['b', 'c'])
  })

  test('resetStats does not prune: what expired before it is counted after it', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'value')
    clock.advance(101)
    cache.resetStats()
    assert.equal(cache.getStats().expirations, 1)
  })

  test('counters go on from zero after a reset', () => {
    const cache = new MemoryCache()
    cache.get('absent')
    cache.resetStats()
    cache.get('absent')
    cache.get('absent')
    assert.equal(cache.getStats().misses, 2)
  })

  test('caches count for themselves', () => {
    const one = new MemoryCache()
    const other = new MemoryCache()
    one.get('absent')
    assert.deepEqual(other.getStats(), zero)
  })

  test('getOrSet counts a miss when it fetches and a hit when it does not', async () => {
    const cache = new MemoryCache()
    await cache.getOrSet('key', () => 'value')
    await cache.getOrSet('key', () => 'value')
    assert.deepEqual(cache.getStats(), { ...zero, hits: 1, misses: 1, size: 1 })
  })

  test('during a get of an expired entry, onExpire sees the expiration and onMiss also the miss', () => {
    const seen = []
    const cache = new MemoryCache({
      ttl: 100,
      hooks: {
        onExpire: () => seen.push(['onExpire', cache.getStats()]),
        onMiss: () => seen.push(['onMiss', cache.getStats()]),
      },
    })
    cache.set('key', 'value')
    clock.advance(101)
    cache.get('key')
    assert.deepEqual(seen, [
      ['onExpire', { ...zero, expirations: 1 }],
      ['onMiss', { ...zero, expirations: 1, misses: 1 }],
    ])
  })

  test('every hook sees its own event counted and carried out', () => {
    const seen = {}
    const look = (name) => () => (seen[name] = cache.getStats())
    const cache = new MemoryCache({
      maxSize: 2,
      maxWeight: 100,
      sizeCalculation: (weight) => weight,
      hooks: {
        onHit: look('onHit'),
        onMiss: look('onMiss'),
        onSet: look('onSet'),
        onEvict: look('onEvict'),
        onDelete: look('onDelete'),
      },
    })
    cache.set('a', 1)
    assert.deepEqual(seen.onSet, { ...zero, size: 1, weight: 1 })
    cache.get('a')
    assert.deepEqual(seen.onHit, { ...zero, hits: 1, size: 1, weight: 1 })
    cache.get('absent')
    assert.deepEqual(seen.onMiss, { ...zero, hits: 1, misses: 1, size: 1, weight: 1 })
    cache.set('b', 2)
    cache.set('c', 4)
    assert.deepEqual(seen.onEvict, {
      ...zero,
      hits: 1,
      misses: 1,
      evictions: 1,
      size: 1,
      weight: 2,
    })
    assert.deepEqual(seen.onSet, { ...seen.onEvict, size: 2, weight: 6 })
    cache.delete('b')
    assert.deepEqual(seen.onDelete, { ...seen.onEvict, size: 1, weight: 4 })
  })

  test('a bulk deletion is seen entry by entry', () => {
    const sizes = []
    const cache = new MemoryCache({ hooks: { onDelete: () => sizes.push(cache.getStats().size) } })
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    cache.clear()
    assert.deepEqual(sizes, [2, 1, 0])
  })

  test('resetStats inside a hook holds for what comes after that event', () => {
    const cache = new MemoryCache({ ttl: 100, hooks: { onExpire: () => cache.resetStats() } })
    cache.set('key', 'value')
    cache.get('key')
    clock.advance(101)
    cache.get('key')
    assert.deepEqual(cache.getStats(), { ...zero, misses: 1 })
  })
})
