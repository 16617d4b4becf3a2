// nearCache: a thread keeps what it has decoded for as long as the store has that very version.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NearCache } from '../../lib/shared-memory-cache/near-cache.js'
import { mockClock, openShared, recorder, until, untilCollected } from './support.mjs'
import { openRemote } from './workers.mjs'

test('a value is one object within the thread until it is written again', (t) => {
  const cache = openShared(t, { nearCache: true })
  cache.set('k', { a: 1 })
  const first = cache.get('k')
  assert.deepEqual(first, { a: 1 })
  assert.equal(cache.get('k'), first)
  cache.set('k', { a: 1 })
  assert.notEqual(cache.get('k'), first)
})

test('without it every read is a copy of its own', (t) => {
  const cache = openShared(t)
  cache.set('k', { a: 1 })
  assert.notEqual(cache.get('k'), cache.get('k'))
})

test('the value that was written is not the one that is read', (t) => {
  const cache = openShared(t, { nearCache: true })
  const value = { a: 1 }
  cache.set('k', value)
  value.a = 2
  assert.deepEqual(cache.get('k'), { a: 1 })
})

test('a value is decoded once for many reads', (t) => {
  let decoded = 0
  const codec = { encode: String, decode: (text) => ({ text, decoded: ++decoded }) }
  const cache = openShared(t, { nearCache: true, codec })
  cache.set('k', 'text')
  for (let i = 0; i < 10; i++) assert.deepEqual(cache.get('k'), { text: 'text', decoded: 1 })
})

test('values that are undefined, null or primitive are kept as well', (t) => {
  const cache = openShared(t, { nearCache: true })
  for (const value of [undefined, null, 0, -0, Number.NaN, '', 'text', false, 7n]) {
    cache.set('k', value)
    assert.ok(Object.is(cache.get('k'), value))
    assert.ok(Object.is(cache.get('k'), value))
  }
})

test('hits and misses are counted and reported as without it', (t) => {
  const near = recorder()
  const plain = recorder()
  const caches = [
    openShared(t, { nearCache: true, hooks: near.hooks }),
    openShared(t, { hooks: plain.hooks }),
  ]
  for (const cache of caches) {
    cache.get('k')
    cache.set('k', { a: 1 })
    cache.get('k')
    cache.get('k')
    cache.delete('k')
    cache.get('k')
  }
  assert.deepEqual(near.take(), plain.take())
  assert.deepEqual(caches[0].getStats(), caches[1].getStats())
  assert.equal(caches[0].getStats().hits, 2)
})

test('a near hit is a use: the entry is not the next to be evicted', (t) => {
  const cache = openShared(t, { nearCache: true, maxSize: 2 })
  cache.set('a', { a: 1 })
  cache.set('b', { b: 1 })
  cache.get('a')
  cache.get('a')
  cache.set('c', { c: 1 })
  assert.deepEqual(cache.keys(), ['a', 'c'])
})

test('whatever another thread does to an entry is seen by the next read', async (t) => {
  const cache = openShared(t, { nearCache: true, maxSize: 3 })
  const remote = await openRemote(t, { name: cache.name })
  const ways = {
    set: [['set', 'k', { v: 2 }], { v: 2 }],
    'delete and set': [['delete', 'k'], undefined],
    clear: [['clear'], undefined],
    take: [['take', 'k'], undefined],
    deleteByPrefix: [['deleteByPrefix', 'k'], undefined],
    deleteByMagicString: [['deleteByMagicString', '*'], undefined],
  }
  for (const [way, [call, expected]] of Object.entries(ways)) {
    cache.set('k', { v: 1 })
    assert.deepEqual(cache.get('k'), { v: 1 })
    await remote.call(...call)
    assert.deepEqual(cache.get('k'), expected, way)
    await remote.call('set', 'k', { v: way })
    assert.deepEqual(cache.get('k'), { v: way })
  }
  cache.set('n', 1)
  assert.equal(cache.get('n'), 1)
  await remote.call('increment', 'n', 4)
  assert.equal(cache.get('n'), 5)
  assert.equal(cache.increment('n'), 6)
  assert.equal(cache.get('n'), 6)
  cache.set('k', { v: 1 })
  cache.get('k')
  for (const key of ['x', 'y', 'z']) await remote.call('set', key, 1)
  assert.equal(cache.get('k'), undefined)
})

test('an entry that expires is gone for the near cache too', async (t) => {
  const cache = openShared(t, { nearCache: true, ttl: 15 })
  cache.set('k', { a: 1 })
  cache.get('k')
  await until(() => cache.get('k') === undefined)
  assert.equal(cache.getMetrics().entries, 0)
})

