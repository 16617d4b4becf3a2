// Mocked times that no real clock shows: fractions, times before the epoch, values that are no numbers,
// clocks that throw. Both packages give the same answers. Plain times are in scenarios.cjs.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import FakeTimers from '@sinonjs/fake-timers'
import { describeBoth } from './packages.mjs'

let now
let spy

beforeEach(() => {
  spy = mock.method(Date, 'now', () => now)
})
afterEach(() => spy.mock.restore())

function cacheAt(MemoryCache, time, options) {
  now = time
  const cache = new MemoryCache(options)
  cache.set('a', 1)
  return cache
}

// [title, ttl, written at, [[read at, alive]...]]: reads in this order, the first dead one ends it
const lives = [
  ['fractions of a millisecond count', 10, 0.25, [10.25, true], [10.250001, false]],
  ['a fractional ttl is not rounded', 0.5, 100, [100.5, true], [100.51, false]],
  ['a ttl below one millisecond holds within the millisecond', 0.001, 7, [7, true], [8, false]],
  [
    'sums of fractions are compared as doubles',
    0.2,
    0.1,
    [0.3, true],
    [0.30000000000000004, false],
  ],
  ['times before the epoch', 1000, -5000, [-4000, true], [-3999, false]],
  ['a life that spans the epoch', 1000, -500, [0, true], [500, true], [501, false]],
  ['epoch 0', 1000, 0, [0, true], [1000, true], [1001, false]],
  ['minus zero', 1000, -0, [0, true], [-0, true], [1000, true], [1001, false]],
  ['beyond the range of Date', 1000, 2 ** 60, [2 ** 60 + 512, true], [2 ** 60 + 2048, false]],
  ['the largest numbers', 1000, -Number.MAX_VALUE, [-Number.MAX_VALUE, true], [0, false]],
  ['a clock that overflows', 1000, -Number.MAX_VALUE, [Number.MAX_VALUE, false]],
  ['a clock that goes back', 1000, 5000, [-5000, true], [6000, true], [6001, false]],
  ['from minus infinity', 1000, -Infinity, [-Infinity, true], [0, false]],
  ['to infinity', 1000, 0, [-Infinity, true], [Infinity, false]],
  ['at infinity', 1000, Infinity, [0, true], [Infinity, true]],
  ['NaN when read', 1000, 5000, [NaN, true], [6001, false]],
  ['NaN when written', 1000, NaN, [0, true], [1e15, true], [Infinity, true]],
  ['undefined when read', 1000, 5000, [undefined, true], [6001, false]],
  ['undefined when written', 1000, undefined, [1e15, true]],
  ['null counts as 0', 1000, null, [1000, true], [1001, false]],
  ['numeric strings', 1000, '5000', ['6000', true], ['6001', false]],
  ['numeric strings and numbers', 1000, '5000', [6000, true], [6001, false]],
  ['a string that is no number', 1000, 5000, ['soon', true], [6001, false]],
  ['Date objects', 1000, new Date(5000), [new Date(6000), true], [new Date(6001), false]],
  ['booleans', 1, false, [true, true], [2, false]],
]

