// How often each call reads a mocked Date.now, and how it calls it: sequences of mocked times in users'
// tests depend on both. The tables state the published package's numbers and run on both packages.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { describeBoth } from './packages.mjs'

const TTL = 1000
let now
let spy

beforeEach(() => {
  now = 5000
  spy = mock.method(Date, 'now', () => now)
})
afterEach(() => spy.mock.restore())

function readsDuring(call) {
  spy.mock.resetCalls()
  const result = call()
  return result instanceof Promise ? result.then(() => spy.mock.callCount()) : spy.mock.callCount()
}

const full = { maxSize: 2, ttl: TTL }
const weighted = { maxWeight: 10, sizeCalculation: (value) => value, ttl: TTL }
const fresh = () => {}
const expired = () => {
  now += TTL + 1
}

// [what is called, options, what happens to the clock before, the call, readings]
// Each cache holds a: 1 and b: 2.
const table = [
  ['get of an absent key', {}, fresh, (c) => c.get('absent'), 0],
  ['get of a live entry', {}, fresh, (c) => c.get('a'), 1],
  ['get of an expired entry', { ttl: TTL }, expired, (c) => c.get('a'), 1],
  ['has of an absent key', {}, fresh, (c) => c.has('absent'), 0],
  ['has of a live entry', {}, fresh, (c) => c.has('a'), 1],
  ['has of an expired entry', { ttl: TTL }, expired, (c) => c.has('a'), 1],
  ['set of a new key below capacity', {}, fresh, (c) => c.set('c', 3), 1],
  ['set of a present key', {}, fresh, (c) => c.set('a', 3), 1],
  ['set of a present key in a full cache', full, fresh, (c) => c.set('a', 3), 1],
  ['set of a new key that must evict', full, fresh, (c) => c.set('c', 3), 2],
  ['set of a new key that must evict twice', weighted, fresh, (c) => c.set('c', 9), 2],
  ['set of a new key that finds room by expiry', full, expired, (c) => c.set('c', 3), 2],
  ['set of a new weight that must evict', weighted, fresh, (c) => c.set('c', 8), 2],
  ['set of a present key that grows past the limit', weighted, fresh, (c) => c.set('a', 9), 2],
  ['set of a weight that fits', weighted, fresh, (c) => c.set('c', 7), 1],
  ['set of a weight above the limit', weighted, fresh, (c) => c.set('c', 11), 0],
  ['set of a weight above the limit on a present key', weighted, fresh, (c) => c.set('a', 11), 0],
  ['getOrSet of a live entry', {}, fresh, (c) => c.getOrSet('a', () => 3), 1],
  ['getOrSet of an absent key', {}, fresh, (c) => c.getOrSet('c', async () => 3), 1],
  ['getOrSet of an expired entry', { ttl: TTL }, expired, (c) => c.getOrSet('a', () => 3), 2],
  ['getOrSet that evicts', full, fresh, (c) => c.getOrSet('c', () => 3), 2],
  ['getOrSet whose fetcher fails', {}, fresh, (c) => c.getOrSet('c', failing).catch(() => {}), 0],
  ...['size', 'keys', 'values', 'entries', 'getStats', 'prune'].flatMap((method) => [
    [`${method} with live entries`, { ttl: TTL }, fresh, (c) => c[method](), 1],
    [`${method} with expired entries`, { ttl: TTL }, expired, (c) => c[method](), 1],
    [`${method} with an infinite ttl`, { ttl: Infinity }, expired, (c) => c[method](), 1],
  ]),
  ['delete', {}, fresh, (c) => c.delete('a'), 0],
  ['delete of an expired entry', { ttl: TTL }, expired, (c) => c.delete('a'), 0],
  ['delete of an absent key', {}, fresh, (c) => c.delete('absent'), 0],
  ['deleteAsync', {}, fresh, (c) => c.deleteAsync('a'), 0],
  ['deleteByPrefix', {}, fresh, (c) => c.deleteByPrefix('a'), 0],
  ['deleteByMagicString', {}, fresh, (c) => c.deleteByMagicString('*'), 0],
  ['clear', {}, fresh, (c) => c.clear(), 0],
  ['resetStats', {}, fresh, (c) => c.resetStats(), 0],
]

