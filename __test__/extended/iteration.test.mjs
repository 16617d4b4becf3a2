// Walks over the entries of a MemoryCache: forEach, and that there is no iterator. What `entries` lists, and in
// which order, is in ../contract/introspection.test.mjs.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { clock, recorder, withClock } from '../contract/support.mjs'

// What comes with jest.
const require = createRequire(import.meta.url)
const { expect } = createRequire(require.resolve('jest'))('expect')

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

describe('forEach of MemoryCache', () => {
  withClock()

  test('it walks over what entries lists, least recently used first', () => {
    const cache = filled({}, 'a', 'b', '__proto__', '\ud800', '')
    cache.get('a')
    const expected = cache.entries()
    assert.deepEqual(walked(cache), expected)
    assert.deepEqual([...cache.keys()], ['b', '__proto__', '\ud800', '', 'a'])
  })

  test('an undefined value is walked over like any other', () => {
    const cache = new MemoryCache()
    cache.set('a', undefined)
    assert.deepEqual(walked(cache), [['a', undefined]])
  })

  test('it prunes first, through a replaced prune, and counts and promotes nothing', () => {
    const { hooks, take } = recorder()
    const cache = filled({ ttl: 100, hooks }, 'old')
    clock.advance(101)
    cache.set('new', 1)
    take()
    assert.deepEqual(walked(cache), [['new', 1]])
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
    assert.deepEqual([walked(cache).length, pruned], [2, 1])
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
    cache.set('c', 1)
    cache.delete('a')
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

  test('it works inside a hook and after clear', () => {
    const seen = []
    const cache = new MemoryCache({
      hooks: { onSet: ({ key }) => seen.push([key, walked(cache).length]) },
    })
    cache.set('a', 1)
    cache.set('b', 1)
    assert.deepEqual(seen, [
      ['a', 1],
      ['b', 2],
    ])
    cache.clear()
    assert.deepEqual(walked(cache), [])
  })

  test('behind a proxy that wraps, it hands out wrapped values and that proxy', () => {
    const value = {}
    const cache = new MemoryCache()
    cache.set('a', value)
    const proxy = reactive(cache)
    const seen = proxy.get('a')
    assert.notEqual(seen, value)
    proxy.forEach((wrapped, _key, same) => {
      assert.equal(wrapped, seen)
      assert.equal(same, proxy)
    })
    assert.deepEqual(walked(new Proxy(cache, {})), [['a', value]])
  })

  test('an overridden entries does not change it', () => {
    class Silent extends MemoryCache {
      entries() {
        return []
      }
    }
    const cache = new Silent()
    cache.set('a', 1)
    assert.deepEqual(walked(cache), [['a', 1]])
  })

  test('it is a method as others: on the prototype, not enumerable, and refuses other objects', () => {
    const descriptor = Object.getOwnPropertyDescriptor(MemoryCache.prototype, 'forEach')
    const { enumerable, writable, configurable, value } = descriptor
    assert.deepEqual([enumerable, writable, configurable], [false, true, true])
    assert.equal(value.length, 1)
    for (const receiver of [undefined, {}, 'text']) {
      assert.throws(() => value.call(receiver, () => {}), TypeError)
    }
  })

  // See docs/reference/differences.md, D9: what can be iterated over is compared by doing so.
  test('equal caches are equal for jest, which changes neither, and different ones are not', () => {
    const { hooks, take } = recorder()
    const [one, other] = [filled({ ttl: 100, hooks }, 'a'), filled({ ttl: 100, hooks }, 'a')]
    clock.advance(101)
    take()
    expect(one).toEqual(other)
    expect(one).toStrictEqual(other)
    assert.deepEqual(take(), [])
    expect(one).not.toEqual(filled({ ttl: 100, hooks }, 'b'))
    expect(one).not.toEqual(filled({ ttl: 200, hooks }, 'a'))
    assert.equal(one[Symbol.iterator], undefined)
  })
})
