// take: a get that removes what it finds. What get itself counts and reports is in the contract. Needs
// --expose-gc.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reactive } from '../contract/membranes.mjs'
import { untilCollected } from '../shared/support.mjs'
import {
  KEYS,
  MemoryCache,
  NOT_STRINGS,
  clock,
  eachSetting,
  openWithHook,
  refusal,
  seen,
  spin,
  withClock,
} from './support.mjs'

const counters = ({ hits, misses, evictions, expirations }) => [
  hits,
  misses,
  evictions,
  expirations,
]

eachSetting('take', ({ open, hooked }) => {
  test('the value comes out and the entry is gone', () => {
    const { cache } = open()
    for (const value of [1, 'text', null, undefined, false]) {
      cache.set('key', value)
      assert.equal(cache.take('key'), value)
      assert.equal(cache.has('key'), false)
      assert.equal(cache.take('key'), undefined)
    }
    assert.equal(cache.size(), 0)
  })

  test('an entry is counted and reported as get does, then as delete does', async () => {
    const { cache, events } = open()
    cache.set('key', 1)
    await events()
    cache.take('key')
    assert.deepEqual(counters(cache.getStats()), [1, 0, 0, 0])
    const expected = [
      ['onHit', { key: 'key', value: 1 }],
      ['onDelete', { key: 'key', value: 1, source: 'delete' }],
    ]
    assert.deepEqual(await events(), hooked ? expected : [])
  })

  test('what is absent is a miss', async () => {
    const { cache, events } = open()
    assert.equal(cache.take('key'), undefined)
    assert.deepEqual(counters(cache.getStats()), [0, 1, 0, 0])
    const expected = [['onMiss', { key: 'key', reason: 'not_found' }]]
    assert.deepEqual(await events(), hooked ? expected : [])
  })

  test('what has expired expires by it and is a miss, whosever lifetime it had', async () => {
    for (const own of [undefined, 20]) {
      const { cache, events } = open({ ttl: 30 })
      cache.set('key', 1, own)
      await events()
      clock.advance(31)
      assert.equal(cache.take('key'), undefined)
      assert.deepEqual(counters(cache.getStats()), [0, 1, 0, 1])
      const expected = [
        ['onExpire', { key: 'key', value: 1, source: 'get' }],
        ['onMiss', { key: 'key', reason: 'expired' }],
      ]
      assert.deepEqual(await events(), hooked ? expected : [])
      assert.equal(cache.size(), 0)
    }
  })

  test('an entry can be taken up to its last millisecond', () => {
    for (const [ttl, own] of [
      [20],
      [0, 20],
      [5, 20],
      [Infinity, { expiresAt: clock.start + 20 }],
    ]) {
      clock.set(clock.start)
      const { cache } = open({ ttl })
      cache.set('key', 1, own)
      clock.advance(20)
      assert.equal(cache.take('key'), 1)
    }
  })

  test('its weight goes with it, and there is room again', () => {
    const { cache } = open({ maxSize: 2 })
    for (const key of ['a', 'b']) cache.set(key, 1)
    cache.take('a')
    cache.set('c', 1)
    assert.deepEqual(cache.keys(), ['b', 'c'])
    for (const key of ['b', 'c']) cache.take(key)
    assert.equal(cache.getStats().weight, 0)
    assert.equal(cache.getStats().evictions, 0)
  })

  test('the others stay, in their order', () => {
    const { cache } = open()
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    cache.take('b')
    assert.deepEqual(cache.entries(), [
      ['a', 'a'],
      ['c', 'c'],
    ])
  })

  test('what is written again after it begins anew', () => {
    const { cache } = open({ ttl: 100 })
    cache.set('key', 1, 10)
    cache.take('key')
    cache.set('key', 2)
    assert.equal(cache.getRemainingTTL('key'), 100)
    clock.advance(11)
    assert.equal(cache.get('key'), 2)
  })

  test('nothing is there to take after clear', () => {
    const { cache } = open()
    cache.set('key', 1)
    cache.clear()
    assert.equal(cache.take('key'), undefined)
  })

  test('keys are any strings', () => {
    const { cache } = open()
    for (const key of KEYS) cache.set(key, key)
    for (const key of KEYS) assert.equal(cache.take(key), key)
    for (const key of KEYS) assert.equal(cache.take(key), undefined)
    assert.deepEqual(cache.keys(), [])
  })

  test('a key that is not a string is refused, and nothing changes', async () => {
    const { cache, events } = open()
    cache.set('key', 1)
    const before = seen(cache, ['key'])
    await events()
    for (const key of NOT_STRINGS) {
      assert.match(
        refusal(() => cache.take(key)),
        /^take: key must be a string, received /,
      )
    }
    assert.deepEqual(seen(cache, ['key']), before)
    assert.deepEqual(await events(), [])
  })
})

