// What a cache must do under a clock that a test drives, whatever drives it: node:test, sinon, jest and
// vitest run this same list. CommonJS, so that jest can require it. Only node:assert and the arguments
// are used here; drivers and runners live beside this file.
//
// Each scenario gets { MemoryCache, cached, clock }. The clock is running and stands at START;
// `set(ms)` moves it anywhere, `tick(ms)` forward, `stop()` brings the genuine clock back and
// `start(ms)` takes over again.

'use strict'

const assert = require('node:assert/strict')

const START = 10_000_000
const HOUR = 3_600_000

const record =
  (log, event) =>
  ({ key, source, reason }) =>
    log.push([event, key, source ?? reason].filter(Boolean).join(' '))

const cacheWith = (MemoryCache, options, entries) => {
  const cache = new MemoryCache(options)
  for (const key of entries) cache.set(key, key.toUpperCase())
  return cache
}

const lookups = [
  {
    title: 'get finds an entry at exactly its ttl and not one millisecond later',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(1000)
      assert.equal(cache.get('a'), 'A')
      clock.tick(1)
      assert.equal(cache.get('a'), undefined)
      assert.deepEqual(cache.getStats(), {
        hits: 1,
        misses: 1,
        evictions: 0,
        expirations: 1,
        size: 0,
        weight: 0,
      })
    },
  },
  {
    title: 'has sees the same edge and counts only the expiration',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(1000)
      assert.equal(cache.has('a'), true)
      clock.tick(1)
      assert.equal(cache.has('a'), false)
      const { hits, misses, expirations } = cache.getStats()
      assert.deepEqual({ hits, misses, expirations }, { hits: 0, misses: 0, expirations: 1 })
    },
  },
  {
    title: 'reading an entry does not lengthen its life',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(900)
      assert.equal(cache.get('a'), 'A')
      clock.tick(101)
      assert.equal(cache.get('a'), undefined)
    },
  },
  {
    title: 'writing an entry again starts its life anew',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(900)
      cache.set('a', 'again')
      clock.tick(1000)
      assert.equal(cache.get('a'), 'again')
      assert.equal(cache.size(), 1)
      clock.tick(1)
      assert.equal(cache.get('a'), undefined)
    },
  },
  {
    title: 'an expired entry that is written again is alive',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(5000)
      cache.set('a', 'again')
      assert.equal(cache.get('a'), 'again')
      assert.deepEqual(cache.keys(), ['a'])
    },
  },
  {
    title: 'caches with different ttls follow the one clock',
    run({ MemoryCache, clock }) {
      const brief = cacheWith(MemoryCache, { ttl: 10 }, ['a'])
      const long = cacheWith(MemoryCache, { ttl: 20 }, ['a'])
      clock.tick(11)
      assert.deepEqual([brief.has('a'), long.has('a')], [false, true])
      clock.tick(10)
      assert.equal(long.has('a'), false)
    },
  },
  {
    title: 'the default ttl is five minutes',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, {}, ['a'])
      clock.tick(300_000)
      assert.equal(cache.has('a'), true)
      clock.tick(1)
      assert.equal(cache.has('a'), false)
    },
  },
  {
    title: 'with ttl 0 or an infinite ttl no entry expires',
    run({ MemoryCache, clock }) {
      const caches = [0, Infinity].map((ttl) => cacheWith(MemoryCache, { ttl }, ['a']))
      clock.set(8_640_000_000_000_000)
      for (const cache of caches) {
        assert.equal(cache.prune(), 0)
        assert.equal(cache.get('a'), 'A')
      }
    },
  },
]

