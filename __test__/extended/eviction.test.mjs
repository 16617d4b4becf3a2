// The option `eviction` of both kinds of cache: what 's3-fifo' keeps that LRU does not, and that all else is as with LRU.
// What a hit ratio comes of it belongs in the benchmark, the policy step by step in the tests of the core.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  CacheConfigError,
  MemoryCache,
  SharedMemoryCache,
  cached,
  memoize,
} from 'native-memory-cache'
import { randomNumbers } from '../../bench/random.mjs'
import { clock, decorated, recorder, withClock } from '../contract/support.mjs'

const S3_FIFO = { eviction: 's3-fifo', ttl: 0 }
let names = 0

const KINDS = {
  MemoryCache: (options) => new MemoryCache({ ...S3_FIFO, ...options }),
  SharedMemoryCache: (options) =>
    new SharedMemoryCache({ name: `eviction ${++names}`, ...S3_FIFO, ...options }),
}

function fill(cache, count, prefix = 'key:', from = 0) {
  for (let i = from; i < from + count; i++) cache.set(`${prefix}${i}`, i)
  return cache
}

const use = (cache, keys) => keys.map((key) => cache.get(key))

for (const [kind, create] of Object.entries(KINDS)) {
  describe(`eviction of ${kind}`, () => {
    withClock()

    test('what was used survives ten times as many keys that come once as there is room for', () => {
      const cache = fill(create({ maxSize: 100 }), 100)
      const used = Array.from({ length: 50 }, (_, i) => `key:${i}`)
      use(cache, used)
      fill(cache, 1_000, 'once:')
      assert.deepEqual(cache.hasMany(used), Array(50).fill(true))
      assert.equal(cache.size(), 100)
      assert.equal(cache.getStats().evictions, 1_000)
    })

    test('what was not used goes in the order of its coming', () => {
      const cache = fill(create({ maxSize: 4 }), 4)
      fill(cache, 2, 'new:')
      assert.deepEqual(cache.keys(), ['key:2', 'key:3', 'new:0', 'new:1'])
    })

    test('get, getMany, touch, overwriting and a getOrSet hit count as use', async () => {
      const cache = fill(create({ maxSize: 10 }), 10)
      cache.get('key:0')
      cache.getMany(['key:1', 'absent'])
      cache.touch('key:2')
      cache.set('key:3', 3)
      await cache.getOrSet('key:4', () => assert.fail('the key is cached'))
      fill(cache, 5, 'once:')
      const kept = [0, 1, 2, 3, 4].map((i) => `key:${i}`)
      assert.deepEqual(cache.hasMany(kept), Array(5).fill(true))
      assert.equal(cache.has('key:5'), false)
    })

    test('has, peek, info and lists do not', () => {
      const cache = fill(create({ maxSize: 10 }), 10)
      cache.has('key:0')
      cache.peek('key:0')
      cache.info('key:0')
      cache.keys()
      cache.entries()
      cache.set('new', 1)
      assert.equal(cache.has('key:0'), false)
    })

    test('a key that comes again soon after it was evicted stays', () => {
      const cache = fill(create({ maxSize: 100 }), 101)
      assert.equal(cache.has('key:0'), false)
      cache.set('key:0', 0)
      fill(cache, 1_000, 'once:')
      assert.equal(cache.has('key:0'), true)
    })

    test('entries that have expired make room before anything valid', () => {
      const { hooks, take } = recorder()
      const cache = create({ maxSize: 3, ttl: 100, hooks })
      cache.set('a', 1, 1_000)
      cache.set('b', 2)
      cache.set('c', 3)
      clock.advance(500)
      take()
      cache.set('d', 4)
      const expired = ({ 0: name, 1: context }) => `${name} ${context.key}`
      assert.deepEqual(take().map(expired).toSorted(), ['onExpire b', 'onExpire c', 'onSet d'])
      assert.equal(cache.has('a'), true)
      cache.clear()
    })

    test('onEvict is told of each entry that makes room, with its value', () => {
      const { hooks, take } = recorder()
      const cache = fill(create({ maxSize: 2, hooks }), 2)
      take()
      cache.set('new', 1)
      const evicted = take().filter(([name]) => name === 'onEvict')
      assert.deepEqual(
        evicted.map(([, { key, value }]) => [key, value]),
        [['key:0', 0]],
      )
    })

    test('a smaller maxSize spares what was used', () => {
      const cache = fill(create({ maxSize: 20 }), 20)
      use(cache, ['key:3', 'key:7'])
      cache.resize({ maxSize: 3 })
      // The newest entry has not had its turn.
      assert.deepEqual(cache.keys().toSorted(), ['key:19', 'key:3', 'key:7'])
    })

    for (const maxSize of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 2.5]) {
      test(`a maxSize of ${maxSize} holds, and the newest entry is always there`, () => {
        const random = randomNumbers()
        const cache = create({ maxSize })
        for (let i = 0; i < 1_000; i++) {
          const key = `key:${random() % 20}`
          if (cache.get(key) === undefined) cache.set(key, i)
          assert.ok(cache.has(key))
          assert.ok(cache.size() <= maxSize)
        }
      })
    }

    test('maxSize 0 and Infinity evict nothing', () => {
      for (const maxSize of [0, Infinity]) {
        const cache = fill(create({ maxSize }), 2_000)
        assert.equal(cache.size(), 2_000)
        assert.equal(cache.get('key:0'), 0)
      }
    })

    test('any other policy is refused by name', () => {
      for (const eviction of ['LRU', 'fifo', '', 1, true, ['lru'], Symbol('lru')]) {
        assert.throws(
          () => create({ eviction }),
          (error) => {
            assert.ok(error instanceof CacheConfigError)
            assert.match(error.message, /^eviction must be 'lru' or 's3-fifo', received /)
            return true
          },
        )
      }
    })

    test("undefined, null and 'lru' mean the order of use", () => {
      for (const eviction of [undefined, null, 'lru']) {
        const cache = fill(create({ maxSize: 3, eviction }), 3)
        cache.get('key:0')
        cache.set('new', 1)
        assert.deepEqual(cache.keys(), ['key:2', 'key:0', 'new'])
      }
    })

    test('a crawler that opens a million sessions signs out nobody who was active lately', () => {
      const lostWith = (eviction) => flood(create({ maxSize: 10_000, shards: 1, eviction }))
      assert.equal(lostWith('s3-fifo').lately, 0)
      assert.ok(lostWith('lru').all > 500)
    })
  })
}

