// Contract of expiry: when an entry is too old, who notices, in which order entries expire, and how often the
// clock is read. What hooks may do while entries expire is in hooks.test.mjs.

import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { clock, eachImplementation, recorder } from './support.mjs'

eachImplementation('time to live', ({ MemoryCache }) => {
  for (const [method, present, absent] of [
    ['get', 'value', undefined],
    ['has', true, false],
  ]) {
    test(`${method}: an entry of exactly the ttl is alive, one millisecond more and it is gone`, () => {
      const cache = new MemoryCache({ ttl: 1_000 })
      cache.set('key', 'value')
      clock.advance(1_000)
      assert.equal(cache[method]('key'), present)
      clock.advance(1)
      assert.equal(cache[method]('key'), absent)
    })
  }

  test('prune: an entry of exactly the ttl stays, one millisecond more and it is removed', () => {
    const cache = new MemoryCache({ ttl: 1_000 })
    cache.set('key', 'value')
    clock.advance(1_000)
    assert.equal(cache.prune(), 0)
    clock.advance(1)
    assert.equal(cache.prune(), 1)
    assert.equal(cache.prune(), 0)
  })

  test('the default ttl is five minutes', () => {
    const cache = new MemoryCache()
    cache.set('key', 'value')
    clock.advance(300_000)
    assert.equal(cache.has('key'), true)
    clock.advance(1)
    assert.equal(cache.has('key'), false)
  })

  test('ttl 1 keeps an entry through the next millisecond', () => {
    const cache = new MemoryCache({ ttl: 1 })
    cache.set('key', 'value')
    clock.advance(1)
    assert.equal(cache.has('key'), true)
    clock.advance(1)
    assert.equal(cache.has('key'), false)
  })

  test('ttl 0 and ttl Infinity mean entries never expire', () => {
    for (const ttl of [0, Infinity]) {
      const cache = new MemoryCache({ ttl })
      cache.set('key', 'value')
      clock.advance(Number.MAX_SAFE_INTEGER / 2)
      assert.equal(cache.prune(), 0)
      assert.equal(cache.get('key'), 'value')
      assert.equal(cache.size(), 1)
    }
  })

  test('a fractional ttl is compared as it is', () => {
    const cache = new MemoryCache({ ttl: 1.5 })
    cache.set('key', 'value')
    clock.advance(1)
    assert.equal(cache.has('key'), true)
    clock.advance(1)
    assert.equal(cache.has('key'), false)

    const brief = new MemoryCache({ ttl: 0.5 })
    brief.set('key', 'value')
    assert.equal(brief.has('key'), true)
    clock.advance(1)
    assert.equal(brief.prune(), 1)
  })

  test('an enormous ttl never expires anything', () => {
    for (const ttl of [Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 32]) {
      const cache = new MemoryCache({ ttl })
      cache.set('key', 'value')
      clock.advance(2 ** 31 - 1)
      assert.equal(cache.prune(), 0)
      assert.equal(cache.get('key'), 'value')
    }
  })

  test('reading does not extend an entry’s life', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'value')
    clock.advance(60)
    cache.get('key')
    cache.has('key')
    clock.advance(41)
    assert.equal(cache.get('key'), undefined)
  })

  test('writing starts a new life', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'old')
    clock.advance(60)
    cache.set('key', 'new')
    clock.advance(100)
    assert.equal(cache.get('key'), 'new')
    clock.advance(1)
    assert.equal(cache.get('key'), undefined)
  })

  test('a rewritten entry is not pruned at the age of its first value', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('a', 1)
    cache.set('b', 2)
    clock.advance(60)
    cache.set('a', 3)
    clock.advance(60)
    assert.equal(cache.prune(), 1)
    assert.deepEqual(cache.entries(), [['a', 3]])
    clock.advance(41)
    assert.equal(cache.prune(), 1)
  })

  test('an entry deleted and written again lives its new life', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('a', 1)
    clock.advance(60)
    cache.delete('a')
    cache.set('a', 2)
    clock.advance(60)
    assert.equal(cache.prune(), 0)
    assert.equal(cache.get('a'), 2)
    clock.advance(41)
    assert.equal(cache.prune(), 1)
  })

  test('an expired entry is removed by the get that finds it', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('key', 'value')
    clock.advance(101)
    take()
    assert.equal(cache.get('key'), undefined)
    assert.deepEqual(take(), [
      ['onExpire', { key: 'key', value: 'value', source: 'get' }],
      ['onMiss', { key: 'key', reason: 'expired' }],
    ])
    assert.equal(cache.get('key'), undefined)
    assert.deepEqual(take(), [['onMiss', { key: 'key', reason: 'not_found' }]])
  })

  test('an expired entry is removed by the has that finds it', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('key', 'value')
    clock.advance(101)
    take()
    assert.equal(cache.has('key'), false)
    assert.deepEqual(take(), [['onExpire', { key: 'key', value: 'value', source: 'has' }]])
    assert.equal(cache.delete('key'), false)
  })

  test('reading one expired entry leaves the other expired ones', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('a', 1)
    cache.set('b', 2)
    clock.advance(101)
    cache.get('a')
    assert.equal(cache.delete('b'), true)
  })

  test('expired entries reappear when the clock goes back, unless something has removed them', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('seen', 1)
    cache.set('unseen', 2)
    clock.advance(101)
    cache.get('seen')
    clock.advance(-50)
    assert.equal(cache.get('seen'), undefined)
    assert.equal(cache.get('unseen'), 2)
  })

  test('delete does not ask for the age: an expired entry is deleted, not expired', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('key', 'value')
    clock.advance(101)
    take()
    assert.equal(cache.delete('key'), true)
    assert.deepEqual(take(), [['onDelete', { key: 'key', value: 'value', source: 'delete' }]])
    assert.equal(cache.getStats().expirations, 0)
  })

  test('the other deletions do not ask for the age either', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    for (const [method, ...args] of [
      ['deleteAsync', 'key'],
      ['deleteByPrefix', 'k'],
      ['deleteByMagicString', 'k*'],
      ['clear'],
    ]) {
      cache.set('key', 'value')
      clock.advance(101)
      take()
      await cache[method](...args)
      assert.deepEqual(take(), [['onDelete', { key: 'key', value: 'value', source: method }]])
    }
    assert.equal(cache.getStats().expirations, 0)
  })

  test('bulk deletions count expired entries among those removed', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('a:stale', 1)
    clock.advance(101)
    cache.set('a:fresh', 2)
    assert.equal(cache.deleteByPrefix('a:'), 2)
  })

  test('overwriting an expired entry is an update and reports no expiry', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('key', 'old')
    clock.advance(101)
    take()
    cache.set('key', 'new')
    assert.deepEqual(take(), [['onSet', { key: 'key', value: 'new', isUpdate: true }]])
    assert.equal(cache.getStats().expirations, 0)
  })

  test('prune removes all expired entries, keeps the others and counts the former', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('a', 1)
    cache.set('b', 2)
    clock.advance(50)
    cache.set('c', 3)
    clock.advance(51)
    assert.equal(cache.prune(), 2)
    assert.deepEqual(cache.keys(), ['c'])
    assert.equal(cache.getStats().expirations, 2)
  })

  test('prune reports entries in the order of their writing, not of their use', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    for (const key of ['a', 'b', 'c']) {
      cache.set(key, key)
      clock.advance(1)
    }
    cache.get('a')
    cache.set('b', 'B')
    clock.advance(200)
    take()
    assert.equal(cache.prune(), 3)
    assert.deepEqual(take(), [
      ['onExpire', { key: 'a', value: 'a', source: 'prune' }],
      ['onExpire', { key: 'c', value: 'c', source: 'prune' }],
      ['onExpire', { key: 'b', value: 'B', source: 'prune' }],
    ])
  })

  test('an entry overwritten within the same millisecond keeps its turn to expire', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('a', 1)
    cache.set('b', 1)
    cache.set('a', 2)
    clock.advance(101)
    take()
    cache.prune()
    assert.deepEqual(take(), [
      ['onExpire', { key: 'a', value: 2, source: 'prune' }],
      ['onExpire', { key: 'b', value: 1, source: 'prune' }],
    ])
  })

  test('prune does not count entries that deletion or eviction took before', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: 100 })
    cache.set('evicted', 1)
    cache.set('deleted', 2)
    cache.set('kept', 3)
    cache.delete('deleted')
    clock.advance(101)
    assert.equal(cache.prune(), 1)
    assert.equal(cache.getStats().expirations, 1)
  })

  test('prune of an empty cache and of one without ttl answers 0', () => {
    assert.equal(new MemoryCache().prune(), 0)
    const cache = new MemoryCache({ ttl: 0 })
    cache.set('key', 'value')
    assert.equal(cache.prune(), 0)
  })

  for (const method of ['size', 'keys', 'values', 'entries', 'getStats']) {
    test(`${method} prunes first`, () => {
      const { hooks, take } = recorder()
      const cache = new MemoryCache({ ttl: 100, hooks })
      cache.set('stale', 1)
      clock.advance(101)
      cache.set('fresh', 2)
      take()
      const expected = {
        size: 1,
        keys: ['fresh'],
        values: [2],
        entries: [['fresh', 2]],
        getStats: { hits: 0, misses: 0, evictions: 0, expirations: 1, size: 1, weight: 0 },
      }
      assert.deepEqual(cache[method](), expected[method])
      assert.deepEqual(take(), [['onExpire', { key: 'stale', value: 1, source: 'prune' }]])
    })
  }

  test('an entry written before the clock went back holds back the pruning of later ones, not their reading', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('future', 1)
    clock.advance(-1_000)
    cache.set('past', 2)
    clock.advance(500)
    assert.equal(cache.prune(), 0)
    assert.equal(cache.get('past'), undefined)
    assert.equal(cache.get('future'), 1)
    clock.advance(601)
    assert.equal(cache.prune(), 1)
  })

  test('times with fractions, below zero and at zero are just numbers', () => {
    for (const start of [0, -5, 0.25, -0.5, 8.64e15]) {
      const cache = new MemoryCache({ ttl: 2 })
      clock.set(start)
      cache.set('key', 'value')
      clock.advance(2)
      assert.equal(cache.has('key'), true, `start ${start}`)
      clock.advance(1)
      assert.equal(cache.has('key'), false, `start ${start}`)
    }
    const cache = new MemoryCache({ ttl: 2 })
    clock.set(1_000.25)
    cache.set('key', 'value')
    clock.set(1_002.5)
    assert.equal(cache.prune(), 1)
  })

  test('real and replaced time are one timeline', () => {
    clock.restore()
    const cache = new MemoryCache({ ttl: 60_000 })
    const before = Date.now()
    cache.set('key', 'value')
    const after = Date.now()
    assert.equal(cache.get('key'), 'value')
    clock.install()
    clock.set(before + 60_000)
    assert.equal(cache.get('key'), 'value')
    clock.set(after + 60_001)
    assert.equal(cache.get('key'), undefined)
  })

  test('a Date replaced as a whole is followed, there and back', () => {
    clock.restore()
    const cache = new MemoryCache({ ttl: 60_000 })
    cache.set('key', 'value')
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 120_000 })
    try {
      assert.equal(cache.has('key'), false)
      cache.set('ahead', 'value')
      mock.timers.tick(60_000)
      assert.equal(cache.has('ahead'), true)
      mock.timers.tick(1)
      assert.equal(cache.has('ahead'), false)
    } finally {
      mock.timers.reset()
    }
    cache.set('key', 'value')
    assert.equal(cache.get('key'), 'value')
  })

  test('the clock is read once per lookup that finds an entry and not at all otherwise', () => {
    const cache = new MemoryCache({ ttl: 100 })
    cache.set('key', 'value')
    assert.equal(
      clock.readsDuring(() => cache.get('key')),
      1,
    )
    assert.equal(
      clock.readsDuring(() => cache.has('key')),
      1,
    )
    assert.equal(
      clock.readsDuring(() => cache.get('absent')),
      0,
    )
    assert.equal(
      clock.readsDuring(() => cache.has('absent')),
      0,
    )
  })

  test('the clock is read once per write, and once more if the write must make room', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: 100 })
    const reads = (key) => clock.readsDuring(() => cache.set(key, key))
    assert.deepEqual([reads('a'), reads('b'), reads('b'), reads('c')], [1, 1, 1, 2])
  })

  test('the clock is read once per prune and per introspection, however much expires', () => {
    const cache = new MemoryCache({ maxSize: 0, ttl: 100 })
    for (const method of ['prune', 'size', 'keys', 'values', 'entries', 'getStats']) {
      for (let i = 0; i < 10; i++) cache.set(`key ${i}`, i)
      clock.advance(101)
      assert.equal(
        clock.readsDuring(() => cache[method]()),
        1,
        method,
      )
    }
  })

  test('a set over an entry during which Date.now throws has removed the entry without a hook', () => {
    for (const options of [{}, { maxWeight: 5, sizeCalculation: Number }]) {
      const { hooks, take } = recorder()
      for (const observed of [{}, { hooks }]) {
        const cache = new MemoryCache({ ttl: 100, ...options, ...observed })
        cache.set('other', 1)
        cache.set('key', 2)
        take()
        Date.now = () => {
          throw new Error('no clock')
        }
        assert.throws(() => cache.set('key', 3), { message: 'no clock' })
        clock.install()
        assert.deepEqual(cache.entries(), [['other', 1]])
        assert.equal(cache.getStats().weight, options.maxWeight ? 1 : 0)
        assert.deepEqual(take(), [])
      }
    }
  })

  test('deletions and resetStats read no clock', () => {
    const cache = new MemoryCache({ ttl: 100 })
    for (const [method, ...args] of [
      ['delete', 'key'],
      ['deleteAsync', 'key'],
      ['deleteByPrefix', 'k'],
      ['deleteByMagicString', '*'],
      ['clear'],
      ['resetStats'],
    ]) {
      cache.set('key', 'value')
      assert.equal(
        clock.readsDuring(() => cache[method](...args)),
        0,
        method,
      )
    }
  })
})