const sweeps = [
  {
    title: 'prune removes what expired, reports it in write order and keeps the rest',
    run({ MemoryCache, clock }) {
      const log = []
      const cache = new MemoryCache({ ttl: 1000, hooks: { onExpire: record(log, 'expire') } })
      for (const key of ['a', 'b', 'c']) {
        cache.set(key, key)
        clock.tick(10)
      }
      cache.get('a')
      clock.set(START + 1010)
      assert.equal(cache.prune(), 1)
      clock.tick(1)
      assert.equal(cache.prune(), 1)
      assert.equal(cache.prune(), 0)
      assert.deepEqual(log, ['expire a prune', 'expire b prune'])
      assert.deepEqual(cache.keys(), ['c'])
    },
  },
  ...[
    ['size', 1],
    ['keys', ['b']],
    ['values', ['B']],
    ['entries', [['b', 'B']]],
    ['getStats', { hits: 0, misses: 0, evictions: 0, expirations: 1, size: 1, weight: 0 }],
  ].map(([method, expected]) => ({
    title: `${method} leaves out what has expired`,
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(1)
      cache.set('b', 'B')
      clock.tick(1000)
      assert.deepEqual(cache[method](), expected)
      assert.equal(cache.getStats().expirations, 1)
    },
  })),
  {
    title: 'a full cache expires before it evicts',
    run({ MemoryCache, clock }) {
      const log = []
      const cache = new MemoryCache({
        maxSize: 2,
        ttl: 1000,
        hooks: { onExpire: record(log, 'expire'), onEvict: record(log, 'evict') },
      })
      cache.set('a', 1)
      clock.tick(500)
      cache.set('b', 2)
      cache.get('a')
      clock.tick(501)
      cache.set('c', 3)
      assert.deepEqual(log, ['expire a prune'])
      cache.set('d', 4)
      assert.deepEqual(log, ['expire a prune', 'evict b'])
    },
  },
  {
    title: 'a cache full by weight expires before it evicts',
    run({ MemoryCache, clock }) {
      const cache = new MemoryCache({ maxWeight: 10, sizeCalculation: (n) => n, ttl: 1000 })
      cache.set('a', 6)
      clock.tick(1001)
      cache.set('b', 7)
      const { evictions, expirations, weight } = cache.getStats()
      assert.deepEqual(
        { evictions, expirations, weight },
        { evictions: 0, expirations: 1, weight: 7 },
      )
    },
  },
  {
    title: 'prune reads the clock once: what a hook lets expire stays until the next prune',
    run({ MemoryCache, clock }) {
      const cache = new MemoryCache({ ttl: 1000, hooks: { onExpire: () => clock.tick(500) } })
      cache.set('a', 1)
      clock.tick(100)
      cache.set('b', 2)
      clock.tick(901)
      assert.equal(cache.prune(), 1)
      assert.equal(cache.prune(), 1)
    },
  },
]

const writes = [
  {
    title: 'an entry is as old as the moment after the eviction it caused',
    run({ MemoryCache, clock }) {
      const hooks = { onEvict: () => clock.tick(700) }
      const cache = cacheWith(MemoryCache, { maxSize: 1, ttl: 1000, hooks }, ['a', 'b'])
      clock.set(START + 1700)
      assert.equal(cache.has('b'), true)
      clock.tick(1)
      assert.equal(cache.has('b'), false)
    },
  },
  {
    title: 'an entry is as old as the moment after its weight was calculated',
    run({ MemoryCache, clock }) {
      const sizeCalculation = () => {
        clock.tick(700)
        return 1
      }
      const cache = cacheWith(MemoryCache, { maxWeight: 10, sizeCalculation, ttl: 1000 }, ['a'])
      clock.set(START + 1700)
      assert.equal(cache.has('a'), true)
      clock.tick(1)
      assert.equal(cache.has('a'), false)
    },
  },
  {
    title:
      'getOrSet dates an entry when the fetcher has answered, and fetches again once it expired',
    async run({ MemoryCache, clock }) {
      const cache = new MemoryCache({ ttl: 1000 })
      let fetches = 0
      const fetcher = async () => {
        clock.tick(700)
        return ++fetches
      }
      assert.equal(await cache.getOrSet('a', fetcher), 1)
      clock.set(START + 1700)
      assert.equal(await cache.getOrSet('a', fetcher), 1)
      clock.tick(1)
      assert.equal(await cache.getOrSet('a', fetcher), 2)
    },
  },
  {
    title: 'the cached decorator calls its method again once the result has expired',
    run({ cached, clock }) {
      let calls = 0
      const descriptor = cached({ ttl: 1000 })({}, 'method', { value: () => ++calls })
      assert.equal(descriptor.value('x'), 1)
      clock.tick(1000)
      assert.equal(descriptor.value('x'), 1)
      clock.tick(1)
      assert.equal(descriptor.value('x'), 2)
    },
  },
  {
    title: 'hooks tell which call found the entry expired',
    run({ MemoryCache, clock }) {
      const log = []
      const hooks = { onExpire: record(log, 'expire'), onMiss: record(log, 'miss') }
      const cache = cacheWith(MemoryCache, { ttl: 1000, hooks }, ['a', 'b', 'c'])
      clock.tick(1001)
      cache.get('b')
      cache.has('c')
      cache.size()
      assert.deepEqual(log, ['expire b get', 'miss b expired', 'expire c has', 'expire a prune'])
    },
  },
]

