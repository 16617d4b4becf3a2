// Contract of maxWeight and sizeCalculation: how weights are measured, summed and bounded, and what happens to
// values that are too heavy or weigh nonsense. Eviction by count is in lru.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, eachImplementation, recorder } from './support.mjs'

const own = (value) => value
const bytes = (value) => new TextEncoder().encode(JSON.stringify(value)).byteLength
const weightOf = (cache) => cache.getStats().weight

eachImplementation('weights', ({ MemoryCache }) => {
  const weighted = (options) => new MemoryCache({ maxSize: 0, sizeCalculation: own, ...options })

  test('the aggregate weight is the sum of what sizeCalculation returned', () => {
    const cache = weighted({ maxWeight: 100 })
    cache.set('a', 10)
    cache.set('b', 32)
    assert.equal(weightOf(cache), 42)
    cache.delete('a')
    assert.equal(weightOf(cache), 32)
  })

  test('least recently used entries go until the new one fits', () => {
    const cache = weighted({ maxWeight: 10 })
    for (const key of ['a', 'b', 'c']) cache.set(key, 3)
    cache.get('a')
    cache.set('d', 6)
    assert.deepEqual(cache.keys(), ['a', 'd'])
    assert.equal(weightOf(cache), 9)
    assert.equal(cache.getStats().evictions, 2)
  })

  test('a total of exactly maxWeight fits', () => {
    const cache = weighted({ maxWeight: 10 })
    cache.set('a', 4)
    cache.set('b', 6)
    assert.deepEqual(cache.keys(), ['a', 'b'])
    cache.set('c', 10)
    assert.deepEqual(cache.keys(), ['c'])
  })

  test('maxSize still defaults to 100 and both limits hold together', () => {
    const byDefault = new MemoryCache({ maxWeight: 1_000, sizeCalculation: () => 1 })
    for (let i = 0; i < 150; i++) byDefault.set(`key ${i}`, i)
    assert.equal(byDefault.size(), 100)

    const both = weighted({ maxSize: 3, maxWeight: 10 })
    for (const key of ['a', 'b', 'c', 'd']) both.set(key, 1)
    assert.deepEqual(both.keys(), ['b', 'c', 'd'])
    both.set('e', 9)
    assert.deepEqual(both.keys(), ['d', 'e'])
  })

  test('sizeCalculation receives value and key, once per set, with the cache as this', () => {
    const calls = []
    const cache = new MemoryCache({
      maxWeight: 10,
      sizeCalculation(...args) {
        calls.push([this, ...args])
        return 1
      },
    })
    const value = { some: 'value' }
    cache.set('a', value)
    cache.set('a', undefined)
    assert.equal(calls.length, 2)
    assert.equal(calls[0][0], cache)
    assert.deepEqual(calls[0].slice(1), [value, 'a'])
    assert.equal(calls[0][1], value)
    assert.deepEqual(calls[1].slice(1), [undefined, 'a'])
  })

  test('sizeCalculation is called by set alone', async () => {
    let calls = 0
    const cache = new MemoryCache({ maxWeight: 10, sizeCalculation: () => ++calls && 1 })
    cache.set('a', 1)
    cache.get('a')
    cache.has('a')
    await cache.getOrSet('a', () => assert.fail('the key is cached'))
    cache.entries()
    cache.getStats()
    cache.prune()
    cache.delete('a')
    cache.clear()
    assert.equal(calls, 1)
  })

  test('without maxWeight sizeCalculation is never called and everything weighs 0', () => {
    for (const maxWeight of [undefined, 0]) {
      const cache = new MemoryCache({
        maxWeight,
        sizeCalculation: () => assert.fail('weights are disabled'),
      })
      cache.set('a', 1)
      assert.equal(weightOf(cache), 0)
    }
  })

  test('sizeCalculation is taken at construction', () => {
    const options = { maxWeight: 10, sizeCalculation: () => 2 }
    const cache = new MemoryCache(options)
    options.sizeCalculation = () => 9
    cache.set('a', 1)
    assert.equal(weightOf(cache), 2)
  })

  test('sizeCalculation sees the cache as it was before the write', () => {
    const seen = []
    const cache = new MemoryCache({
      maxSize: 1,
      maxWeight: 10,
      sizeCalculation() {
        seen.push(this.entries())
        return 1
      },
    })
    cache.set('a', 1)
    cache.set('a', 2)
    cache.set('b', 3)
    assert.deepEqual(seen, [[], [['a', 1]], [['a', 2]]])
  })

  test('a sizeCalculation that deletes the key makes the write a first write', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({
      maxWeight: 10,
      hooks,
      sizeCalculation(value, key) {
        this.delete(key)
        return value
      },
    })
    cache.set('a', 1)
    cache.set('a', 2)
    assert.deepEqual(take(), [
      ['onSet', { key: 'a', value: 1, isUpdate: false }],
      ['onDelete', { key: 'a', value: 1, source: 'delete' }],
      ['onSet', { key: 'a', value: 2, isUpdate: false }],
    ])
    assert.equal(weightOf(cache), 2)
  })

  for (const [label, wrong] of [
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['a negative number', -1],
    ['the least negative number', -Number.MIN_VALUE],
    ['undefined', undefined],
    ['null', null],
    ['a numeric string', '5'],
    ['a boolean', true],
    ['a bigint', 5n],
    ['an object', {}],
  ]) {
    test(`a weight of ${label} throws RangeError and changes nothing`, () => {
      const { hooks, take } = recorder()
      const weights = { a: 2, b: 3 }
      const cache = new MemoryCache({
        maxSize: 2,
        maxWeight: 10,
        ttl: 100,
        hooks,
        sizeCalculation: (_value, key) => weights[key],
      })
      cache.set('a', 'A')
      cache.set('b', 'B')
      clock.advance(50)
      take()
      weights.a = wrong
      weights.c = wrong
      const error = {
        name: 'RangeError',
        message: 'sizeCalculation must return a finite, non-negative number',
      }
      assert.throws(() => cache.set('a', 'new'), error)
      assert.throws(() => cache.set('c', 'new'), error)
      assert.throws(() => cache.set('c', 'new'), RangeError)
      assert.deepEqual(take(), [])
      assert.deepEqual(cache.entries(), [
        ['a', 'A'],
        ['b', 'B'],
      ])
      assert.equal(weightOf(cache), 5)
      clock.advance(51)
      assert.equal(cache.prune(), 2)
    })
  }

  test('what sizeCalculation throws reaches the caller of set and changes nothing', () => {
    const failure = new Error('cannot weigh')
    const { hooks, take } = recorder()
    let fail = false
    const cache = new MemoryCache({
      maxWeight: 10,
      hooks,
      sizeCalculation: () => {
        if (fail) throw failure
        return 1
      },
    })
    cache.set('a', 'A')
    take()
    fail = true
    for (const key of ['a', 'b']) {
      assert.throws(
        () => cache.set(key, 'new'),
        (thrown) => thrown === failure,
      )
    }
    assert.deepEqual(take(), [])
    assert.deepEqual(cache.entries(), [['a', 'A']])
  })

  test('weightless entries are never in the way', () => {
    const cache = weighted({ maxWeight: 1 })
    for (const weight of [0, -0, 0]) cache.set(`weight ${cache.size()}`, weight)
    cache.set('full', 1)
    assert.equal(cache.size(), 4)
    assert.equal(weightOf(cache), 1)
  })

  test('a new value heavier than maxWeight is not stored and disturbs nobody', () => {
    const { hooks, take } = recorder()
    const cache = weighted({ maxWeight: 10, ttl: 100, hooks })
    cache.set('stale', 5)
    clock.advance(101)
    take()
    assert.equal(cache.set('heavy', 11), undefined)
    assert.deepEqual(take(), [])
    assert.equal(cache.has('heavy'), false)
    assert.equal(cache.getStats().evictions, 0)
  })

  test('an overweight value reads no clock', () => {
    const cache = weighted({ maxWeight: 10, ttl: 100 })
    cache.set('a', 1)
    assert.equal(
      clock.readsDuring(() => cache.set('b', 11)),
      0,
    )
    assert.equal(
      clock.readsDuring(() => cache.set('a', 11)),
      0,
    )
  })

  test('replacing an entry by an overweight value evicts the old one', () => {
    const { hooks, take } = recorder()
    const cache = weighted({ maxWeight: 10, hooks })
    cache.set('a', 5)
    cache.set('b', 2)
    take()
    cache.set('a', 11)
    assert.deepEqual(take(), [['onEvict', { key: 'a', value: 5 }]])
    assert.deepEqual(cache.entries(), [['b', 2]])
    const { evictions, weight } = cache.getStats()
    assert.deepEqual({ evictions, weight }, { evictions: 1, weight: 2 })
  })

  test('an expired entry replaced by an overweight value counts as evicted, not expired', () => {
    const { hooks, take } = recorder()
    const cache = weighted({ maxWeight: 10, ttl: 100, hooks })
    cache.set('a', 5)
    clock.advance(101)
    take()
    cache.set('a', 11)
    assert.deepEqual(take(), [['onEvict', { key: 'a', value: 5 }]])
    const { evictions, expirations } = cache.getStats()
    assert.deepEqual({ evictions, expirations }, { evictions: 1, expirations: 0 })
  })

  test('overwriting replaces the weight', () => {
    const cache = weighted({ maxWeight: 10 })
    cache.set('a', 5)
    cache.set('b', 2)
    cache.set('a', 8)
    assert.equal(weightOf(cache), 10)
    assert.equal(cache.size(), 2)
    cache.set('a', 1)
    assert.equal(weightOf(cache), 3)
  })

  test('a heavier overwrite evicts others, never the entry itself, even if it was used least recently', () => {
    const { hooks, take } = recorder()
    const cache = weighted({ maxWeight: 10, hooks })
    for (const key of ['a', 'b', 'c']) cache.set(key, 3)
    take()
    cache.set('a', 6)
    assert.deepEqual(take(), [
      ['onEvict', { key: 'b', value: 3 }],
      ['onSet', { key: 'a', value: 6, isUpdate: true }],
    ])
    assert.deepEqual(cache.keys(), ['c', 'a'])
    assert.equal(weightOf(cache), 9)
  })

  test('an overwrite that needs room prunes first, and then may find its own entry expired', () => {
    const { hooks, take } = recorder()
    const cache = weighted({ maxWeight: 10, ttl: 100, hooks })
    cache.set('a', 4)
    clock.advance(60)
    cache.set('b', 6)
    clock.advance(41)
    take()
    cache.set('a', 5)
    assert.deepEqual(take(), [
      ['onExpire', { key: 'a', value: 4, source: 'prune' }],
      ['onEvict', { key: 'b', value: 6 }],
      ['onSet', { key: 'a', value: 5, isUpdate: false }],
    ])
  })

  test('every way out of the cache takes the weight along', async () => {
    const cache = weighted({ maxWeight: 100, ttl: 100 })
    cache.set('anchor', 1)
    const fill = () => cache.set('key', 7)
    for (const remove of [
      () => cache.delete('key'),
      () => cache.deleteAsync('key'),
      () => cache.deleteByPrefix('k'),
      () => cache.deleteByMagicString('k*'),
      () => cache.set('key', 101),
    ]) {
      fill()
      assert.equal(weightOf(cache), 8)
      await remove()
      assert.equal(weightOf(cache), 1)
    }
    for (const expire of [() => cache.get('key'), () => cache.has('key'), () => cache.prune()]) {
      fill()
      clock.advance(101)
      cache.set('anchor', 1)
      expire()
      assert.equal(weightOf(cache), 1)
    }
    cache.clear()
    assert.equal(weightOf(cache), 0)
  })

  test('fractions add up exactly as JavaScript adds them', () => {
    const cache = weighted({ maxWeight: 10 })
    cache.set('a', 0.1)
    cache.set('b', 0.2)
    assert.equal(weightOf(cache), 0.1 + 0.2)
    cache.set('c', 0.7)
    assert.equal(weightOf(cache), 0.1 + 0.2 + 0.7)
    cache.delete('a')
    assert.equal(weightOf(cache), 0.1 + 0.2 + 0.7 - 0.1)
    cache.set('b', 0.3)
    assert.equal(weightOf(cache), 0.1 + 0.2 + 0.7 - 0.1 - 0.2 + 0.3)
  })

  test('the limit is compared with the sum as JavaScript computes it', () => {
    const cache = weighted({ maxWeight: 0.6 })
    cache.set('a', 0.1)
    cache.set('b', 0.2)
    cache.set('c', 0.3)
    assert.deepEqual(cache.keys(), ['b', 'c'])
    assert.equal(weightOf(cache), 0.1 + 0.2 - 0.1 + 0.3)
  })

  test('whether an overwrite fits is judged by the sum less the old weight plus the new, in that order', () => {
    const fits = 0.1 + 0.2 - 0.2 + 0.3
    assert.ok(fits < 0.1 + 0.2 + 0.3 - 0.2)
    const cache = weighted({ maxWeight: fits })
    cache.set('a', 0.1)
    cache.set('b', 0.2)
    cache.set('b', 0.3)
    assert.deepEqual(cache.keys(), ['a', 'b'])
    assert.equal(weightOf(cache), fits)
  })

  test('an emptied cache weighs exactly 0, whatever rounding left behind', () => {
    const cache = weighted({ maxWeight: 10 })
    cache.set('a', 0.1)
    cache.set('b', 0.2)
    cache.delete('a')
    assert.notEqual(weightOf(cache), 0.2)
    cache.delete('b')
    assert.ok(Object.is(weightOf(cache), 0))
  })

  test('overwriting the only entry starts the sum afresh', () => {
    const cache = weighted({ maxWeight: 10 })
    cache.set('a', 0.1)
    cache.set('b', 0.2)
    cache.delete('a')
    cache.set('b', 1e-17)
    assert.equal(weightOf(cache), 1e-17)
  })

  test('maxWeight Infinity counts and never evicts', () => {
    const cache = weighted({ maxWeight: Infinity })
    cache.set('a', Number.MAX_VALUE)
    cache.set('b', 1)
    assert.equal(cache.size(), 2)
    assert.equal(weightOf(cache), Number.MAX_VALUE)
  })

  test('a fractional maxWeight is compared as it is', () => {
    const cache = weighted({ maxWeight: 2.5 })
    cache.set('a', 1)
    cache.set('b', 1.5)
    assert.equal(cache.size(), 2)
    cache.set('c', 0.25)
    assert.deepEqual(cache.keys(), ['b', 'c'])
  })

  test('serialized bytes can bound a cache', () => {
    const cache = new MemoryCache({ maxSize: 0, maxWeight: 64, sizeCalculation: bytes })
    cache.set('a', { name: 'é'.repeat(10) })
    assert.equal(weightOf(cache), bytes({ name: 'é'.repeat(10) }))
    cache.set('b', 'x'.repeat(40))
    assert.deepEqual(cache.keys(), ['b'])
  })
})
