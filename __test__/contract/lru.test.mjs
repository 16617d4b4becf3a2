// Contract of eviction by entry count: which entry goes, what counts as use, and what the order of use looks
// like from outside. Eviction by weight is in weights.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, eachImplementation, recorder } from './support.mjs'

function filled(MemoryCache, options, keys) {
  const cache = new MemoryCache(options)
  for (const key of keys) cache.set(key, key.toUpperCase())
  return cache
}

eachImplementation('least-recently-used eviction', ({ MemoryCache }) => {
  test('a new entry beyond maxSize evicts the least recently used one', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c', 'd'])
    assert.deepEqual(cache.keys(), ['b', 'c', 'd'])
    assert.equal(cache.get('a'), undefined)
  })

  test('exactly maxSize entries are held without eviction', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    assert.equal(cache.size(), 3)
    assert.equal(cache.getStats().evictions, 0)
  })

  test('get counts as use', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    cache.get('a')
    cache.set('d', 'D')
    assert.deepEqual(cache.keys(), ['c', 'a', 'd'])
  })

  test('overwriting counts as use', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    cache.set('a', 'A2')
    cache.set('d', 'D')
    assert.deepEqual(cache.keys(), ['c', 'a', 'd'])
  })

  test('a getOrSet hit counts as use', async () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    await cache.getOrSet('a', () => assert.fail('the key is cached'))
    cache.set('d', 'D')
    assert.deepEqual(cache.keys(), ['c', 'a', 'd'])
  })

  test('has does not count as use', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    cache.has('a')
    cache.set('d', 'D')
    assert.deepEqual(cache.keys(), ['b', 'c', 'd'])
  })

  test('keys, values, entries, size, getStats and prune do not count as use', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    for (const method of ['keys', 'values', 'entries', 'size', 'getStats', 'prune']) cache[method]()
    assert.deepEqual(cache.keys(), ['a', 'b', 'c'])
  })

  test('a miss changes no order', () => {
    const cache = filled(MemoryCache, { maxSize: 3 }, ['a', 'b', 'c'])
    cache.get('absent')
    cache.delete('absent')
    assert.deepEqual(cache.keys(), ['a', 'b', 'c'])
  })

  test('deleting an entry keeps the order of the others', () => {
    const cache = filled(MemoryCache, { maxSize: 4 }, ['a', 'b', 'c', 'd'])
    cache.delete('b')
    assert.deepEqual(cache.keys(), ['a', 'c', 'd'])
    cache.set('b', 'B')
    assert.deepEqual(cache.keys(), ['a', 'c', 'd', 'b'])
  })

  test('using the most recent entry again changes nothing', () => {
    const cache = filled(MemoryCache, { maxSize: 2 }, ['a', 'b'])
    cache.get('b')
    cache.set('b', 'B2')
    assert.deepEqual(cache.keys(), ['a', 'b'])
  })

  test('overwriting at capacity evicts nothing', () => {
    const cache = filled(MemoryCache, { maxSize: 2 }, ['a', 'b'])
    cache.set('a', 'A2')
    cache.set('b', 'B2')
    assert.deepEqual(cache.entries(), [
      ['a', 'A2'],
      ['b', 'B2'],
    ])
    assert.equal(cache.getStats().evictions, 0)
  })

  test('overwriting at capacity leaves expired neighbours where they are', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 2, ttl: 100, hooks })
    cache.set('a', 1)
    clock.advance(50)
    cache.set('b', 2)
    clock.advance(51)
    take()
    cache.set('b', 3)
    assert.deepEqual(take(), [['onSet', { key: 'b', value: 3, isUpdate: true }]])
  })

  test('maxSize 1 holds the last entry written', () => {
    const cache = filled(MemoryCache, { maxSize: 1 }, ['a', 'b', 'c'])
    assert.deepEqual(cache.entries(), [['c', 'C']])
    assert.equal(cache.getStats().evictions, 2)
  })

  test('maxSize 0 means no limit', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    for (let i = 0; i < 1_000; i++) cache.set(`key ${i}`, i)
    assert.equal(cache.size(), 1_000)
    assert.equal(cache.getStats().evictions, 0)
  })

  test('maxSize Infinity means no limit', () => {
    const cache = new MemoryCache({ maxSize: Infinity })
    for (let i = 0; i < 1_000; i++) cache.set(`key ${i}`, i)
    assert.equal(cache.size(), 1_000)
  })

  test('an enormous maxSize costs nothing up front', () => {
    for (const maxSize of [Number.MAX_SAFE_INTEGER, Number.MAX_VALUE, 2 ** 32, 2 ** 31]) {
      const cache = filled(MemoryCache, { maxSize }, ['a', 'b'])
      assert.deepEqual(cache.keys(), ['a', 'b'])
    }
  })

  test('a fractional maxSize holds its whole part', () => {
    const cache = filled(MemoryCache, { maxSize: 2.9 }, ['a', 'b', 'c'])
    assert.deepEqual(cache.keys(), ['b', 'c'])
  })

  test('a maxSize between 0 and 1 holds the entry just written', () => {
    const cache = filled(MemoryCache, { maxSize: 0.5 }, ['a', 'b'])
    assert.deepEqual(cache.keys(), ['b'])
    assert.equal(cache.getStats().evictions, 1)
  })

  test('expired entries are pruned before a live one is evicted', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: 1_000 })
    cache.set('stale', 'old')
    clock.advance(750)
    cache.set('fresh', 'new')
    clock.advance(300)
    cache.set('next', 'value')
    assert.deepEqual(cache.keys(), ['fresh', 'next'])
    const { evictions, expirations } = cache.getStats()
    assert.deepEqual({ evictions, expirations }, { evictions: 0, expirations: 1 })
  })

  test('an expired entry that was used last is pruned before the live entry used first', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: 1_000 })
    cache.set('stale', 'old')
    clock.advance(750)
    cache.set('fresh', 'new')
    cache.get('stale')
    clock.advance(300)
    cache.set('next', 'value')
    assert.deepEqual(cache.keys(), ['fresh', 'next'])
  })

  test('a write below capacity leaves expired entries in place', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 3, ttl: 100, hooks })
    cache.set('stale', 1)
    clock.advance(101)
    take()
    cache.set('fresh', 2)
    assert.deepEqual(take(), [['onSet', { key: 'fresh', value: 2, isUpdate: false }]])
    assert.equal(cache.delete('stale'), true)
  })

  test('pruning and eviction are not both needed: one expired entry makes the one place', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 2, ttl: 100, hooks })
    cache.set('stale', 1)
    clock.advance(60)
    cache.set('fresh', 2)
    clock.advance(41)
    take()
    cache.set('next', 3)
    assert.deepEqual(take(), [
      ['onExpire', { key: 'stale', value: 1, source: 'prune' }],
      ['onSet', { key: 'next', value: 3, isUpdate: false }],
    ])
  })

  test('eviction works without expiry too', () => {
    const cache = filled(MemoryCache, { maxSize: 2, ttl: 0 }, ['a', 'b', 'c'])
    assert.deepEqual(cache.keys(), ['b', 'c'])
  })

  test('the order of use holds over a long mix of reads and writes', () => {
    const maxSize = 8
    const cache = new MemoryCache({ maxSize })
    let order = []
    let state = 12_345
    for (let step = 0; step < 2_000; step++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      const key = `k${(state >>> 16) % 12}`
      const present = order.includes(key)
      const operation = (state >>> 8) % 4
      if (operation === 0) {
        assert.equal(cache.delete(key), present)
        order = order.filter((other) => other !== key)
      } else if (operation === 1) {
        assert.equal(cache.get(key) !== undefined, present)
        if (present) order = [...order.filter((other) => other !== key), key]
      } else {
        cache.set(key, step)
        order = [...order.filter((other) => other !== key), key].slice(-maxSize)
      }
      assert.deepEqual(cache.keys(), order, `step ${step}`)
    }
  })
})