const jumps = [
  {
    title: 'an entry from the future is alive until the clock has passed it by its ttl',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.set(START - HOUR)
      assert.equal(cache.prune(), 0)
      assert.equal(cache.get('a'), 'A')
      clock.set(START + 1001)
      assert.equal(cache.prune(), 1)
    },
  },
  {
    title: 'a live entry from the future holds back the pruning of those written after it',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['future'])
      clock.set(START - HOUR)
      cache.set('b', 'B')
      cache.set('c', 'C')
      clock.tick(1001)
      assert.equal(cache.size(), 3)
      assert.equal(cache.get('b'), undefined)
      assert.deepEqual(cache.keys(), ['future', 'c'])
      clock.set(START + 1001)
      assert.equal(cache.size(), 0)
    },
  },
  {
    title: 'a clock that starts at the epoch counts from there',
    run({ MemoryCache, clock }) {
      clock.set(0)
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(1000)
      assert.equal(cache.has('a'), true)
      clock.tick(1)
      assert.equal(cache.has('a'), false)
    },
  },
  {
    title: 'the last moment of Date is a moment like any other',
    run({ MemoryCache, clock }) {
      clock.set(8_640_000_000_000_000 - 1001)
      const cache = cacheWith(MemoryCache, { ttl: 1000 }, ['a'])
      clock.tick(1000)
      assert.equal(cache.has('a'), true)
      clock.tick(1)
      assert.equal(cache.has('a'), false)
    },
  },
]

const crossings = [
  {
    title: 'an entry written at a past fake time has expired by the genuine clock',
    run({ MemoryCache, clock }) {
      const cache = cacheWith(MemoryCache, { ttl: HOUR }, ['a', 'b'])
      clock.stop()
      assert.equal(cache.get('a'), undefined)
      assert.equal(cache.prune(), 1)
    },
  },
  {
    title: 'an entry written at a future fake time is alive by the genuine clock',
    run({ MemoryCache, clock }) {
      clock.stop()
      clock.start(Date.now() + HOUR)
      const cache = cacheWith(MemoryCache, { ttl: 1 }, ['a'])
      clock.stop()
      assert.equal(cache.get('a'), 'A')
      assert.equal(cache.size(), 1)
    },
  },
  {
    title: 'an entry written by the genuine clock is as old as the fake time says',
    run({ MemoryCache, clock }) {
      clock.stop()
      const before = Date.now()
      const cache = cacheWith(MemoryCache, { ttl: HOUR }, ['a', 'b'])
      const after = Date.now()
      clock.start(before + HOUR)
      assert.equal(cache.get('a'), 'A')
      clock.set(after + HOUR + 1)
      assert.equal(cache.get('a'), undefined)
      assert.equal(cache.size(), 0)
    },
  },
  {
    title: 'the same cache goes from fake to genuine to fake time and back',
    run({ MemoryCache, clock }) {
      const cache = new MemoryCache({ ttl: HOUR })
      for (let round = 0; round < 3; round++) {
        cache.set('a', round)
        clock.tick(HOUR)
        assert.equal(cache.get('a'), round)
        clock.stop()
        assert.equal(cache.get('a'), undefined)
        cache.set('a', 'genuine')
        assert.equal(cache.get('a'), 'genuine')
        clock.start(Date.now() + 2 * HOUR)
        assert.equal(cache.get('a'), undefined)
        clock.set(START)
      }
    },
  },
]

const scenarios = [...lookups, ...sweeps, ...writes, ...jumps, ...crossings]

module.exports = { START, scenarios }
