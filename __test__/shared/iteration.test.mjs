// Walks over the entries of a shared store: the iterator of a cache and forEach. What is common with
// MemoryCache and decided in lib/common is in ../extended/iteration.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { mockClock, openShared, recorder } from './support.mjs'

const walked = (cache) => {
  const calls = []
  cache.forEach((value, key) => calls.push([key, value]))
  return calls
}

test('iterator and forEach walk over what entries lists, in that order, with copies', (t) => {
  const cache = openShared(t, { shards: 4 })
  const value = { a: [1] }
  for (const key of ['a', 'b', '__proto__', '\ud800', '']) cache.set(key, value)
  assert.deepEqual([...cache], cache.entries())
  assert.deepEqual(walked(cache), cache.entries())
  for (const [, copy] of cache) assert.notEqual(copy, value)
})

test('iterator and forEach prune first, count nothing and promote nothing', (t) => {
  const clock = mockClock(t)
  const { hooks, take } = recorder()
  const cache = openShared(t, { ttl: 100, hooks })
  cache.set('old', 1)
  clock.now += 101
  cache.set('a', 1)
  cache.set('b', 1)
  take()
  assert.deepEqual([...cache].length, 2)
  assert.deepEqual(
    take().map(([hook, { key }]) => [hook, key]),
    [['onExpire', 'old']],
  )
  walked(cache)
  assert.deepEqual(take(), [])
  assert.deepEqual(cache.keys(), ['a', 'b'])
})

test('forEach calls with value, key and cache, and refuses what is no function', (t) => {
  const cache = openShared(t)
  cache.set('a', 1)
  const thisArg = {}
  cache.forEach(function (...args) {
    assert.deepEqual([this, ...args], [thisArg, 1, 'a', cache])
    assert.equal(args[2], cache)
  }, thisArg)
  assert.throws(() => cache.forEach('a'), {
    name: 'TypeError',
    message: 'forEach: callback must be a function, received string',
  })
})

test('a callback may close the cache: the entries are those at the call', (t) => {
  const cache = openShared(t)
  cache.set('a', 1)
  cache.set('b', 2)
  const seen = []
  cache.forEach((_value, key, same) => {
    seen.push(key)
    same.close()
  })
  assert.deepEqual(seen, ['a', 'b'])
  assert.throws(() => [...cache], { name: 'Error', message: /is closed/ })
  assert.equal(SharedMemoryCache.prototype.forEach.length, 1)
})
