// SharedMemoryCache.scan: a walk over a store that takes the entries a few at a time.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { MB, mockClock, openShared, recorder } from './support.mjs'

const fill = (cache, count) => {
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, i)
}

const byKey = (entries) => [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))

test('every entry comes once, over all shards, however many there are', (t) => {
  for (const shards of [1, 16]) {
    for (const count of [0, 1, 257, 5_000]) {
      const cache = openShared(t, { maxSize: 0, shards })
      fill(cache, count)
      assert.deepEqual(byKey(cache.scan()), byKey(cache.entries()), `${count} in ${shards}`)
    }
  }
})

test('keys and values come as get returns them, as copies', (t) => {
  const cache = openShared(t)
  const value = { a: [1, new Date(0)] }
  for (const key of ['', '\0', '\ud800', 'Ł', '__proto__']) cache.set(key, value)
  cache.set('undefined', undefined)
  const scanned = new Map(cache.scan())
  assert.equal(scanned.size, 6)
  for (const [key, copy] of scanned) assert.deepEqual(copy, cache.get(key))
  assert.notEqual(scanned.get(''), value)
})

test('a pattern means what it means to deleteByMagicString', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 4 })
  fill(cache, 2_000)
  cache.set('other:1', 'found')
  assert.deepEqual([...cache.scan('other:*')], [['other:1', 'found']])
  assert.deepEqual([...cache.scan('none*')], [])
  const matching = [...cache.scan('*:1*9')].length
  assert.equal(cache.deleteByMagicString('*:1*9'), matching)
})

test('expired entries are left out, and nothing is pruned, counted, promoted or reported', (t) => {
  const clock = mockClock(t)
  const { hooks, take } = recorder()
  const cache = openShared(t, { ttl: 100, shards: 1, hooks })
  cache.set('old', 1)
  clock.now += 50
  cache.set('a', 1)
  cache.set('b', 1)
  clock.now += 51
  take()
  assert.deepEqual(
    [...cache.scan()].map(([key]) => key),
    ['a', 'b'],
  )
  assert.deepEqual(take(), [])
  clock.now -= 51
  assert.deepEqual(cache.keys(), ['old', 'a', 'b'])
  const { hits, misses, expirations } = cache.getStats()
  assert.deepEqual([hits, misses, expirations], [0, 0, 0])
})

test('entries that live through it come once, whatever is done meanwhile', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 4 })
  fill(cache, 3_000)
  const seen = new Map()
  let steps = 0
  for (const [key, value] of cache.scan()) {
    assert.equal(seen.has(key) && key.startsWith('key:'), false, `${key} comes twice`)
    seen.set(key, value)
    cache.set(`new:${steps}`, steps)
    cache.get(`key:${(steps * 31) % 3_000}`)
    cache.set(`key:${(steps * 17) % 3_000}`, (steps * 17) % 3_000)
    if (steps % 3 === 0) cache.delete(`new:${steps - 1}`)
    steps += 1
  }
  for (let i = 0; i < 3_000; i++) assert.equal(seen.get(`key:${i}`), i)
})

test('a store that is cleared meanwhile ends the scan in good order', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 2 })
  fill(cache, 3_000)
  const scan = cache.scan()
  scan.next()
  cache.clear()
  for (let i = 0; i < 500; i++) cache.set(`new:${i}`, i)
  assert.ok([...scan].length <= 256 + 500)
})

test('values that fill several batches come whole', (t) => {
  const cache = openShared(t, { maxSize: 0, ttl: 0 })
  for (let i = 0; i < 20; i++) cache.set(`key:${i}`, Buffer.alloc(MB, i))
  const scanned = new Map(cache.scan())
  assert.equal(scanned.size, 20)
  for (let i = 0; i < 20; i++) assert.deepEqual(scanned.get(`key:${i}`), Buffer.alloc(MB, i))
})

test('a value is decoded when the scan comes to it, and not before', (t) => {
  let decoded = 0
  const codec = {
    encode: (value) => JSON.stringify(value),
    decode: (text) => {
      decoded += 1
      return JSON.parse(text)
    },
  }
  const cache = openShared(t, { codec, maxSize: 0 })
  fill(cache, 1_000)
  const view = cache.withNamespace('key:')
  for (const scan of [cache.scan(), cache.scan('key:*'), view.scan()]) {
    decoded = 0
    for (let i = 1; i <= 300; i++) {
      scan.next()
      assert.equal(decoded, i)
    }
  }
})

test('what a codec throws ends the scan, and the next one works', (t) => {
  let broken = false
  const codec = {
    encode: (value) => JSON.stringify(value),
    decode: (text) => {
      if (broken) throw new RangeError('broken')
      return JSON.parse(text)
    },
  }
  const cache = openShared(t, { codec })
  cache.set('a', 1)
  broken = true
  assert.throws(() => [...cache.scan()], { name: 'RangeError', message: 'broken' })
  broken = false
  assert.deepEqual([...cache.scan()], [['a', 1]])
})

test('a cache that is closed, or a store that is destroyed, meanwhile ends the scan with its error', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 1 })
  fill(cache, 1_000)
  const scan = cache.scan()
  scan.next()
  cache.close()
  assert.throws(() => [...scan], { name: 'Error', message: /is closed/ })
  assert.throws(() => cache.scan(), { name: 'Error', message: /is closed/ })
  const other = openShared(t, { maxSize: 0, shards: 1 })
  fill(other, 1_000)
  const ended = other.scan()
  ended.next()
  SharedMemoryCache.destroy(other.name)
  assert.throws(() => [...ended], { name: 'Error', message: /was destroyed/ })
})

test('a scan that is given up holds nothing, and the store ends with its last handle', (t) => {
  const cache = openShared(t, { maxSize: 0 })
  fill(cache, 1_000)
  const scan = cache.scan()
  scan.next()
  cache.close()
  assert.equal(SharedMemoryCache.names().includes(cache.name), false)
  assert.deepEqual(scan.return(), { value: undefined, done: true })
})

test('a pattern that is no string is refused at the call', (t) => {
  const cache = openShared(t)
  assert.throws(() => cache.scan(/a/), {
    name: 'TypeError',
    message: 'scan: pattern must be a string, received object',
  })
  assert.equal(cache.scan.length, 0)
})
