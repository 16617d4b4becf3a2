// Every deliberate difference from the published package, one test each, with both behaviours asserted side by side.
// Whatever is not here is the same in both and belongs in the spec of its area.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { reactive } from './membranes.mjs'
import { HOOK_NAMES, clock, native, published, recorder, withClock } from './support.mjs'

const NOT_STRINGS = [
  [undefined, 'undefined'],
  [null, 'null'],
  [42, 'number'],
  [NaN, 'number'],
  [true, 'boolean'],
  [10n, 'bigint'],
  [Symbol('key'), 'symbol'],
  [{ toString: () => 'key' }, 'object'],
  [new String('key'), 'object'],
  [['key'], 'array'],
  [() => 'key', 'function'],
]

const LINE_BREAKS = ['\n', '\r', '\r\n', '\u2028', '\u2029']

const KEY_METHODS = ['get', 'has', 'set', 'delete', 'getOrSet', 'deleteAsync']

const unused = () => assert.fail('the fetcher was called')
const sizeCalculation = () => 1

async function refusal(call) {
  try {
    await call()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was refused')
}

/** Asserts that the published package takes the options and that ours refuses them, the decorator too. */
function assertRefused(options, message) {
  assert.ok(new published.MemoryCache(options))
  assert.throws(
    () => new native.MemoryCache(options),
    (error) => {
      assert.ok(error instanceof native.CacheConfigError)
      assert.equal(error.name, 'CacheConfigError')
      assert.match(error.message, message)
      return true
    },
  )
  // There it tells of each result how long it lives.
  if (typeof options?.ttl === 'function') return
  assert.throws(() => native.cached(options), native.CacheConfigError)
}

/** How many keys with a line break in the middle `a*b` removes. */
function acrossLineBreaks({ MemoryCache }) {
  const cache = new MemoryCache()
  for (const lineBreak of LINE_BREAKS) cache.set(`a${lineBreak}b`, 1)
  return cache.deleteByMagicString('a*b')
}

/** What a bulk deletion of k1, k2 and k3 reports and leaves if its hook reacts with a change of the cache. */
function bulkDeletion({ MemoryCache }, [method, argument], react) {
  const deleted = []
  const cache = new MemoryCache({
    hooks: {
      onDelete({ key, value }) {
        deleted.push(`${key}=${value}`)
        react(cache, key, deleted.length)
      },
    },
  })
  for (const key of ['k1', 'k2', 'k3']) cache.set(key, 'old')
  const count = cache[method](argument)
  assert.equal(count, method === 'clear' ? undefined : deleted.length)
  return { deleted, left: cache.keys() }
}

function assertBulkDeletions(react, expected) {
  for (const call of [['clear'], ['deleteByPrefix', 'k'], ['deleteByMagicString', 'k*']]) {
    assert.deepEqual(bulkDeletion(published, call, react), expected.published)
    assert.deepEqual(bulkDeletion(native, call, react), expected.native)
  }
}

/** In which order entries expire if the first is removed and written again within one millisecond. */
function orderAfterRewrite({ MemoryCache }) {
  const { hooks, take } = recorder()
  const cache = new MemoryCache({ ttl: 100, hooks })
  cache.set('a', 1)
  cache.set('b', 1)
  cache.delete('a')
  cache.set('a', 2)
  take()
  clock.advance(101)
  assert.equal(cache.prune(), 2)
  return take().map(([, { key }]) => key)
}

/** How many long expired entries remain after a hook has pruned while the cache pruned. */
function leftAfterNestedPrune({ MemoryCache }) {
  const cache = new MemoryCache({ ttl: 100, hooks: { onExpire: () => cache.size() } })
  cache.set('first', 1)
  clock.advance(50)
  cache.set('second', 2)
  cache.set('third', 3)
  clock.advance(51)
  assert.equal(cache.prune(), 1)
  clock.advance(1_000)
  cache.prune()
  return cache.size()
}

/** How many entries expire the second time if a hook stored the last one again when it expired first. */
function prunedAfterRevival({ MemoryCache }) {
  let revivals = 1
  const cache = new MemoryCache({
    ttl: 100,
    hooks: { onExpire: ({ key }) => revivals-- > 0 && cache.set(key, 'again') },
  })
  cache.set('key', 'once')
  clock.advance(101)
  assert.equal(cache.prune(), 1)
  clock.advance(101)
  return cache.prune()
}

/** How many of two expired entries are pruned if one overwrote an entry from before the clock went back. */
function prunedAfterTheClockWentBack({ MemoryCache }) {
  const cache = new MemoryCache({ ttl: 100 })
  cache.set('a', 1)
  clock.advance(-1_000)
  cache.set('b', 1)
  cache.set('a', 2)
  clock.advance(101)
  return cache.prune()
}

/** How often a cache without ttl reads the clock in four writes and one of everything else. */
async function clockReads({ MemoryCache }, options) {
  const before = clock.reads
  const { hooks } = recorder()
  const cache = new MemoryCache({ maxSize: 2, ttl: 0, hooks, ...options })
  for (const key of ['a', 'b', 'c']) cache.set(key, 1)
  await cache.getOrSet('d', () => 1)
  for (const method of ['get', 'has', 'delete', 'deleteAsync']) await cache[method]('d')
  for (const method of ['size', 'keys', 'values', 'entries', 'getStats', 'prune', 'clear']) {
    cache[method]()
  }
  return clock.reads - before
}

/** What a second getOrSet comes to after the fetcher of the first has thrown. */
async function retryAfterThrow({ MemoryCache }) {
  const cache = new MemoryCache()
  const failing = cache.getOrSet('key', () => {
    throw new Error('at once')
  })
  await assert.rejects(failing, { message: 'at once' })
  const [retried] = await Promise.allSettled([cache.getOrSet('key', () => 'retried')])
  return retried.value ?? retried.reason.message
}

/** A deep copy by properties, as libraries make it. */
function cloneDeep(value) {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [key, cloneDeep(item)]))
  }
  const clone = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value))
  for (const key of Reflect.ownKeys(value)) {
    if (Object.prototype.propertyIsEnumerable.call(value, key)) clone[key] = cloneDeep(value[key])
  }
  return clone
}

