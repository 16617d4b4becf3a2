// MemoryCache.getMetrics: what a monitor is told.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { clock, recorder, withClock } from '../contract/support.mjs'

describe('MemoryCache.getMetrics', () => {
  withClock()

  test('a new cache has no entries, no slots, no hit ratio and takes little', () => {
    const { bytes, ...others } = new MemoryCache().getMetrics()
    assert.deepEqual(others, {
      entries: 0,
      slots: 0,
      hitRatio: undefined,
      refreshErrors: 0,
      staleServed: 0,
      snapshotErrors: 0,
    })
    assert.ok(bytes > 0 && bytes < 10_000, String(bytes))
  })

  test('entries and slots are counted, expired ones and those of removed entries too', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    for (const key of ['a', 'b', 'c']) cache.set(key, 1)
    cache.delete('b')
    clock.advance(101)
    take()
    const { entries, slots } = cache.getMetrics()
    assert.deepEqual([entries, slots], [2, 3])
    assert.deepEqual(take(), [])
    assert.equal(cache.getStats().size, 0)
    assert.equal(cache.getMetrics().entries, 0)
  })

  test('the hit ratio is that of the reads since the last reset', () => {
    const cache = new MemoryCache()
    cache.get('absent')
    assert.equal(cache.getMetrics().hitRatio, 0)
    cache.set('a', 1)
    for (let i = 0; i < 3; i++) cache.get('a')
    assert.equal(cache.getMetrics().hitRatio, 0.75)
    cache.resetStats()
    assert.equal(cache.getMetrics().hitRatio, undefined)
  })

  test('bytes grow with the keys and go with clear', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const before = cache.getMetrics().bytes
    for (let i = 0; i < 1_000; i++) cache.set(`${i}`.padStart(1_000, 'key '), i)
    const { bytes } = cache.getMetrics()
    assert.ok(bytes > before + 1_000_000 && bytes < before + 1_500_000, String(bytes))
    cache.clear()
    assert.ok(cache.getMetrics().bytes < before + 1_000)
  })

  test('it works in a hook, behind proxies, and on nothing else; each call makes a new object', () => {
    const seen = []
    const cache = new MemoryCache({
      hooks: { onSet: () => seen.push(cache.getMetrics().entries) },
    })
    cache.set('a', 1)
    assert.deepEqual(seen, [1])
    const metrics = cache.getMetrics()
    assert.notEqual(cache.getMetrics(), metrics)
    assert.deepEqual(reactive(cache).getMetrics(), metrics)
    assert.deepEqual(new Proxy(cache, {}).getMetrics(), metrics)
    for (const receiver of [undefined, {}, 'text']) {
      assert.throws(() => MemoryCache.prototype.getMetrics.call(receiver), TypeError)
    }
  })
})
