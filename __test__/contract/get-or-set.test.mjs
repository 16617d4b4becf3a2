// Contract of getOrSet: fetching on a miss, sharing one fetch among concurrent callers, failures, and what happens
// when the cache changes while a fetch is under way.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, deferred, eachImplementation, recorder, thenable } from './support.mjs'

const unused = () => assert.fail('this fetcher must not be called')

eachImplementation('getOrSet', ({ MemoryCache }) => {
  test('a miss fetches, stores and resolves to the value', async () => {
    const cache = new MemoryCache()
    assert.equal(await cache.getOrSet('key', async () => 'fetched'), 'fetched')
    assert.equal(cache.get('key'), 'fetched')
  })

  test('a hit resolves to the stored value without fetching', async () => {
    const cache = new MemoryCache()
    cache.set('key', 'stored')
    assert.equal(await cache.getOrSet('key', unused), 'stored')
  })

  test('it always returns a promise', async () => {
    const cache = new MemoryCache()
    const miss = cache.getOrSet('key', () => 'value')
    const joined = cache.getOrSet('key', unused)
    await miss
    const hit = cache.getOrSet('key', unused)
    for (const promise of [miss, joined, hit]) {
      assert.ok(promise instanceof Promise)
      assert.equal(await promise, 'value')
    }
  })

  test('the fetcher may return a plain value, a promise or a thenable', async () => {
    const cache = new MemoryCache()
    assert.equal(await cache.getOrSet('plain', () => 'plain'), 'plain')
    assert.equal(await cache.getOrSet('promise', () => Promise.resolve('promise')), 'promise')
    assert.equal(
      await cache.getOrSet('thenable', () => thenable((resolve) => resolve('thenable'))),
      'thenable',
    )
    assert.deepEqual(cache.values(), ['plain', 'promise', 'thenable'])
  })

  test('the fetcher is called before getOrSet returns, without arguments and without this', async () => {
    const cache = new MemoryCache()
    let call
    const promise = cache.getOrSet('key', function (...args) {
      call = { receiver: this, args }
      return 1
    })
    assert.deepEqual(call, { receiver: undefined, args: [] })
    await promise
  })

  test('a fetched undefined, null, 0, false, NaN or empty string is cached', async () => {
    const cache = new MemoryCache()
    for (const value of [undefined, null, 0, -0, false, NaN, '']) {
      const key = `${typeof value} ${value} ${Object.is(value, -0)}`
      assert.ok(Object.is(await cache.getOrSet(key, () => value), value))
      assert.ok(cache.has(key))
      assert.ok(Object.is(await cache.getOrSet(key, unused), value))
    }
  })

  test('fetched objects keep their identity', async () => {
    const cache = new MemoryCache()
    const value = {}
    assert.equal(await cache.getOrSet('key', () => value), value)
    assert.equal(cache.get('key'), value)
    assert.equal(await cache.getOrSet('key', unused), value)
  })

  test('a stored promise is awaited by a hit', async () => {
    const cache = new MemoryCache()
    cache.set('key', Promise.resolve('inside'))
    assert.equal(await cache.getOrSet('key', unused), 'inside')
  })

  test('an expired entry is fetched again', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('key', 'old')
    clock.advance(101)
    take()
    assert.equal(await cache.getOrSet('key', () => 'new'), 'new')
    assert.deepEqual(take(), [
      ['onExpire', { key: 'key', value: 'old', source: 'get' }],
      ['onMiss', { key: 'key', reason: 'expired' }],
      ['onSet', { key: 'key', value: 'new', isUpdate: false }],
    ])
  })

  test('the life of a fetched value begins when it is stored, not when it is asked for', async () => {
    const cache = new MemoryCache({ ttl: 100 })
    const { promise, resolve } = deferred()
    const fetched = cache.getOrSet('key', () => promise)
    clock.advance(1_000)
    resolve('value')
    await fetched
    clock.advance(100)
    assert.equal(cache.get('key'), 'value')
    clock.advance(1)
    assert.equal(cache.get('key'), undefined)
  })

  test('a hundred concurrent callers share one fetch', async () => {
    const cache = new MemoryCache()
    let fetches = 0
    const results = await Promise.all(
      Array.from({ length: 100 }, () => cache.getOrSet('key', async () => ({ fetch: ++fetches }))),
    )
    assert.equal(fetches, 1)
    assert.equal(new Set(results).size, 1)
  })

  test('different keys are fetched apart', async () => {
    const cache = new MemoryCache()
    const [a, b] = await Promise.all([
      cache.getOrSet('a', async () => 'A'),
      cache.getOrSet('b', async () => 'B'),
    ])
    assert.deepEqual([a, b], ['A', 'B'])
  })

  test('fetches of different caches do not meet', async () => {
    const one = new MemoryCache()
    const other = new MemoryCache()
    assert.deepEqual(
      await Promise.all([one.getOrSet('key', async () => 1), other.getOrSet('key', async () => 2)]),
      [1, 2],
    )
  })

  test('callers who join a fetch count as neither hit nor miss and raise no event', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    const { promise, resolve } = deferred()
    const callers = [1, 2, 3].map(() => cache.getOrSet('key', () => promise))
    resolve('value')
    await Promise.all(callers)
    assert.deepEqual(
      take().map(([name]) => name),
      ['onMiss', 'onSet'],
    )
    const { hits, misses } = cache.getStats()
    assert.deepEqual([hits, misses], [0, 1])
  })

  test('a fetch under way is joined even if the key has been stored meanwhile', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    const { promise, resolve } = deferred()
    const first = cache.getOrSet('key', () => promise)
    cache.set('key', 'direct')
    take()
    const second = cache.getOrSet('key', unused)
    assert.deepEqual(take(), [])
    assert.equal(cache.get('key'), 'direct')
    resolve('fetched')
    assert.deepEqual(await Promise.all([first, second]), ['fetched', 'fetched'])
    assert.equal(cache.get('key'), 'fetched')
  })

  test('get, has and set do not wait for a fetch under way', async () => {
    const cache = new MemoryCache()
    const { promise, resolve } = deferred()
    const fetched = cache.getOrSet('key', () => promise)
    assert.equal(cache.get('key'), undefined)
    assert.equal(cache.has('key'), false)
    assert.equal(cache.size(), 0)
    resolve('value')
    await fetched
    assert.equal(cache.get('key'), 'value')
  })

  for (const [method, ...args] of [
    ['delete', 'key'],
    ['deleteAsync', 'key'],
    ['clear'],
    ['deleteByPrefix', 'k'],
    ['deleteByMagicString', '*'],
  ]) {
    test(`${method} does not cancel a fetch under way: its value is stored afterwards`, async () => {
      const cache = new MemoryCache()
      const { promise, resolve } = deferred()
      const first = cache.getOrSet('key', () => promise)
      await cache[method](...args)
      const second = cache.getOrSet('key', unused)
      resolve('value')
      assert.deepEqual(await Promise.all([first, second]), ['value', 'value'])
      assert.equal(cache.get('key'), 'value')
    })
  }

  test('once a fetch is done the next miss fetches anew', async () => {
    const cache = new MemoryCache()
    assert.equal(await cache.getOrSet('key', () => 1), 1)
    cache.delete('key')
    assert.equal(await cache.getOrSet('key', () => 2), 2)
  })

  test('a rejection reaches every caller and is not cached', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    const failure = new Error('unreachable')
    const { promise, reject } = deferred()
    const callers = [
      cache.getOrSet('key', () => promise),
      cache.getOrSet('key', unused),
      cache.getOrSet('key', unused),
    ]
    reject(failure)
    const results = await Promise.allSettled(callers)
    for (const result of results) {
      assert.equal(result.status, 'rejected')
      assert.equal(result.reason, failure)
    }
    assert.deepEqual(take(), [['onMiss', { key: 'key', reason: 'not_found' }]])
    assert.equal(cache.has('key'), false)
    assert.equal(await cache.getOrSet('key', () => 'retried'), 'retried')
  })

  test('a rejection with undefined is a rejection', async () => {
    const cache = new MemoryCache()
    const [result] = await Promise.allSettled([cache.getOrSet('key', () => Promise.reject())])
    assert.deepEqual(result, { status: 'rejected', reason: undefined })
    assert.equal(cache.has('key'), false)
  })

  test('a failed fetch leaves a value stored meanwhile alone', async () => {
    const cache = new MemoryCache()
    const { promise, reject } = deferred()
    const fetched = cache.getOrSet('key', () => promise)
    cache.set('key', 'direct')
    reject(new Error('unreachable'))
    await assert.rejects(fetched, { message: 'unreachable' })
    assert.equal(cache.get('key'), 'direct')
  })

  test('a fetcher that throws makes the promise reject, never the call throw', async () => {
    const cache = new MemoryCache()
    const failure = new Error('at once')
    const promise = cache.getOrSet('key', () => {
      throw failure
    })
    await assert.rejects(promise, (reason) => reason === failure)
    assert.equal(cache.has('key'), false)
  })

  test('a fetcher that is not a function makes a miss reject with TypeError and does not harm a hit', async () => {
    const cache = new MemoryCache()
    cache.set('hit', 1)
    for (const fetcher of [undefined, null, 'value', {}]) {
      assert.equal(await cache.getOrSet('hit', fetcher), 1)
      await assert.rejects(cache.getOrSet(`miss ${typeof fetcher} ${fetcher}`, fetcher), TypeError)
    }
    assert.equal(cache.size(), 1)
  })

  test('a result heavier than maxWeight is returned but not cached', async () => {
    const cache = new MemoryCache({ maxWeight: 10, sizeCalculation: (value) => value.length })
    const heavy = 'x'.repeat(11)
    let fetches = 0
    const fetch = async () => (++fetches, heavy)
    assert.equal(await cache.getOrSet('key', fetch), heavy)
    assert.equal(cache.has('key'), false)
    assert.equal(await cache.getOrSet('key', fetch), heavy)
    assert.equal(fetches, 2)
  })

  test('an impossible weight rejects with RangeError, changes nothing and can be retried', async () => {
    let weight = NaN
    const cache = new MemoryCache({ maxWeight: 10, sizeCalculation: () => weight })
    await assert.rejects(
      cache.getOrSet('key', () => 'value'),
      RangeError,
    )
    assert.equal(cache.size(), 0)
    weight = 1
    assert.equal(await cache.getOrSet('key', () => 'again'), 'again')
    assert.equal(cache.get('key'), 'again')
  })

  test('what sizeCalculation throws rejects every caller', async () => {
    const failure = new Error('cannot weigh')
    const cache = new MemoryCache({
      maxWeight: 10,
      sizeCalculation: () => {
        throw failure
      },
    })
    const callers = [cache.getOrSet('key', async () => 1), cache.getOrSet('key', unused)]
    for (const { reason } of await Promise.allSettled(callers)) assert.equal(reason, failure)
  })

  test('a fetched value takes its place in the order of use and evicts like any other', async () => {
    const cache = new MemoryCache({ maxSize: 2 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    await cache.getOrSet('c', () => 3)
    assert.deepEqual(cache.keys(), ['a', 'c'])
  })

  test('a fetcher may use the cache, other fetches included', async () => {
    const cache = new MemoryCache()
    const value = await cache.getOrSet('outer', async () => {
      cache.set('beside', 1)
      return 1 + (await cache.getOrSet('inner', async () => 41))
    })
    assert.equal(value, 42)
    assert.deepEqual(cache.entries(), [
      ['beside', 1],
      ['inner', 41],
      ['outer', 42],
    ])
  })

  test('a fetcher that at once asks for its own key does not wait for itself', async () => {
    const cache = new MemoryCache()
    const value = await cache.getOrSet('key', () => cache.getOrSet('key', () => 'inner'))
    assert.equal(value, 'inner')
    assert.equal(cache.get('key'), 'inner')
  })

  test('an onMiss hook that stores the key does not stop the fetch', async () => {
    const cache = new MemoryCache({ hooks: { onMiss: ({ key }) => cache.set(key, 'from hook') } })
    assert.equal(await cache.getOrSet('key', async () => 'fetched'), 'fetched')
    assert.equal(cache.get('key'), 'fetched')
  })

  test('single flight tells keys apart that look alike', async () => {
    const cache = new MemoryCache()
    const keys = ['', '\0', '__proto__', 'constructor', '\ud800', '\udbff', '\ufffd', 'A', 'Ł']
    const results = await Promise.all(keys.map((key) => cache.getOrSet(key, async () => ({ key }))))
    assert.deepEqual(
      results.map(({ key }) => key),
      keys,
    )
  })
})
