// How much a shared store holds: the bound in entries and the bound in bytes, with one shard and
// with several. Prints the seed of its random sizes. Needs --expose-gc.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generator } from '../native/differential.mjs'
import { MB, chooseSeed, openShared, recorder, residentMemory } from './support.mjs'
import { openRemote } from './workers.mjs'

const SEED = chooseSeed('LIMITS_SEED')

describe('maxSize', () => {
  test('with one shard the least recently used of all entries goes', (t) => {
    const evicted = []
    const hooks = { onEvict: ({ key }) => evicted.push(key) }
    const cache = openShared(t, { maxSize: 3, shards: 1, hooks })
    for (const key of ['a', 'b', 'c']) cache.set(key, 1)
    cache.get('a')
    cache.has('b')
    cache.set('d', 1)
    cache.increment('c')
    cache.set('e', 1)
    assert.deepEqual(evicted, ['b', 'a'])
    assert.deepEqual(cache.keys(), ['d', 'c', 'e'])
  })

  test('a read by another thread is a use', async (t) => {
    const cache = openShared(t, { maxSize: 2 })
    const remote = await openRemote(t, { name: cache.name })
    cache.set('a', 1)
    cache.set('b', 1)
    assert.equal(await remote.call('get', 'a'), 1)
    await remote.call('set', 'c', 1)
    assert.deepEqual(cache.keys(), ['a', 'c'])
  })

  test('with several shards the parts add up: never more entries than maxSize', (t) => {
    for (const [maxSize, shards] of [
      [1_000, 16],
      [1_000.5, 16],
      [17, 16],
      [4, 16],
      [1, 7],
      [2.5, 2],
    ]) {
      const cache = openShared(t, { maxSize, shards })
      for (let i = 0; i < 5_000; i++) cache.set(`key:${i}`, i)
      const size = cache.size()
      assert.ok(size <= maxSize, `${size} entries of ${maxSize} in ${shards} shards`)
      assert.ok(size >= Math.floor(maxSize) * 0.9, `${size} entries of ${maxSize} in ${shards}`)
      assert.equal(cache.getStats().evictions, 5_000 - size)
      assert.equal(cache.keys().length, size)
      cache.close()
    }
  })

  test('0 and Infinity are no limit', (t) => {
    for (const maxSize of [0, Infinity]) {
      const cache = openShared(t, { maxSize, ttl: 0 })
      for (let i = 0; i < 10_000; i++) cache.set(`key:${i}`, i)
      assert.equal(cache.size(), 10_000)
    }
  })
})

