// SharedMemoryCache.resize: other limits for a store that is in use.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import { freshName, mockClock, openShared, recorder } from './support.mjs'

const fill = (cache, count) => {
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, i)
}

test('what is over a smaller maxSize goes at once, for all handles, least recently used first', (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  fill(cache, 5)
  cache.get('key:0')
  assert.equal(cache.resize({ maxSize: 2 }), undefined)
  assert.deepEqual(other.keys(), ['key:4', 'key:0'])
  assert.equal(other.getStats().evictions, 3)
  other.set('new', 1)
  assert.deepEqual(cache.keys(), ['key:0', 'new'])
})

test('a larger maxSize, 0 and Infinity let more in', (t) => {
  for (const maxSize of [7, 0, Infinity]) {
    const cache = openShared(t, { maxSize: 2 })
    fill(cache, 5)
    cache.resize({ maxSize })
    for (let i = 0; i < 5; i++) cache.set(`new:${i}`, i)
    assert.equal(cache.size(), 7)
  }
})

test('limits are divided among the shards as when the store is opened', (t) => {
  for (const maxSize of [1_000, 1_001, 50]) {
    const cache = openShared(t, { maxSize: 0, shards: 16 })
    fill(cache, 5_000)
    cache.resize({ maxSize })
    assert.equal(cache.size(), maxSize)
    for (let i = 0; i < 5_000; i++) cache.set(`new:${i}`, i)
    assert.equal(cache.size(), maxSize)
  }
  const cache = openShared(t, { maxSize: 0, shards: 16 })
  fill(cache, 5_000)
  cache.resize({ maxSize: 1 })
  assert.equal(cache.size(), 16, 'each shard holds at least one entry')
})

test('maxBytes can be set, changed and taken away', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 1 })
  for (let i = 0; i < 500; i++) cache.set(`key:${i}`, Buffer.alloc(10_000))
  assert.equal(cache.getStats().weight, 0)
  for (const maxBytes of [2_000_000, 200_000]) {
    cache.resize({ maxBytes })
    const { bytes, entries } = cache.getMetrics()
    assert.ok(bytes <= maxBytes && bytes > maxBytes - 12_000, `${bytes} of ${maxBytes}`)
    assert.ok(cache.has('key:499'))
    assert.equal(cache.getStats().weight, bytes)
    cache.set('new', Buffer.alloc(10_000))
    assert.ok(cache.getMetrics().entries >= entries - 1)
  }
  cache.set('large', Buffer.alloc(300_000))
  assert.equal(cache.has('large'), false)
  cache.resize({ maxBytes: 0 })
  cache.set('large', Buffer.alloc(300_000))
  assert.equal(cache.has('large'), true)
  assert.equal(cache.getStats().weight, 0)
})

test('the bound in bytes holds with what many small entries leave behind', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 1 })
  fill(cache, 20_000)
  cache.resize({ maxBytes: 1_000_000 })
  for (let i = 0; i < 5_000; i++) {
    cache.set(`new:${i}`, i)
    assert.ok(cache.getMetrics().bytes <= 1_000_000)
  }
  assert.ok(cache.size() > 3_000, 'the tables were freed')
})

test('hooks hear of it as of a set that needs room, on other handles later', async (t) => {
  const clock = mockClock(t)
  const { hooks, take } = recorder(['onEvict', 'onExpire'])
  const others = recorder(['onEvict', 'onExpire'])
  const cache = openShared(t, { ttl: 100, hooks })
  openShared(t, { name: cache.name, hooks: others.hooks })
  cache.set('old', 0)
  clock.now += 60
  for (const key of ['a', 'b', 'c']) cache.set(key, key)
  clock.now += 60
  cache.resize({ maxSize: 2 })
  const expected = [
    ['onExpire', { key: 'old', value: 0, source: 'prune' }],
    ['onEvict', { key: 'a', value: 'a' }],
  ]
  assert.deepEqual(take(), expected)
  while (others.count < 2) await turn()
  assert.deepEqual(others.take(), expected)
  cache.resize({ maxSize: 2 })
  assert.deepEqual(take(), [])
})

test('who attaches later is compared with the new limits', (t) => {
  const name = freshName()
  const cache = openShared(t, { name, maxSize: 5 })
  cache.resize({ maxSize: 7, maxBytes: 1e6 })
  openShared(t, { name, maxSize: 7, maxBytes: 1e6 })
  assert.throws(() => new SharedMemoryCache({ name, maxSize: 5 }), {
    name: 'CacheConfigError',
    message: new RegExp(`^maxSize must be 7, with which the store .${name}. is open, received 5$`),
  })
})

test('limits left out, undefined or null stay', (t) => {
  const cache = openShared(t, { maxSize: 3, maxBytes: 1e6 })
  fill(cache, 5)
  for (const limits of [{}, { maxSize: undefined, maxBytes: null }]) {
    cache.resize(limits)
    cache.set('new', 1)
    assert.equal(cache.size(), 3)
    assert.ok(cache.getStats().weight > 0)
  }
})

test('what is refused is refused with an error of the caller’s, and nothing changes', (t) => {
  const cache = openShared(t, { maxSize: 5 })
  fill(cache, 5)
  for (const [limits, message] of [
    [undefined, 'limits must be an object, received undefined'],
    [{ maxSize: -1 }, 'maxSize must be a non-negative number'],
    [{ maxSize: 1, maxBytes: '5' }, "maxBytes must be a non-negative number, received '5'"],
  ]) {
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
  assert.equal(cache.size(), 5)
  assert.equal(cache.resize.length, 1)
})

test('it works inside a hook, and not on a closed cache, even one closed by a getter', (t) => {
  const cache = openShared(t, { hooks: { onSet: () => cache.resize({ maxSize: 1 }) } })
  fill(cache, 3)
  assert.deepEqual(cache.keys(), ['key:2'])
  const limits = {
    get maxSize() {
      cache.close()
      return 1
    },
  }
  assert.throws(() => cache.resize(limits), { name: 'Error', message: /is closed/ })
  assert.throws(() => cache.resize({}), { name: 'Error', message: /is closed/ })
})