async function failing() {
  throw new Error('no answer')
}

describeBoth('readings of a mocked Date.now', ({ MemoryCache, cached }) => {
  for (const hooks of [undefined, hooksThatListen()]) {
    for (const [what, options, before, call, readings] of table) {
      test(`${what}${hooks ? ', with hooks' : ''}: ${readings}`, async () => {
        const cache = new MemoryCache({ ...options, hooks })
        cache.set('a', 1)
        cache.set('b', 2)
        before()
        assert.equal(await readsDuring(() => call(cache)), readings)
      })
    }
  }

  test('making a cache: 0', () => {
    assert.equal(
      readsDuring(() => new MemoryCache({ ttl: TTL })),
      0,
    )
  })

  test('an empty cache is pruned with one reading', () => {
    const cache = new MemoryCache()
    assert.equal(
      readsDuring(() => cache.prune()),
      1,
    )
  })

  test('callers that share a fetch under way read the clock once between them', async () => {
    const cache = new MemoryCache()
    const fetch = () => cache.getOrSet('a', async () => 1)
    const reads = await readsDuring(() => Promise.all([fetch(), fetch()]))
    assert.equal(reads, 1)
  })

  test('a decorated method reads the clock once when it computes and once when it remembers', () => {
    const { value: method } = cached({ ttl: TTL })({}, 'method', { value: (x) => x })
    assert.equal(
      readsDuring(() => method(1)),
      1,
    )
    assert.equal(
      readsDuring(() => method(1)),
      1,
    )
    expired()
    assert.equal(
      readsDuring(() => method(1)),
      2,
    )
  })

  test('Date.now is called on Date, without arguments', () => {
    const cache = new MemoryCache({ maxSize: 1 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('b')
    cache.has('b')
    cache.keys()
    assert.equal(spy.mock.callCount(), 6)
    for (const call of spy.mock.calls) {
      assert.equal(call.this, Date)
      assert.deepEqual(call.arguments, [])
    }
  })

  test('each reading of a sequence goes to the call that the published package gives it to', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: TTL })
    const times = [
      0, // a is written
      500, // b is written
      1001, // set prunes: a expires
      1200, // c is written
      1500, // b is alive
      1501, // b has expired
      2200, // c is alive
      2201, // c is pruned
    ]
    spy.mock.mockImplementation(() => times.shift())
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('absent')
    cache.set('c', 3)
    const seen = [cache.get('b'), cache.get('b'), cache.get('b'), cache.get('c'), cache.size()]
    assert.deepEqual(seen, [2, undefined, undefined, 3, 0])
    assert.deepEqual(times, [])
  })
})

describeBoth('ttl 0 (decision D6)', ({ MemoryCache, name }) => {
  const perWrite = name === 'native-memory-cache' ? 0 : 1

  test(`a write reads the clock ${perWrite} times, nothing else reads it`, async () => {
    const cache = new MemoryCache({ ttl: 0, maxSize: 1 })
    assert.equal(
      readsDuring(() => cache.set('a', 1)),
      perWrite,
    )
    assert.equal(
      readsDuring(() => cache.set('b', 1)),
      perWrite,
    )
    assert.equal(await readsDuring(() => cache.getOrSet('c', () => 1)), perWrite)
    for (const method of ['size', 'keys', 'values', 'entries', 'getStats', 'prune', 'clear']) {
      assert.equal(
        readsDuring(() => cache[method]()),
        0,
        method,
      )
    }
    cache.set('a', 1)
    for (const method of ['get', 'has', 'delete']) {
      assert.equal(
        readsDuring(() => cache[method]('a')),
        0,
        method,
      )
    }
  })
})

function hooksThatListen() {
  const names = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']
  return Object.fromEntries(names.map((name) => [name, () => {}]))
}