describeBoth('odd times', ({ MemoryCache }) => {
  for (const [title, ttl, writtenAt, ...reads] of lives) {
    test(`${title}: get`, () => {
      const cache = cacheAt(MemoryCache, writtenAt, { ttl })
      for (const [at, alive] of reads) {
        now = at
        assert.equal(cache.get('a'), alive ? 1 : undefined, String(at))
      }
    })

    test(`${title}: has`, () => {
      const cache = cacheAt(MemoryCache, writtenAt, { ttl })
      for (const [at, alive] of reads) {
        now = at
        assert.equal(cache.has('a'), alive, String(at))
      }
    })

    test(`${title}: size`, () => {
      const cache = cacheAt(MemoryCache, writtenAt, { ttl })
      for (const [at, alive] of reads) {
        now = at
        assert.equal(cache.size(), alive ? 1 : 0, String(at))
      }
    })
  }

  for (const [title, frozen] of [
    ['NaN', NaN],
    ['infinity', Infinity],
  ]) {
    test(`an entry written at ${title} holds back the pruning of those written after it`, () => {
      const cache = cacheAt(MemoryCache, frozen, { ttl: 1000 })
      now = 0
      cache.set('b', 2)
      now = 5000
      assert.equal(cache.size(), 2)
      assert.equal(cache.get('b'), undefined)
      assert.deepEqual(cache.keys(), ['a'])
    })
  }

  test('a full cache evicts its oldest entry when the clock is NaN', () => {
    const cache = cacheAt(MemoryCache, 0, { ttl: 1000, maxSize: 1 })
    now = NaN
    cache.set('b', 2)
    assert.deepEqual(cache.entries(), [['b', 2]])
    const { evictions, expirations } = cache.getStats()
    assert.deepEqual({ evictions, expirations }, { evictions: 1, expirations: 0 })
  })

  test('what Date.now throws reaches the caller of a read, and the entry stays', () => {
    const cache = cacheAt(MemoryCache, 0, { ttl: 1000 })
    const broken = new Error('clock is broken')
    spy.mock.mockImplementation(() => {
      throw broken
    })
    const calls = [
      () => cache.get('a'),
      () => cache.has('a'),
      () => cache.prune(),
      () => cache.size(),
      () => cache.set('b', 2),
    ]
    for (const call of calls) assert.throws(call, (error) => error === broken)
    assert.equal(cache.get('absent'), undefined)
    spy.mock.mockImplementation(() => 1000)
    assert.deepEqual(cache.getStats(), {
      hits: 0,
      misses: 1,
      evictions: 0,
      expirations: 0,
      size: 1,
      weight: 0,
    })
    assert.deepEqual(cache.entries(), [['a', 1]])
  })

  test('a Date.now that uses the cache finds it in good order', () => {
    const cache = cacheAt(MemoryCache, 0, { ttl: 1000, maxSize: 3 })
    let depth = 0
    spy.mock.mockImplementation(() => {
      if (depth++ === 0) {
        cache.set('inner', 0)
        cache.delete('a')
      }
      return 500
    })
    cache.set('outer', 1)
    assert.deepEqual(cache.keys(), ['inner', 'outer'])
    assert.equal(cache.get('inner'), 0)
  })
})

describeBoth('@sinonjs/fake-timers with odd times', ({ MemoryCache }) => {
  function withClock(time, body) {
    const clock = FakeTimers.install({ now: time, toFake: ['Date'] })
    try {
      const cache = new MemoryCache({ ttl: 1000 })
      cache.set('a', 1)
      body(cache, clock)
    } finally {
      clock.uninstall()
    }
  }

  test('fractions of a tick add up', () => {
    withClock(0, (cache, clock) => {
      clock.tick(1000.5)
      assert.equal(cache.get('a'), 1)
      clock.tick(0.5)
      assert.equal(cache.get('a'), undefined)
    })
  })

  test('a clock installed before the epoch', () => {
    withClock(-500, (cache, clock) => {
      clock.tick(1000)
      assert.equal(cache.get('a'), 1)
      clock.tick(1)
      assert.equal(cache.get('a'), undefined)
    })
  })

  test('setSystemTime before the epoch and with a Date', () => {
    withClock(0, (cache, clock) => {
      clock.setSystemTime(-86_400_000)
      assert.equal(cache.get('a'), 1)
      clock.setSystemTime(new Date(1001))
      assert.equal(cache.get('a'), undefined)
    })
  })

  test('tick with a readable duration', () => {
    withClock(0, (cache, clock) => {
      clock.tick('00:01')
      assert.equal(cache.get('a'), 1)
      clock.tick('00:01')
      assert.equal(cache.get('a'), undefined)
    })
  })

  test('an entry expires from a fake timer, while the clock is ticking', () => {
    const clock = FakeTimers.install({ now: 0, toFake: ['Date', 'setTimeout'] })
    try {
      const cache = new MemoryCache({ ttl: 1000 })
      const seen = []
      for (const at of [999, 1000, 1001]) setTimeout(() => seen.push(cache.get('a')), at)
      cache.set('a', 1)
      clock.tick(5000)
      assert.deepEqual(seen, [1, 1, undefined])
    } finally {
      clock.uninstall()
    }
  })
})
