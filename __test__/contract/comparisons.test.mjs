// Contract of caches in the hands of code that compares, copies and prints objects by their properties.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect, isDeepStrictEqual } from 'node:util'
import { METHOD_NAMES, clock, eachImplementation, native, recorder } from './support.mjs'

eachImplementation('comparisons', ({ MemoryCache }) => {
  const filled = (options, ...entries) => {
    const cache = new MemoryCache(options)
    for (const [key, value] of entries) cache.set(key, value)
    return cache
  }

  test('a cache is equal to itself', () => {
    const cache = filled({}, ['a', 1])
    assert.deepEqual(cache, cache)
  })

  test('new caches with equal options are equal', () => {
    const { hooks } = recorder()
    for (const options of [undefined, {}, { maxSize: 5, ttl: 0 }, { hooks }]) {
      assert.deepEqual(new MemoryCache(options), new MemoryCache(options))
      assert.deepEqual([{ cache: new MemoryCache(options) }], [{ cache: new MemoryCache(options) }])
    }
  })

  test('caches with equal entries are equal', () => {
    const entries = [
      ['a', { b: [1] }],
      ['c', undefined],
    ]
    assert.deepEqual(filled({}, ...entries), filled({}, ...structuredClone(entries)))
  })

  test('a cache that holds itself, or another that holds it, is compared and printed', () => {
    const circular = () => {
      const [one, other] = [new MemoryCache(), new MemoryCache()]
      one.set('other', other)
      one.set('self', one)
      other.set('one', one)
      return one
    }
    assert.deepEqual(circular(), circular())
    assert.ok(inspect(circular()).length > 0)
  })

  test('caches with different entries, statistics or options are not equal', () => {
    const pairs = {
      'one is empty': [filled({}, ['a', 1]), filled({})],
      'another value': [filled({}, ['a', 1]), filled({}, ['a', 2])],
      'a value deep within': [filled({}, ['a', { b: [1] }]), filled({}, ['a', { b: [2] }])],
      'another key': [filled({}, ['a', 1]), filled({}, ['b', 1])],
      'one entry more': [filled({}, ['a', 1]), filled({}, ['a', 1], ['b', 1])],
      'undefined and absent': [filled({}, ['a', undefined]), filled({}, ['b', undefined])],
      maxSize: [filled({ maxSize: 1 }), filled({ maxSize: 2 })],
      ttl: [filled({ ttl: 1 }), filled({ ttl: 2 })],
      maxWeight: [
        filled({ maxWeight: 1, sizeCalculation: Number }),
        filled({ maxWeight: 2, sizeCalculation: Number }),
      ],
      sizeCalculation: [
        filled({ maxWeight: 1, sizeCalculation: Number }),
        filled({ maxWeight: 1, sizeCalculation: () => 1 }),
      ],
      hooks: [filled({ hooks: recorder().hooks }), filled({ hooks: recorder().hooks })],
      statistics: [filled({}), filled({})],
    }
    pairs.statistics[0].get('absent')
    for (const [what, [one, other]] of Object.entries(pairs)) {
      assert.equal(isDeepStrictEqual(one, other), false, what)
      assert.notDeepEqual([one], [other], what)
    }
  })

  test('a comparison counts nothing, removes nothing and changes no order', () => {
    const { hooks, take } = recorder()
    const make = () => filled({ ttl: 100, maxSize: 2, hooks }, ['a', 1], ['b', 2])
    const [one, other] = [make(), make()]
    take()
    clock.advance(101)
    assert.deepEqual(one, other)
    assert.deepEqual(take(), [])
    clock.advance(-101)
    assert.deepEqual(one.keys(), ['a', 'b'])
    assert.deepEqual(one.getStats(), { ...one.getStats(), hits: 0, misses: 0, expirations: 0 })
  })

  test('properties of the user’s own are compared, too', () => {
    const labelled = (label) => Object.assign(new MemoryCache(), { label })
    assert.deepEqual(labelled('a'), labelled('a'))
    assert.notDeepEqual(labelled('a'), labelled('b'))
  })
})

test('a cache has no properties with names, is JSON of none and prints in one line', () => {
  const cache = new native.MemoryCache()
  for (let i = 0; i < 100; i++) cache.set(`key ${i}`, { i })
  assert.deepEqual(Object.getOwnPropertyNames(cache), [])
  assert.equal(JSON.stringify(cache), '{}')
  assert.match(inspect(cache), /^MemoryCache \{ size: 100, .* \}$/)
})

test('caches that deliver hooks or check differently are not equal, none and empty hooks are', () => {
  const cache = new native.MemoryCache()
  assert.notDeepEqual(new native.MemoryCache({ hookDelivery: 'deferred' }), cache)
  assert.notDeepEqual(new native.MemoryCache({ checkInterval: 60_000 }), cache)
  assert.deepEqual(new native.MemoryCache({ hooks: {} }), cache)
})

test('a clone that copies functions and hidden properties too changes nothing of the original', () => {
  const copied = (object, depth) => {
    if (typeof object !== 'object' || object === null || depth === 0) return object
    const copy = Object.create(Object.getPrototypeOf(object))
    for (const name of Reflect.ownKeys(object)) {
      const descriptor = Object.getOwnPropertyDescriptor(object, name)
      if ('value' in descriptor) descriptor.value = copied(descriptor.value, depth - 1)
      Object.defineProperty(copy, name, descriptor)
    }
    return copy
  }
  const cache = new native.MemoryCache()
  cache.set('a', 1)
  const clone = copied(cache, 3)
  for (const call of [() => clone.set('b', 2), () => clone.delete('a'), () => clone.get('a')]) {
    assert.throws(call, TypeError)
  }
  assert.deepEqual(cache.keys(), ['a'])
})

test('a copy of a cache’s properties throws one clear error from every method', async () => {
  const cache = new native.MemoryCache()
  cache.set('key', 'value')
  const copy = Object.assign(Object.create(native.MemoryCache.prototype), cache)
  for (const method of [
    ...METHOD_NAMES,
    'flushHooks',
    'forEach',
    'scan',
    'resize',
    'getMetrics',
    'close',
  ]) {
    const call = () =>
      method === 'forEach' ? copy.forEach(() => {}) : copy[method]('key', () => 1)
    const expected = { name: 'TypeError', message: /a MemoryCache cannot be cloned/ }
    const isAsync = ['getOrSet', 'deleteAsync', 'flushHooks'].includes(method)
    if (isAsync) await assert.rejects(call, expected)
    else assert.throws(call, expected, String(method))
  }
  assert.deepEqual(cache.entries(), [['key', 'value']])
})