describe('maxBytes', () => {
  for (const shards of [1, 8]) {
    test(`getMetrics().bytes never exceeds it, ${shards} shards (LIMITS_SEED=${SEED})`, (t) => {
      const rng = generator(SEED)
      const maxBytes = 200_000
      const evictions = recorder(['onEvict'])
      const cache = openShared(t, { maxSize: 0, maxBytes, shards, hooks: evictions.hooks })
      const values = [
        () => rng.int(1e9),
        () => 'x'.repeat(rng.int(3_000)),
        () => 'Ł'.repeat(rng.int(3_000)),
        () => Buffer.alloc(rng.int(9_000)),
        () => ({ list: Array.from({ length: rng.int(300) }, () => rng.int(1e6)) }),
      ]
      let most = 0
      for (let i = 0; i < 4_000; i++) {
        const key = `${rng.int(400)}:`.repeat(1 + rng.int(20))
        const step = rng.int(20)
        if (step === 0) cache.delete(key)
        else if (step === 1) cache.increment(`counter:${rng.int(300)}`, 1, { ttl: 60_000 })
        else if (step === 2) cache.take(key)
        else cache.set(key, rng.pick(values)())
        const { bytes } = cache.getMetrics()
        most = Math.max(most, bytes)
        assert.ok(bytes <= maxBytes, `${bytes} bytes after operation ${i}`)
      }
      assert.ok(most > maxBytes * 0.7, `the limit was reached: ${most}`)
      assert.equal(cache.getStats().evictions, evictions.count)
      assert.equal(cache.getStats().weight, cache.getMetrics().bytes)
      cache.clear()
      assert.equal(cache.getMetrics().bytes, 0)
    })
  }

  test('keys, values and bookkeeping all count', (t) => {
    const cache = openShared(t, { maxSize: 0 })
    const bytesOf = (key, value) => {
      cache.clear()
      cache.set(key, value)
      return cache.getMetrics().bytes
    }
    const least = bytesOf('k', 1)
    assert.ok(least > 50, `${least} bytes for the smallest entry`)
    assert.equal(bytesOf('k'.repeat(1_000), 1) - least, 999)
    assert.ok(bytesOf('Ł'.repeat(1_000), 1) - least >= 1_999)
    assert.ok(bytesOf('k', Buffer.alloc(1_000)) - least >= 1_000)
    assert.ok(bytesOf('k', 'Ł'.repeat(1_000)) - least >= 2_000)
    assert.ok(bytesOf('k', { text: 'x'.repeat(1_000) }) - least >= 1_000)
  })

  test('every way that an entry goes gives its bytes back', async (t) => {
    const cache = openShared(t, { maxSize: 3, ttl: 50 })
    const value = { text: 'x'.repeat(500) }
    const ways = {
      delete: () => cache.delete('k'),
      take: () => cache.take('k'),
      clear: () => cache.clear(),
      deleteByPrefix: () => cache.deleteByPrefix('k'),
      deleteByMagicString: () => cache.deleteByMagicString('k*'),
      deleteAsync: () => cache.deleteAsync('k'),
    }
    for (const [way, remove] of Object.entries(ways)) {
      cache.set('k', value)
      cache.set('k', 'smaller')
      cache.set('k', value)
      assert.ok(cache.getMetrics().bytes > 500)
      await remove()
      assert.equal(cache.getMetrics().bytes, 0, way)
    }
    for (let i = 10; i < 20; i++) cache.set(`key:${i}`, value)
    const full = cache.getMetrics().bytes
    for (let i = 20; i < 30; i++) cache.set(`key:${i}`, value)
    assert.equal(cache.getMetrics().bytes, full)
  })

  test('an entry larger than a shard may be is refused, and evicts what its key had', (t) => {
    const events = recorder()
    const cache = openShared(t, { maxSize: 0, maxBytes: 2_000, hooks: events.hooks })
    cache.set('other', 1)
    cache.set('k', 'small')
    events.take()
    cache.set('k', 'x'.repeat(3_000))
    assert.deepEqual(events.take(), [['onEvict', { key: 'k', value: 'small' }]])
    assert.equal(cache.setIfAbsent('k', 'x'.repeat(3_000)), false)
    assert.deepEqual(cache.keys(), ['other'])

    const divided = openShared(t, { maxSize: 0, maxBytes: 8_000, shards: 4 })
    divided.set('k', 'x'.repeat(3_000))
    assert.equal(divided.has('k'), false)
  })

  test('a refused value is handed to the callers of getOrSet all the same', async (t) => {
    const cache = openShared(t, { maxSize: 0, maxBytes: 2_000 })
    const text = 'x'.repeat(3_000)
    assert.equal(await cache.getOrSet('k', () => text), text)
    assert.equal(cache.has('k'), false)
  })

  test('the memory of the process grows by about what getMetrics tells', async (t) => {
    const cache = openShared(t, { maxSize: 0, maxBytes: 64 * MB, ttl: 0 })
    const before = await residentMemory()
    for (let i = 0; i < 400_000; i++) cache.set(`key:${i}`, Buffer.alloc(i % 500, 1))
    const growth = (await residentMemory()) - before
    const { bytes } = cache.getMetrics()
    assert.ok(bytes > 60 * MB && bytes <= 64 * MB, `${bytes} bytes`)
    // What the JavaScript heap takes for the loop itself is allowed for.
    assert.ok(growth < 64 * MB + 40 * MB, `${Math.round(growth / MB)} MB more, ${bytes} accounted`)
  })
})