function filledLater({ MemoryCache }, milliseconds) {
  const cache = new MemoryCache()
  clock.advance(milliseconds)
  cache.set('key', 'value')
  return cache
}

/** A proxy that lets nothing be changed, without an error. */
function readonly(root) {
  return new Proxy(root, {
    get(target, property, receiver) {
      const value = Reflect.get(target, property, receiver)
      if (value instanceof Map) {
        return { get: (key) => value.get(key), set() {}, delete: () => false, size: value.size }
      }
      return typeof value === 'object' && value !== null ? readonly(value) : value
    },
    set: () => true,
  })
}

describe('deliberate differences', () => {
  withClock()

  test('D1: keys that are not strings are refused; the published package stores them', async () => {
    const lenient = new published.MemoryCache()
    lenient.set(42, 'number')
    assert.equal(lenient.get(42), 'number')
    assert.equal(lenient.get('42'), undefined)

    for (const observed of [false, true]) {
      const { hooks, take } = recorder()
      const cache = new native.MemoryCache(observed ? { hooks } : {})
      cache.set('key', 'value')
      const before = [cache.entries(), cache.getStats()]
      take()
      for (const [wrong, type] of NOT_STRINGS) {
        for (const method of KEY_METHODS) {
          const asynchronous = method === 'getOrSet' || method === 'deleteAsync'
          if (!asynchronous) assert.throws(() => cache[method](wrong, unused), TypeError)
          const error = await refusal(() => cache[method](wrong, unused))
          assert.ok(error instanceof TypeError)
          assert.equal(error.message, `${method}: key must be a string, received ${type}`)
        }
        for (const [method, argument] of [
          ['deleteByPrefix', 'prefix'],
          ['deleteByMagicString', 'pattern'],
        ]) {
          assert.throws(() => cache[method](wrong), {
            name: 'TypeError',
            message: `${method}: ${argument} must be a string, received ${type}`,
          })
        }
      }
      assert.deepEqual([cache.entries(), cache.getStats()], before)
      assert.deepEqual(take(), [])
    }
  })

  test('D2: options of the wrong type are refused; the published package accepts them', () => {
    for (const option of ['maxSize', 'ttl', 'maxWeight']) {
      for (const wrong of ['10', '', 10n, true, false, {}, [], () => 10, new Number(10)]) {
        assertRefused(
          { [option]: wrong, sizeCalculation },
          new RegExp(`^${option} must be a non-negative number, received .`),
        )
      }
    }
    for (const wrong of ['size', 1, {}, true]) {
      assertRefused(
        { maxWeight: 1, sizeCalculation: wrong },
        /^sizeCalculation must be a function, received ./,
      )
      for (const hook of HOOK_NAMES) {
        assertRefused(
          { hooks: { [hook]: wrong } },
          new RegExp(`^hooks.${hook} must be a function, received .`),
        )
      }
    }
    for (const wrong of ['hooks', 1, 1n, true, Symbol('hooks')]) {
      assertRefused({ hooks: wrong }, /^hooks must be an object, received ./)
      assertRefused(wrong, /^options must be an object, received ./)
    }
    for (const falsy of [0, '', false]) {
      assertRefused(falsy, /^options must be an object, received ./)
    }
    assert.throws(() => new published.MemoryCache(null), TypeError)
    assert.throws(() => new native.MemoryCache(null), {
      name: 'CacheConfigError',
      message: 'options must be an object, received null',
    })
    for (const wrong of ['id', 1, {}, true]) {
      assert.equal(typeof published.cached({ keyGenerator: wrong }), 'function')
      assert.throws(() => native.cached({ keyGenerator: wrong }), {
        name: 'CacheConfigError',
        message: /^keyGenerator must be a function, received ./,
      })
    }
  })

  test('D3: a wildcard spans line breaks and matches in linear time; the published one does neither', () => {
    assert.equal(acrossLineBreaks(published), 0)
    assert.equal(acrossLineBreaks(native), LINE_BREAKS.length)

    // The published package backtracks: this pattern and key would keep it busy for the better part of a minute.
    const cache = new native.MemoryCache()
    cache.set('a'.repeat(60), 1)
    const start = performance.now()
    assert.equal(cache.deleteByMagicString(`${'*a'.repeat(8)}b`), 0)
    assert.ok(performance.now() - start < 1_000)
  })

  test('D4: bulk deletions take the keys as they were at the call; the published ones follow what hooks do', () => {
    // A hook that writes other keys. Without the bound the published package would go on for ever.
    assertBulkDeletions((cache, key, calls) => calls <= 4 && cache.set(`${key}+`, 'new'), {
      published: {
        deleted: ['k1=old', 'k2=old', 'k3=old', 'k1+=new', 'k2+=new', 'k3+=new', 'k1++=new'],
        left: [],
      },
      native: { deleted: ['k1=old', 'k2=old', 'k3=old'], left: ['k1+', 'k2+', 'k3+'] },
    })
    // A hook that stores the deleted key again.
    assertBulkDeletions((cache, key, calls) => calls <= 3 && cache.set(key, 'new'), {
      published: {
        deleted: ['k1=old', 'k2=old', 'k3=old', 'k1=new', 'k2=new', 'k3=new'],
        left: [],
      },
      native: { deleted: ['k1=old', 'k2=old', 'k3=old'], left: ['k1', 'k2', 'k3'] },
    })
    // A hook that reads an entry yet to be deleted.
    assertBulkDeletions((cache, key) => key === 'k1' && cache.get('k2'), {
      published: { deleted: ['k1=old', 'k3=old', 'k2=old'], left: [] },
      native: { deleted: ['k1=old', 'k2=old', 'k3=old'], left: [] },
    })
    // A hook that replaces an entry yet to be deleted.
    assertBulkDeletions((cache, key) => key === 'k1' && cache.set('k2', 'new'), {
      published: { deleted: ['k1=old', 'k3=old', 'k2=new'], left: [] },
      native: { deleted: ['k1=old', 'k2=new', 'k3=old'], left: [] },
    })
  })

  test('D5: expiry follows the last write and loses nothing; the published queue can be misled', () => {
    assert.deepEqual(orderAfterRewrite(published), ['a', 'b'])
    assert.deepEqual(orderAfterRewrite(native), ['b', 'a'])

    assert.equal(leftAfterNestedPrune(published), 1)
    assert.equal(leftAfterNestedPrune(native), 0)

    assert.equal(prunedAfterRevival(published), 0)
    assert.equal(prunedAfterRevival(native), 1)

    assert.equal(prunedAfterTheClockWentBack(published), 0)
    assert.equal(prunedAfterTheClockWentBack(native), 2)
  })

  test('D6: without a ttl the clock is never read; the published package reads it once per write', async () => {
    for (const options of [{}, { hooks: undefined }, { maxWeight: 2, sizeCalculation: () => 1 }]) {
      assert.equal(await clockReads(published, options), 4)
      assert.equal(await clockReads(native, options), 0)
    }
  })

  test('D7: a fetcher that throws can be retried; the published getOrSet goes on rejecting for that key', async () => {
    assert.equal(await retryAfterThrow(published), 'at once')
    assert.equal(await retryAfterThrow(native), 'retried')
  })

  test('D8: a clone throws a TypeError at its first use; that of the published package is a cache', () => {
    const lenient = new published.MemoryCache()
    lenient.set('key', 'value')
    const independent = cloneDeep(lenient)
    lenient.clear()
    assert.equal(independent.get('key'), 'value')
    assert.ok(structuredClone(independent).cache.has('key'))

    const cache = new native.MemoryCache()
    cache.set('key', 'value')
    const clone = cloneDeep(cache)
    assert.throws(() => clone.get('key'), {
      name: 'TypeError',
      message:
        'this is neither what the constructor made nor a proxy of it: a MemoryCache cannot be cloned',
    })
    assert.deepEqual(structuredClone(cache), {})
    assert.equal(cache.get('key'), 'value')
  })

  test('D9: comparisons leave out when entries were written; the published package has it as a property', () => {
    assert.equal(isDeepStrictEqual(filledLater(published, 0), filledLater(published, 1)), false)
    assert.equal(isDeepStrictEqual(filledLater(native, 0), filledLater(native, 1)), true)
  })

  test('D10: a proxy that lets nothing be changed does not stop changes of the cache', () => {
    for (const [{ MemoryCache }, changed] of [
      [published, false],
      [native, true],
    ]) {
      const cache = new MemoryCache()
      readonly(cache).set('key', 'value')
      assert.equal(cache.has('key'), changed)
    }
  })

  test('D10: hooks hear of values as they are, whatever proxy the cache is read through', () => {
    const user = {}
    for (const [{ MemoryCache }, isBare] of [
      [published, false],
      [native, true],
    ]) {
      let heard
      const hooks = { onHit: ({ value }) => (heard = value) }
      const cache = reactive(new MemoryCache({ hooks }))
      cache.set('user', user)
      cache.get('user')
      assert.equal(heard === user, isBare)
    }
  })

  test('D11: a third argument of set is a lifetime; the published package ignores it', () => {
    for (const [{ MemoryCache }, isLifetime] of [
      [published, false],
      [native, true],
    ]) {
      for (const lifetime of [10, { ttl: 10 }, { expiresAt: clock.now + 10 }]) {
        const cache = new MemoryCache({ ttl: 100 })
        cache.set('key', 'value', lifetime)
        clock.advance(10)
        assert.equal(cache.has('key'), true)
        clock.advance(1)
        assert.equal(cache.has('key'), !isLifetime)
        clock.advance(-11)
      }
      const set = () => new MemoryCache().set('key', 'value', '10')
      if (isLifetime) assert.throws(set, TypeError)
      else assert.doesNotThrow(set)
    }
  })
})
