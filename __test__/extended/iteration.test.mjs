// Walks over the entries of a MemoryCache: its iterator and forEach. What `entries` lists, and in
// which order, is in ../contract/introspection.test.mjs.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { clock, recorder, withClock } from '../contract/support.mjs'

const filled = (options, ...keys) => {
  const cache = new MemoryCache(options)
  for (const key of keys) cache.set(key, `value of ${key}`)
  return cache
}

const walked = (cache) => {
  const calls = []
  cache.forEach((value, key) => calls.push([key, value]))
  return calls
}

describe('iterator and forEach of MemoryCache', () => {
  withClock()

  test('both walk over what entries lists, least recently used first', () => {
    const cache = filled({}, 'a', 'b', '__proto__', '\ud800', '')
    cache.get('a')
    const expected = cache.entries()
    assert.deepEqual([...cache], expected)
    assert.deepEqual(walked(cache), expected)
    assert.deepEqual(new Map(cache), new Map(expected))
    assert.deepEqual([...cache.keys()], ['b', '__proto__', '\ud800', '', 'a'])
  })

  test('an undefined value is walked over like any other', () => {
    const cache = new MemoryCache()
    cache.set('a', undefined)
    assert.deepEqual([...cache], [['a', undefined]])
    assert.deepEqual(walked(cache), [['a', undefined]])
  })

  test('both prune first, through a replaced prune, and count and promote nothing', () => {
    const { hooks, take } = recorder()
    const cache = filled({ ttl: 100, hooks }, 'old')
    clock.advance(101)
    cache.set('new', 1)
    take()
    assert.deepEqual([...cache], [['new', 1]])
    assert.deepEqual(
      take().map(([hook]) => hook),
      ['onExpire'],
    )
    cache.set('newer', 2)
    take()
    walked(cache)
    assert.deepEqual(take(), [])
    assert.deepEqual(cache.keys(), ['new', 'newer'])
    const { hits, misses } = cache.getStats()
    assert.deepEqual([hits, misses], [0, 0])
    let pruned = 0
    cache.prune = () => ++pruned
    walked(cache)
    assert.deepEqual([[...cache].length, pruned], [2, 2])
  })

  test('forEach calls with value, key and cache, and thisArg as this', () => {
    const cache = filled({}, 'a')
    const thisArg = {}
    const calls = []
    const callback = function (...args) {
      calls.push([this, ...args])
      return false
    }
    assert.equal(cache.forEach(callback, thisArg), undefined)
    cache.forEach(callback)
    assert.deepEqual(calls, [
      [thisArg, 'value of a', 'a', cache],
      [undefined, 'value of a', 'a', cache],
    ])
    assert.equal(calls[0][3], cache)
  })

  test('the entries are those at the call, whatever is done meanwhile', () => {
    const cache = filled({}, 'a', 'b')
    const iterator = cache[Symbol.iterator]()
    cache.set('c', 1)
    cache.delete('a')
    assert.deepEqual(
      [...iterator].map(([key]) => key),
      ['a', 'b'],
    )
    const seen = []
    cache.forEach((_value, key, same) => {
      seen.push(key)
      same.clear()
      same.set(`after ${key}`, 1)
    })
    assert.deepEqual(seen, ['b', 'c'])
    assert.deepEqual(cache.keys(), ['after c'])
  })

  test('what a callback throws is passed on and ends the walk', () => {
    const cache = filled({}, 'a', 'b')
    let calls = 0
    assert.throws(
      () =>
        cache.forEach(() => {
          calls += 1
          throw new RangeError('enough')
        }),
      { name: 'RangeError', message: 'enough' },
    )
    assert.equal(calls, 1)
    assert.equal(cache.size(), 2)
  })

  test('a callback that is no function is refused before anything is pruned, as by the caller', () => {
    const { hooks, take } = recorder()
    const cache = filled({ ttl: 100, hooks }, 'a')
    clock.advance(101)
    take()
    for (const [callback, type] of [
      [undefined, 'undefined'],
      [null, 'null'],
      ['key', 'string'],
      [{}, 'object'],
      [[], 'array'],
    ]) {
      const message = `forEach: callback must be a function, received ${type}`
      assert.throws(
        () => cache.forEach(callback),
        (error) => {
          assert.deepEqual([error.name, error.message], ['TypeError', message])
          assert.match(error.stack.split('\n')[1], /iteration\.test\.mjs/)
          return true
        },
      )
    }
    assert.deepEqual(take(), [])
  })

  test('both work inside a hook and after clear', () => {
    const seen = []
    const cache = new MemoryCache({
      hooks: { onSet: ({ key }) => seen.push([key, [...cache].length, walked(cache).length]) },
    })
    cache.set('a', 1)
    cache.set('b', 1)
    assert.deepEqual(seen, [
      ['a', 1, 1],
      ['b', 2, 2],
    ])
    cache.clear()
    assert.deepEqual([[...cache], walked(cache)], [[], []])
  })

  test('behind a proxy that wraps, both hand out wrapped values and that proxy', () => {
    const value = {}
    const cache = new MemoryCache()
    cache.set('a', value)
    const proxy = reactive(cache)
    const [[, seen]] = proxy
    assert.equal(seen, proxy.get('a'))
    assert.notEqual(seen, value)
    proxy.forEach((wrapped, _key, same) => {
      assert.equal(wrapped, seen)
      assert.equal(same, proxy)
    })
    assert.deepEqual([...new Proxy(cache, {})], [['a', value]])
  })

  test('an overridden entries changes neither', () => {
    class Silent extends MemoryCache {
      entries() {
        return []
      }
    }
    const cache = new Silent()
    cache.set('a', 1)
    assert.deepEqual([[...cache], walked(cache)], [[['a', 1]], [['a', 1]]])
  })

  test('both are methods as others: on the prototype, not enumerable, and refuse other objects', () => {
    for (const [name, length] of [
      [Symbol.iterator, 0],
      ['forEach', 1],
    ]) {
      const descriptor = Object.getOwnPropertyDescriptor(MemoryCache.prototype, name)
      assert.deepEqual(
        [descriptor.enumerable, descriptor.writable, descriptor.configurable],
        [false, true, true],
      )
      assert.equal(descriptor.value.length, length)
      for (const receiver of [undefined, {}, 'text']) {
        assert.throws(() => descriptor.value.call(receiver, () => {}), TypeError)
      }
    }
  })
})
