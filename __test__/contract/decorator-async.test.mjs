// Contract of the `cached` method decorator for methods that return promises: single flight, what a hit returns,
// rejections, thenables, and keys that change between asynchronous and synchronous results.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, decorated, deferred, eachImplementation, recorder, thenable } from './support.mjs'

eachImplementation('async decorator', ({ cached }) => {
  /** A decorated method together with the cache behind it, which sizeCalculation sees as its `this`. */
  function exposed(method, options) {
    const behind = {}
    const service = decorated(cached, method, {
      maxWeight: 1_000,
      sizeCalculation() {
        behind.cache = this
        return 1
      },
      ...options,
    })
    return { service, behind }
  }

  test('a resolved value is cached', async () => {
    let calls = 0
    const service = decorated(cached, async (id) => ({ id, call: ++calls }))
    const first = await service.method('a')
    assert.equal(await service.method('a'), first)
    assert.equal(calls, 1)
    assert.notEqual(await service.method('b'), first)
  })

  test('a cached hit returns a promise again', async () => {
    const service = decorated(cached, async () => 'value')
    await service.method()
    const hit = service.method()
    assert.ok(hit instanceof Promise)
    assert.equal(await hit, 'value')
  })

  test('a resolved undefined or null is cached', async () => {
    for (const value of [undefined, null]) {
      let calls = 0
      const service = decorated(cached, async () => (calls++, value))
      assert.equal(await service.method(), value)
      const hit = service.method()
      assert.ok(hit instanceof Promise)
      assert.equal(await hit, value)
      assert.equal(calls, 1)
    }
  })

  test('concurrent calls share one run and one promise', async () => {
    let calls = 0
    const { promise, resolve } = deferred()
    const service = decorated(cached, () => (calls++, promise))
    const flights = [service.method('a'), service.method('a'), service.method('a')]
    assert.equal(new Set(flights).size, 1)
    resolve('value')
    assert.deepEqual(await Promise.all(flights), ['value', 'value', 'value'])
    assert.equal(calls, 1)
  })

  test('concurrent calls with other arguments run by themselves', async () => {
    const service = decorated(cached, async (n) => n * 2)
    assert.deepEqual(await Promise.all([service.method(1), service.method(2)]), [2, 4])
  })

  test('concurrent calls on other instances join too', async () => {
    const prototype = decorated(cached, async function () {
      return this.name
    })
    const one = Object.assign(Object.create(prototype), { name: 'one' })
    const other = Object.assign(Object.create(prototype), { name: 'other' })
    assert.deepEqual(await Promise.all([one.method(), other.method()]), ['one', 'one'])
  })

  test('every caller who joins a run counts as a miss', async () => {
    const { hooks, take } = recorder()
    const service = decorated(cached, async () => 'value', { hooks })
    await Promise.all([service.method(), service.method()])
    const key = 'method:[]'
    assert.deepEqual(take(), [
      ['onMiss', { key, reason: 'not_found' }],
      ['onMiss', { key, reason: 'not_found' }],
      ['onSet', { key, value: 'value', isUpdate: false }],
    ])
  })

  test('a rejection reaches every caller and is not cached', async () => {
    const failure = new Error('unreachable')
    let calls = 0
    const { hooks, take } = recorder()
    const service = decorated(
      cached,
      async () => {
        calls++
        if (calls === 1) throw failure
        return 'recovered'
      },
      { hooks },
    )
    for (const { reason } of await Promise.allSettled([service.method(), service.method()])) {
      assert.equal(reason, failure)
    }
    assert.deepEqual(
      take().map(([name]) => name),
      ['onMiss', 'onMiss'],
    )
    assert.equal(await service.method(), 'recovered')
    assert.equal(calls, 2)
  })

  test('a method that throws before it returns a promise throws', () => {
    const failure = new Error('at once')
    const service = decorated(cached, () => {
      throw failure
    })
    for (let i = 0; i < 2; i++) {
      assert.throws(
        () => service.method(),
        (thrown) => thrown === failure,
      )
    }
  })

  test('the method gets its this and its arguments', async () => {
    const service = decorated(cached, async function (...args) {
      return [this, ...args]
    })
    assert.deepEqual((await service.method(1, 2)).slice(1), [1, 2])
    assert.equal((await service.method(1, 2))[0], service)
  })

  test('an object with a then method is treated as a promise', async () => {
    let calls = 0
    const service = decorated(cached, () =>
      thenable((resolve) => {
        calls++
        resolve('value')
      }),
    )
    const first = service.method()
    assert.ok(first instanceof Promise)
    assert.equal(await first, 'value')
    const hit = service.method()
    assert.ok(hit instanceof Promise)
    assert.equal(await hit, 'value')
    assert.equal(calls, 1)
  })

  test('a thenable that rejects is not cached', async () => {
    let calls = 0
    const service = decorated(cached, () =>
      thenable((_resolve, reject) => {
        calls++
        reject(new Error('unreachable'))
      }),
    )
    await assert.rejects(service.method(), { message: 'unreachable' })
    await assert.rejects(service.method(), { message: 'unreachable' })
    assert.equal(calls, 2)
  })

  test('a function with a then method and an object with another kind of then are plain results', () => {
    const callable = Object.assign(
      () => {},
      thenable(() => assert.fail('not a promise')),
    )
    const inert = thenable('not a function')
    const results = { callable, inert }
    const service = decorated(cached, (name) => results[name])
    for (const name of ['callable', 'inert']) {
      assert.equal(service.method(name), results[name])
      assert.equal(service.method(name), results[name])
    }
  })

  test('a then inherited from a prototype counts', async () => {
    const query = Object.create(thenable((resolve) => resolve('rows')))
    const service = decorated(cached, () => query)
    assert.equal(await service.method(), 'rows')
    assert.equal(await service.method(), 'rows')
  })

  test('the ttl begins when the promise resolves', async () => {
    let calls = 0
    const { promise, resolve } = deferred()
    const service = decorated(cached, () => (++calls === 1 ? promise : 'again'), { ttl: 100 })
    const flight = service.method()
    clock.advance(1_000)
    resolve('value')
    await flight
    clock.advance(100)
    assert.equal(await service.method(), 'value')
    clock.advance(1)
    assert.equal(await service.method(), 'again')
    assert.equal(calls, 2)
  })

  test('an expired value runs the method again, concurrent calls once', async () => {
    let calls = 0
    const service = decorated(cached, async () => ++calls, { ttl: 100 })
    assert.equal(await service.method(), 1)
    clock.advance(101)
    assert.deepEqual(await Promise.all([service.method(), service.method()]), [2, 2])
  })

  test('an evicted value runs the method again', async () => {
    let calls = 0
    const service = decorated(cached, async (id) => `${id}${++calls}`, { maxSize: 1 })
    assert.equal(await service.method('a'), 'a1')
    assert.equal(await service.method('b'), 'b2')
    assert.equal(await service.method('a'), 'a3')
  })

  test('a key whose asynchronous value was removed can hold a synchronous one', async () => {
    for (const [remove, options] of [
      [() => clock.advance(101), { ttl: 100 }],
      [(service) => service.method('other'), { maxSize: 1 }],
      [(_service, behind) => behind.cache.delete('method:["a"]'), {}],
      [(_service, behind) => behind.cache.clear(), {}],
      [(_service, behind) => behind.cache.deleteByPrefix('method:'), {}],
    ]) {
      let asynchronous = true
      const method = () => (asynchronous ? Promise.resolve('async') : 'sync')
      const { service, behind } = exposed(method, options)
      assert.equal(await service.method('a'), 'async')
      assert.ok(service.method('a') instanceof Promise)
      asynchronous = false
      await remove(service, behind)
      assert.equal(service.method('a'), 'sync')
      assert.equal(service.method('a'), 'sync')
    }
  })

  test('a key whose synchronous value was evicted can hold an asynchronous one', async () => {
    let asynchronous = false
    const method = () => (asynchronous ? Promise.resolve('async') : 'sync')
    const service = decorated(cached, method, { maxSize: 1 })
    assert.equal(service.method('a'), 'sync')
    service.method('b')
    asynchronous = true
    assert.equal(await service.method('a'), 'async')
    const hit = service.method('a')
    assert.ok(hit instanceof Promise)
    assert.equal(await hit, 'async')
  })

  test('onDelete of the hooks hears of deletions in the cache behind', async () => {
    const { hooks, take } = recorder()
    const { service, behind } = exposed(async () => 'value', { hooks })
    await service.method('a')
    take()
    behind.cache.delete('method:["a"]')
    assert.deepEqual(take(), [
      ['onDelete', { key: 'method:["a"]', value: 'value', source: 'delete' }],
    ])
    assert.equal(await service.method('a'), 'value')
  })

  test('an overweight result is returned but not cached', async () => {
    let calls = 0
    const service = decorated(cached, async () => (calls++, 'x'.repeat(11)), {
      maxWeight: 10,
      sizeCalculation: (text) => text.length,
    })
    assert.equal((await service.method()).length, 11)
    assert.equal((await service.method()).length, 11)
    assert.equal(calls, 2)
  })

  test('an impossible weight rejects with RangeError and can be retried', async () => {
    let weight = NaN
    const service = decorated(cached, async () => 'value', {
      maxWeight: 10,
      sizeCalculation: () => weight,
    })
    await assert.rejects(service.method(), RangeError)
    weight = 1
    assert.equal(await service.method(), 'value')
  })

  test('hashed and generated keys have single flight too', async () => {
    for (const options of [{ hashKeys: true }, { keyGenerator: ([{ id }]) => id }]) {
      let calls = 0
      const service = decorated(cached, async () => ++calls, options)
      assert.deepEqual(
        await Promise.all([service.method({ id: 1 }), service.method({ id: 1 })]),
        [1, 1],
      )
      assert.equal(await service.method({ id: 1 }), 1)
    }
  })

  test('a run under way is joined, not the value of an earlier one', async () => {
    const { promise, resolve } = deferred()
    let calls = 0
    const service = decorated(cached, () => (++calls === 1 ? Promise.resolve('old') : promise), {
      ttl: 100,
    })
    assert.equal(await service.method(), 'old')
    clock.advance(101)
    const first = service.method()
    const second = service.method()
    assert.equal(first, second)
    resolve('new')
    assert.equal(await second, 'new')
    assert.equal(calls, 2)
  })
})