/** 1,000 users are active at random, and in one of eleven requests of the crawler's. How many uses find a session gone. */
function flood(cache) {
  const random = randomNumbers()
  const uses = Array.from({ length: 1_000 }, () => [])
  const lost = { all: 0, lately: 0 }
  const isLately = (now, time) => time !== undefined && now - time <= 10_000
  let now = 0
  const visit = (user) => {
    const key = `user:${user}`
    if (cache.get(key) === undefined) {
      cache.set(key, user)
      if (uses[user].length > 0) lost.all++
      if (isLately(now, uses[user].at(-2))) lost.lately++
    }
    uses[user].push(now++)
  }
  for (let i = 0; i < 20_000; i++) visit(random() % 1_000)
  for (let i = 0; i < 1_000_000; i++, now++) {
    cache.set(`once:${i}`, i)
    // Rarely enough that LRU loses many.
    if (random() % 100 === 0) visit(random() % 1_000)
  }
  return lost
}

describe('eviction by weight', () => {
  test('the limit holds, and what was used stays', () => {
    const cache = new MemoryCache({
      ...S3_FIFO,
      maxSize: 0,
      maxWeight: 1_000,
      sizeCalculation: (weight) => weight,
    })
    for (let i = 0; i < 100; i++) cache.set(`key:${i}`, 10)
    use(cache, ['key:0', 'key:1'])
    for (let i = 0; i < 1_000; i++) {
      cache.set(`once:${i}`, 1 + (i % 30))
      assert.ok(cache.getStats().weight <= 1_000)
    }
    assert.deepEqual(cache.hasMany(['key:0', 'key:1']), [true, true])
    cache.set('key:0', 900)
    assert.equal(cache.get('key:0'), 900, 'an update makes room by others')
  })
})

describe('eviction of shared stores', () => {
  test('the policy is the one of the store, and another is a conflict', () => {
    const name = 'eviction: conflicts'
    const cache = new SharedMemoryCache({ name, eviction: 's3-fifo' })
    const other = new SharedMemoryCache({ name })
    assert.throws(() => new SharedMemoryCache({ name, eviction: 'lru' }), {
      name: 'CacheConfigError',
      message: `eviction must be s3-fifo, with which the store '${name}' is open, received 'lru'`,
    })
    other.close()
    cache.close()
    new SharedMemoryCache({ name, eviction: 'lru' }).close()
  })

  test('lists are in the order of use', () => {
    const cache = fill(KINDS.SharedMemoryCache({ maxSize: 10 }), 3)
    cache.get('key:0')
    assert.deepEqual(cache.keys(), ['key:1', 'key:2', 'key:0'])
  })

  test('maxBytes holds in all shards', () => {
    const cache = KINDS.SharedMemoryCache({ maxSize: 0, maxBytes: 1 << 20, shards: 4 })
    for (let i = 0; i < 20_000; i++) cache.set(`key:${i}`, 'x'.repeat(i % 500))
    assert.ok(cache.getMetrics().bytes <= 1 << 20)
    assert.ok(cache.size() > 1_000)
  })
})

describe('the order of a MemoryCache with s3-fifo', () => {
  test('the small queue comes before the main one, each first in, first out', () => {
    const cache = fill(KINDS.MemoryCache({ maxSize: 8 }), 8)
    use(cache, ['key:0', 'key:2'])
    fill(cache, 2, 'new:')
    const expected = ['key:4', 'key:5', 'key:6', 'key:7', 'new:0', 'new:1', 'key:0', 'key:2']
    assert.deepEqual(cache.keys(), expected)
    assert.deepEqual(
      cache.entries().map(([key]) => key),
      expected,
    )
  })

  test('clear leaves nothing of the former entries', () => {
    const cache = fill(KINDS.MemoryCache({ maxSize: 100 }), 1_000)
    cache.clear()
    assert.deepEqual(cache.keys(), [])
    fill(cache, 100, 'new:')
    assert.equal(cache.size(), 100)
    assert.equal(cache.getStats().evictions, 900)
  })
})

describe('eviction of what is remembered by decorators', () => {
  test('memoize and cached pass the option on', () => {
    const remembering = [
      (options) => memoize((argument) => argument, options),
      (options) => decorated(cached, (argument) => argument, options).method,
    ]
    for (const remember of remembering) {
      assert.throws(() => remember({ eviction: 'none' }), CacheConfigError)
      assert.equal(remember({ ...S3_FIFO, maxSize: 2 })('argument'), 'argument')
    }
  })
})