describe('take in particular', () => {
  withClock()

  test('onHit meets a cache that has the entry no more', () => {
    let met
    const cache = openWithHook('onHit', (inner, { key }) => (met = [inner.has(key), inner.size()]))
    cache.set('key', 1)
    cache.take('key')
    assert.deepEqual(met, [false, 0])
  })

  test('a hook that takes the same key finds nothing: a value is taken once', () => {
    for (const name of ['onHit', 'onDelete']) {
      const taken = []
      const cache = openWithHook(name, (inner, { key }) => taken.push(inner.take(key)))
      cache.set('key', 1)
      assert.equal(cache.take('key'), 1)
      assert.deepEqual(taken, [undefined])
    }
  })

  test('what a hook writes under the key stays', () => {
    for (const name of ['onHit', 'onDelete', 'onExpire', 'onMiss']) {
      const cache = openWithHook(name, (inner, { key }) => inner.set(key, 'new', 70), { ttl: 10 })
      cache.set('key', 'old')
      if (name === 'onExpire') clock.advance(11)
      const isThere = name === 'onHit' || name === 'onDelete'
      assert.equal(cache.take(name === 'onMiss' ? 'none' : 'key'), isThere ? 'old' : undefined)
      assert.deepEqual(
        cache.values().filter((value) => value === 'new'),
        ['new'],
      )
      assert.equal(cache.getRemainingTTL(name === 'onMiss' ? 'none' : 'key'), 70)
    }
  })

  test('a hook that throws does not keep the value from its caller', () => {
    for (const name of ['onHit', 'onDelete']) {
      const cache = openWithHook(name, () => {
        throw new Error('hook')
      })
      cache.set('key', 1)
      assert.equal(cache.take('key'), 1)
      assert.equal(cache.size(), 0)
    }
  })

  test('every hook can take other entries', () => {
    for (const name of ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']) {
      const taken = []
      const cache = openWithHook(name, (inner) => taken.push(inner.take('other')), {
        maxSize: 3,
        ttl: 50,
      })
      cache.set('key', 1, 10)
      if (name !== 'onSet') cache.set('other', 2)
      if (name === 'onHit') cache.get('key')
      if (name === 'onMiss') cache.get('none')
      if (name === 'onDelete') cache.delete('key')
      if (name === 'onExpire') {
        clock.advance(11)
        cache.prune()
      }
      if (name === 'onEvict') for (const key of ['c', 'd']) cache.set(key, 3)
      if (name === 'onSet') cache.set('other', 2)
      assert.ok(taken.includes(2), name)
      assert.equal(cache.has('other'), false)
    }
  })

  test('an object comes out as it is, and out of a proxy that wraps as that proxy would give it', () => {
    const value = {}
    const bare = new MemoryCache()
    bare.set('key', value)
    assert.equal(bare.take('key'), value)
    const wrapped = reactive(bare)
    bare.set('key', value)
    const expected = wrapped.get('key')
    assert.equal(wrapped.take('key'), expected)
    assert.notEqual(expected, value)
  })

  test('the look of others through a proxy is told of the change', () => {
    const writes = []
    const cache = reactive(new MemoryCache(), {
      onWrite: (_target, property) => writes.push(property),
    })
    cache.set('key', 1)
    writes.length = 0
    cache.take('key')
    assert.ok(writes.includes('changes'))
  })

  test('a cache of ttl 0 reads no clock for it', () => {
    const cache = new MemoryCache({ ttl: 0 })
    cache.set('key', 1)
    assert.equal(
      clock.readsDuring(() => cache.take('key')),
      0,
    )
  })

  test('a fetch that is under way stores its value after the take', async () => {
    const cache = new MemoryCache()
    let resolve
    const fetching = cache.getOrSet('key', () => new Promise((done) => (resolve = done)))
    assert.equal(cache.take('key'), undefined)
    resolve('fetched')
    await fetching
    assert.equal(cache.take('key'), 'fetched')
  })
})

test('take goes by the genuine clock where that is in force', () => {
  for (const ttl of [0, 1_000_000]) {
    const cache = new MemoryCache({ ttl })
    cache.set('long', 1, 500_000)
    cache.set('short', 2, 1)
    spin(3)
    assert.equal(cache.take('long'), 1)
    assert.equal(cache.take('short'), undefined)
    assert.deepEqual(counters(cache.getStats()), [1, 1, 0, 1])
  }
})

test('a value that was taken is released', async () => {
  for (const hooks of [undefined, { onHit() {} }]) {
    const cache = new MemoryCache({ hooks })
    const reference = (() => {
      cache.set('key', {})
      return new WeakRef(cache.take('key'))
    })()
    await untilCollected(() => reference.deref() === undefined)
    assert.equal(cache.size(), 0)
  }
})