test('expiry under a mocked clock reaches the near cache', (t) => {
  const clock = mockClock(t)
  const record = recorder(['onExpire', 'onMiss'])
  const cache = openShared(t, { nearCache: true, ttl: 10, hooks: record.hooks })
  cache.set('k', { a: 1 })
  const value = cache.get('k')
  clock.now += 10
  assert.equal(cache.get('k'), value)
  clock.now += 1
  assert.equal(cache.get('k'), undefined)
  assert.deepEqual(record.take(), [
    ['onExpire', { key: 'k', value: { a: 1 }, source: 'get' }],
    ['onMiss', { key: 'k', reason: 'expired' }],
  ])
})

test('a key written again after its end has a version of its own', (t) => {
  const cache = openShared(t, { nearCache: true })
  for (let i = 0; i < 100; i++) {
    cache.set('k', { i })
    assert.deepEqual(cache.get('k'), { i })
    if (i % 3 === 0) cache.delete('k')
  }
})

test('more values than are kept are read from the store', (t) => {
  const cache = openShared(t, { nearCache: true, maxSize: 0, ttl: 0 })
  const count = 12_000
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, { i })
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < count; i++) assert.equal(cache.get(`key:${i}`).i, i)
  }
})

test('each cache of a thread keeps its own values', (t) => {
  const first = openShared(t, { nearCache: true })
  const second = openShared(t, { name: first.name, nearCache: true })
  const plain = openShared(t, { name: first.name })
  first.set('k', { a: 1 })
  const value = first.get('k')
  assert.notEqual(second.get('k'), value)
  assert.notEqual(plain.get('k'), value)
  second.set('k', { a: 2 })
  assert.deepEqual(first.get('k'), { a: 2 })
})

test('of each key one version is kept, and none once it is seen to be gone', async (t) => {
  const cache = openShared(t, { nearCache: true, maxSize: 0 })
  const other = openShared(t, { name: cache.name })
  const kept = []
  for (let i = 0; i < 200; i++) {
    cache.set('hot', { i })
    kept.push(new WeakRef(cache.get('hot')))
  }
  await untilCollected(() => kept.slice(0, -1).every((ref) => ref.deref() === undefined))
  assert.deepEqual(cache.get('hot'), { i: 199 })
  other.delete('hot')
  assert.equal(cache.get('hot'), undefined)
  await untilCollected(() => kept.at(-1).deref() === undefined)
})

test('who reads as many values as there is room for decodes each once', (t) => {
  let decoded = 0
  const codec = { encode: String, decode: (text) => `${text}, ${++decoded}` }
  const cache = openShared(t, { nearCache: true, maxSize: 100, shards: 1, codec })
  for (let i = 0; i < 100; i++) cache.set(`key:${i}`, i)
  for (let i = 0; i < 1_000; i++) cache.get(`key:${(i * 7) % 100}`)
  assert.equal(decoded, 100)
})

test('what is kept is bounded by number and by bytes, and what is used stays', () => {
  const near = new NearCache(10, 1_000)
  const use = (name) => near.get(name)?.value
  near.set('used', 1, 'used', 10)
  for (let version = 2; version < 100; version++) {
    near.set(`key ${version}`, version, version, 1)
    assert.equal(use(1), 'used')
  }
  const held = () => Array.from({ length: 200 }, (_, version) => version).filter(use)
  assert.ok(held().length <= 10, `${held().length} are held`)
  near.set('large', 100, 'large', 400)
  near.set('large too', 101, 'large too', 400)
  near.set('another', 102, 'another', 400)
  assert.deepEqual(
    [100, 101, 102].map((version) => near.get(version) !== undefined),
    [false, true, true],
  )
  near.set('larger than half', 103, 'larger than half', 501)
  assert.equal(near.get(103), undefined)
  near.set('another', 104, 'again', 400)
  assert.equal(near.get(102), undefined)
  assert.equal(near.get(104).value, 'again')
  near.delete('another')
  near.delete('never there')
  assert.equal(near.get(104), undefined)
})

test('wherever the stack ends, what is kept is counted and the next values are kept', () => {
  for (let fatal = 0; ; fatal++) {
    const near = new NearCache(4, 1_000)
    for (let version = 1; version <= 4; version++) {
      near.set(`key ${version}`, version, version, 10)
      near.get(version)
    }
    let calls = 0
    for (const map of [near.entries, near.versions]) {
      for (const method of ['set', 'delete']) {
        map[method] = (...args) => {
          if (calls++ === fatal) throw new RangeError('Maximum call stack size exceeded')
          return Map.prototype[method].apply(map, args)
        }
      }
    }
    try {
      near.set('key 2', 5, 5, 20)
      near.set('key 5', 6, 6, 20)
    } catch (error) {
      assert.ok(error instanceof RangeError)
    }
    const ended = calls <= fatal
    calls = Infinity
    for (let version = 7; version <= 30; version++) {
      near.set(`key ${version % 7}`, version, version, 10)
      assert.equal(near.get(version).value, version)
      const bytes = [...near.entries.values()].reduce((sum, entry) => sum + entry.bytes, 0)
      assert.equal(near.bytes, bytes)
      assert.ok(near.entries.size <= 4)
    }
    if (ended) break
  }
})
