// Functions whose results are remembered, in a cache of their own or in one that is there already.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CacheConfigError, SharedMemoryCache, memoize } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { deferred } from '../contract/support.mjs'
import { MemoryCache, clock, withClock } from './support.mjs'

function openShared(t, options = {}) {
  const cache = new SharedMemoryCache({ name: `memoize ${Math.random()}`, ...options })
  t.after(() => SharedMemoryCache.destroy(cache.name))
  return cache
}

/** A function that notes its calls, and what it returns. */
function noting(result = (...args) => args.join()) {
  const calls = []
  function noted(...args) {
    calls.push(args)
    return result.apply(this, args)
  }
  return { noted, calls }
}

describe('memoize', () => {
  withClock()

  test('calls a synchronous function once for the same arguments', () => {
    const { noted, calls } = noting()
    const memoized = memoize(noted)
    for (let i = 0; i < 3; i++) assert.equal(memoized('a', 1), 'a,1')
    assert.equal(memoized('a', '1'), 'a,1')
    assert.deepEqual(calls, [
      ['a', 1],
      ['a', '1'],
    ])
    assert.ok(memoized.cache instanceof MemoryCache)
    assert.deepEqual(memoized.cache.keys(), ['["a",1]', '["a","1"]'])
  })

  test('remembers undefined, null and the like', () => {
    for (const value of [undefined, null, 0, '', false]) {
      const { noted, calls } = noting(() => value)
      const memoized = memoize(noted)
      assert.deepEqual([memoized(), memoized()], [value, value])
      assert.equal(calls.length, 1)
    }
  })

  test('calls an asynchronous function once, and returns promises', async () => {
    const asynchronous = [
      async (...args) => args.join(),
      (...args) => Promise.resolve(args.join()),
      // oxlint-disable-next-line unicorn/no-thenable -- the point of it
      (...args) => ({ then: (resolve) => resolve(args.join()) }),
    ]
    for (const result of asynchronous) {
      const { noted, calls } = noting(result)
      const memoized = memoize(noted)
      const outcomes = [memoized('a'), memoized('a')]
      assert.ok(outcomes.every((outcome) => outcome instanceof Promise))
      assert.deepEqual(await Promise.all(outcomes), ['a', 'a'])
      const hit = memoized('a')
      assert.ok(hit instanceof Promise)
      assert.equal(await hit, 'a')
      assert.equal(calls.length, 1)
      assert.deepEqual([memoized.cache.getStats().misses], [1])
    }
  })

  test('stores no exception and no rejection', async () => {
    let fails = true
    const failing = () => {
      if (fails) throw new Error('no value')
      return 'value'
    }
    const synchronous = memoize(failing)
    const asynchronous = memoize(async () => failing())
    assert.throws(() => synchronous(), /no value/)
    await assert.rejects(asynchronous(), /no value/)
    fails = false
    assert.deepEqual([synchronous(), await asynchronous()], ['value', 'value'])
  })

  test('keeps name, length and this, which is no part of the key', () => {
    const add = memoize(function add(one, other) {
      return this.base + one + other
    })
    assert.deepEqual([add.name, add.length], ['add', 2])
    assert.equal({ base: 10, add }.add(1, 2), 13)
    assert.equal({ base: 20, add }.add(1, 2), 13)
    assert.equal(Reflect.apply(add, { base: 20 }, [2, 2]), 24)
  })

  test('delete removes the result for its arguments', async () => {
    const { noted, calls } = noting()
    const memoized = memoize(noted)
    memoized('a')
    memoized('b')
    assert.equal(memoized.delete('a'), true)
    assert.equal(memoized.delete('a'), false)
    assert.equal(memoized.delete(), false)
    memoized('a')
    memoized('b')
    assert.deepEqual(calls, [['a'], ['b'], ['a']])
  })

  test('keys are what keyGenerator or hashKeys makes of the arguments', () => {
    const byId = memoize(({ name }) => name, { keyGenerator: ([{ id }]) => id })
    assert.equal(byId({ id: '__proto__', name: 'first' }), 'first')
    assert.equal(byId({ id: '__proto__', name: 'second' }), 'first')
    assert.deepEqual(byId.cache.keys(), ['__proto__'])
    const hashed = memoize((text) => text, { hashKeys: true })
    hashed('text')
    assert.match(hashed.cache.keys()[0], /^[0-9a-f]{1,8}$/)
  })

  test('its options are those of its cache', () => {
    const { noted, calls } = noting()
    const events = []
    const hooks = { onSet: ({ key }) => events.push(key) }
    const memoized = memoize(noted, { maxSize: 1, ttl: 100, hooks })
    memoized('a')
    memoized('b')
    memoized('a')
    clock.advance(101)
    memoized('a')
    assert.equal(calls.length, 4)
    assert.deepEqual(events, ['["a"]', '["b"]', '["a"]', '["a"]'])
  })

  test('shouldCache and ttl see every result and its key', async () => {
    for (const wrap of [(value) => value, async (value) => value]) {
      const { noted, calls } = noting((value) => wrap(value))
      const memoized = memoize(noted, {
        shouldCache: (value, key) => value > 0 && key.startsWith('['),
        ttl: (value, key) => value * key.length,
      })
      await memoized(-1)
      await memoized(-1)
      await memoized(7)
      assert.equal(calls.length, 3)
      assert.deepEqual(memoized.cache.keys(), ['[7]'])
      assert.equal(memoized.cache.info('[7]').ttl, 21)
    }
  })

  test('tags of results are given, or told by each result and its key', async () => {
    for (const wrap of [(value) => value, async (value) => value]) {
      for (const tags of [['odd', 'one'], (value, key) => [`value ${value}`, key, 'odd']]) {
        const { noted, calls } = noting((value) => wrap(value))
        const memoized = memoize(noted, { tags })
        await memoized(1)
        await memoized(3)
        const expected = typeof tags === 'function' ? ['value 3', '[3]', 'odd'] : tags
        assert.deepEqual(memoized.cache.info('[3]').tags, expected)
        assert.equal(memoized.cache.deleteByTag('odd'), 2)
        await memoized(1)
        assert.equal(calls.length, 3)
      }
    }
  })

  test('timeout has calls of asynchronous functions reject', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const memoized = memoize(() => new Promise(() => {}), { timeout: 100 })
    for (let i = 0; i < 2; i++) {
      const outcome = memoized('a')
      t.mock.timers.tick(100)
      await assert.rejects(outcome, { name: 'TimeoutError' })
    }
  })

  test('an expired result of an asynchronous function is returned and renewed in the background', async () => {
    let version = 0
    const { noted, calls } = noting(async () => ++version)
    const memoized = memoize(noted, { ttl: 100, staleWhileRevalidate: 50 })
    assert.equal(await memoized(), 1)
    clock.advance(120)
    const stale = memoized()
    assert.ok(stale instanceof Promise)
    assert.equal(await stale, 1)
    await turn()
    assert.equal(await memoized(), 2)
    assert.equal(calls.length, 2)
    assert.equal(memoized.cache.getMetrics().refreshErrors, 0)
  })

  test('an expired result is returned if an asynchronous function fails', async () => {
    let fails = false
    const memoized = memoize(
      async () => {
        if (fails) throw new Error('no value')
        return 'value'
      },
      { ttl: 100, staleIfError: 50 },
    )
    await memoized()
    fails = true
    clock.advance(150)
    assert.equal(await memoized(), 'value')
    clock.advance(1)
    await assert.rejects(memoized(), /no value/)
  })

  test('results may go into a MemoryCache that is there, under the name of the function', async () => {
    for (const wrap of [(cache) => cache, reactive]) {
      const cache = wrap(new MemoryCache({ ttl: 0 }))
      const area = memoize(
        function area(width, height) {
          return width * height
        },
        { cache, ttl: 100 },
      )
      const load = memoize(
        async function load(id) {
          return id
        },
        { cache, ttl: () => 200 },
      )
      assert.equal(area.cache, cache)
      assert.deepEqual([area(2, 3), await load('a')], [6, 'a'])
      assert.deepEqual(cache.keys(), ['area:[2,3]', 'load:["a"]'])
      assert.deepEqual([cache.info('area:[2,3]').ttl, cache.info('load:["a"]').ttl], [100, 200])
      assert.equal(area(2, 3), 6)
      assert.ok(load('a') instanceof Promise)
      assert.equal(area.delete(2, 3), true)
      assert.deepEqual(cache.keys(), ['load:["a"]'])
      // What is there is a result, whoever wrote it.
      cache.set('load:["b"]', 'b')
      assert.ok(load('b') instanceof Promise)
      cache.clear()
      cache.close()
      assert.throws(() => area(2, 3), /closed/)
      await assert.rejects(load('a'), /closed/)
    }
  })

  test('results in a SharedMemoryCache are promises of copies', async (t) => {
    const cache = openShared(t)
    let calls = 0
    const find = memoize(
      function find(id) {
        calls++
        return { id }
      },
      { cache },
    )
    const outcome = find('a')
    assert.ok(outcome instanceof Promise)
    assert.deepEqual(await outcome, { id: 'a' })
    assert.deepEqual(await find('a'), { id: 'a' })
    assert.equal(calls, 1)
    assert.deepEqual(cache.keys(), ['find:["a"]'])
    assert.equal(find.delete('a'), true)
    assert.equal(cache.size(), 0)
  })

  test('calls within the function itself are joined or answered as any other', () => {
    const fibonacci = memoize((n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)))
    assert.equal(fibonacci(50), 12586269025)
    assert.equal(fibonacci.cache.getStats().hits, 48)
  })

  test('what is set or removed while a function runs is as with getOrSet', async () => {
    const { promise, resolve } = deferred()
    const memoized = memoize(() => promise, { lateFetch: 'discard', keyGenerator: () => 'k' })
    const outcome = memoized()
    assert.equal(memoized.delete(), false)
    resolve('late')
    assert.equal(await outcome, 'late')
    assert.equal(memoized.cache.size(), 0)
  })

  test('options that there are not are warned of, of the cache too where that is there already', async () => {
    const warnings = []
    const note = ({ message }) => warnings.push(message)
    process.on('warning', note)
    memoize(() => 1, { hashkeys: true })
    memoize(() => 1, { cache: new MemoryCache(), keyGenerator: () => 'k', maxSize: 5 })
    memoize(() => 1, { maxSize: 6, staleIfError: 1, timeout: 1 })
    await turn()
    process.off('warning', note)
    assert.deepEqual(warnings, [
      'memoize has no option hashkeys: it has no effect; did you mean hashKeys?',
      'memoize has no option maxSize: it has no effect',
    ])
  })

  test('what makes no sense is refused, as called by the caller', () => {
    for (const fn of [undefined, null, 'fn', {}, 1]) {
      assert.throws(
        () => memoize(fn),
        (error) => {
          assert.match(error.stack.split('\n')[1], /memoize\.test/)
          assert.match(error.message, /^memoize: fn must be a function, received /)
          return error instanceof TypeError
        },
      )
    }
    const wrong = {
      options: [null, 1, 'x'],
      cache: [{}, new Map(), 'cache', MemoryCache],
      timeout: [-1, Number.NaN, '5'],
      shouldCache: [true, {}],
      ttl: [-1, '5', {}],
      tags: ['tag', [1], 5],
      keyGenerator: ['id'],
      staleIfError: [-1, Number.NaN],
      staleWhileRevalidate: ['5'],
    }
    const many = Array.from({ length: 65 }, (_, i) => `${i}`)
    assert.throws(
      () => memoize(function named() {}, { tags: many }),
      /^CacheConfigError: tags must be /,
    )
    const cache = new MemoryCache()
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        const given = name === 'options' ? [value] : [{ [name]: value }, { cache, [name]: value }]
        for (const options of given) {
          assert.throws(
            () => memoize(function named() {}, options),
            (error) => {
              assert.match(error.stack.split('\n')[1], /memoize\.test/)
              assert.ok(error.message.startsWith(`${name} must be `), error.message)
              return error instanceof CacheConfigError
            },
          )
        }
      }
    }
    assert.throws(() => memoize(() => 1, { cache }), /^CacheConfigError: keyGenerator is required/)
    const named = memoize(() => 1, { cache, keyGenerator: () => 'one' })
    assert.equal(named(), 1)
  })
})
