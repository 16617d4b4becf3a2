// Contract of the `cached` method decorator for synchronous methods: keys, sharing, options, hooks. It is applied by
// hand, as a compiler applies a legacy decorator. Methods that return promises are in decorator-async.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, decorated, eachImplementation, recorder } from './support.mjs'

const names = (events) => [...new Set(events.map(([name]) => name))]
const fail = () => {
  throw new Error('from a hook')
}

eachImplementation('decorator', ({ MemoryCache, CacheConfigError, cached }) => {
  /** The keys under which a decorated method stores what these calls return. */
  function keysOf(options, ...calls) {
    const keys = []
    const service = decorated(cached, () => 'result', {
      ...options,
      hooks: { onSet: ({ key }) => keys.push(key) },
    })
    for (const args of calls) service.method(...args)
    return keys
  }

  test('it returns the descriptor it was given, with the method replaced', () => {
    const prototype = { method: () => 1 }
    const descriptor = Object.getOwnPropertyDescriptor(prototype, 'method')
    const original = descriptor.value
    const result = cached()(prototype, 'method', descriptor)
    assert.equal(result, descriptor)
    assert.equal(typeof result.value, 'function')
    assert.notEqual(result.value, original)
    const { writable, enumerable, configurable } = result
    assert.deepEqual([writable, enumerable, configurable], [true, true, true])
  })

  test('it leaves the prototype to whoever applies the descriptor', () => {
    const prototype = { method: () => 1 }
    const original = prototype.method
    cached()(prototype, 'method', Object.getOwnPropertyDescriptor(prototype, 'method'))
    assert.equal(prototype.method, original)
  })

  test('calls with the same arguments run the method once', () => {
    let calls = 0
    const service = decorated(cached, (a, b) => (calls++, a + b))
    assert.equal(service.method(1, 2), 3)
    assert.equal(service.method(1, 2), 3)
    assert.equal(calls, 1)
    assert.equal(service.method(2, 1), 3)
    assert.equal(calls, 2)
  })

  test('results keep their identity', () => {
    const service = decorated(cached, () => ({}))
    assert.equal(service.method(), service.method())
  })

  test('undefined, null and other falsy results are cached', () => {
    for (const result of [undefined, null, 0, false, '', NaN]) {
      let calls = 0
      const service = decorated(cached, () => (calls++, result))
      assert.ok(Object.is(service.method(), result))
      assert.ok(Object.is(service.method(), result))
      assert.equal(calls, 1)
    }
  })

  test('the method gets its this and all its arguments', () => {
    const service = decorated(cached, function (...args) {
      return [this, args]
    })
    const receiver = Object.create(service)
    const argument = { an: 'object' }
    const [self, args] = receiver.method(argument, 2, undefined)
    assert.equal(self, receiver)
    assert.equal(args.length, 3)
    assert.equal(args[0], argument)
  })

  test('all instances share one cache', () => {
    let calls = 0
    const prototype = decorated(cached, function () {
      return (calls++, this.name)
    })
    const one = Object.assign(Object.create(prototype), { name: 'one' })
    const other = Object.assign(Object.create(prototype), { name: 'other' })
    assert.equal(one.method(), 'one')
    assert.equal(other.method(), 'one')
    assert.equal(calls, 1)
  })

  test('methods decorated one by one have caches of their own', () => {
    const one = decorated(cached, () => 'one', { maxSize: 1 })
    const other = decorated(cached, () => 'other', { maxSize: 1 })
    assert.equal(one.method(1), 'one')
    assert.equal(other.method(1), 'other')
    assert.equal(one.method(1), 'one')
  })

  test('one decorator put on two methods gives them one cache with keys of their own', () => {
    const { hooks, take } = recorder()
    const decorate = cached({ maxSize: 1, hooks })
    const service = { a: () => 'A', b: () => 'B' }
    for (const name of ['a', 'b']) {
      const descriptor = Object.getOwnPropertyDescriptor(service, name)
      Object.defineProperty(service, name, decorate(service, name, descriptor))
    }
    assert.deepEqual([service.a(), service.b()], ['A', 'B'])
    assert.deepEqual(
      take().map(([name, { key }]) => `${name} ${key}`),
      ['onMiss a:[]', 'onSet a:[]', 'onMiss b:[]', 'onEvict a:[]', 'onSet b:[]'],
    )
  })

  test('a call runs the method again after the ttl', () => {
    let calls = 0
    const service = decorated(cached, () => ++calls, { ttl: 100 })
    assert.equal(service.method(), 1)
    clock.advance(100)
    assert.equal(service.method(), 1)
    clock.advance(1)
    assert.equal(service.method(), 2)
  })

  test('the least recently used result is evicted at maxSize', () => {
    let calls = 0
    const service = decorated(cached, () => ++calls, { maxSize: 2 })
    service.method('a')
    service.method('b')
    service.method('a')
    service.method('c')
    assert.equal(service.method('a'), 1)
    assert.equal(service.method('b'), 4)
  })

  test('what the method throws is thrown and not cached', () => {
    let calls = 0
    const failure = new Error('from the method')
    const service = decorated(cached, () => {
      calls++
      if (calls === 1) throw failure
      return 'recovered'
    })
    assert.throws(
      () => service.method(),
      (thrown) => thrown === failure,
    )
    assert.equal(service.method(), 'recovered')
  })

  test('keys are the method’s name, a colon and the arguments as JSON', () => {
    assert.deepEqual(
      keysOf(
        {},
        [],
        ['a'],
        [1, 'b'],
        [{ a: [1, 2], b: null }],
        [true, null],
        ['a"b\n'],
        ['Łódź 😀'],
      ),
      [
        'method:[]',
        'method:["a"]',
        'method:[1,"b"]',
        'method:[{"a":[1,2],"b":null}]',
        'method:[true,null]',
        'method:["a\\"b\\n"]',
        'method:["Łódź 😀"]',
      ],
    )
  })

  test('arguments that JSON cannot tell apart share a result', () => {
    for (const [one, other] of [
      [[undefined], [null]],
      [[NaN], [null]],
      [[-0], [0]],
      [[() => {}], [null]],
      [[new Map([['a', 1]])], [{}]],
      [[new Date(0)], ['1970-01-01T00:00:00.000Z']],
    ]) {
      assert.equal(keysOf({}, one, other).length, 1)
    }
  })

  test('arguments that JSON tells apart do not share a result', () => {
    for (const [one, other] of [
      [[], [null]],
      [['1'], [1]],
      [['a', 'b'], [['a', 'b']]],
      [['a,b'], ['a', 'b']],
      [[{ a: 1, b: 2 }], [{ b: 2, a: 1 }]],
    ]) {
      assert.equal(keysOf({}, one, other).length, 2)
    }
  })

  test('arguments that JSON refuses throw TypeError before the method runs', () => {
    const service = decorated(cached, () => assert.fail('there is no key'))
    const circular = {}
    circular.self = circular
    assert.throws(() => service.method(circular), TypeError)
    assert.throws(() => service.method(1n), TypeError)
  })

  test('hashKeys shortens the arguments to the 32-bit FNV-1a hash of their JSON, in hexadecimal', () => {
    assert.deepEqual(
      keysOf({ hashKeys: true }, [], ['a'], ['Łódź'], ['😀'], [{ a: [1, 2], b: null }]),
      [
        'method:741638a5',
        'method:ca0f9962',
        'method:1061dcef',
        'method:36d739f0',
        'method:9f3a2362',
      ],
    )
  })

  test('hashes are not padded', () => {
    assert.deepEqual(keysOf({ hashKeys: true }, [30], [671]), ['method:588f0d4', 'method:25330f'])
  })

  test('hashKeys false means JSON', () => {
    assert.deepEqual(keysOf({ hashKeys: false }, ['a']), ['method:["a"]'])
  })

  test('a key generator receives the array of arguments and makes the key', () => {
    const seen = []
    const keyGenerator = (args) => {
      seen.push(args)
      return args[0].id
    }
    const user = { id: 'u1', name: 'Ada' }
    assert.deepEqual(keysOf({ keyGenerator }, [user, 2], [{ id: 'u1' }], [{ id: 'u2' }]), [
      'method:u1',
      'method:u2',
    ])
    assert.ok(Array.isArray(seen[0]))
    assert.deepEqual(seen, [[user, 2], [{ id: 'u1' }], [{ id: 'u2' }]])
    assert.equal(seen[0][0], user)
  })

  test('a key generator goes before hashKeys', () => {
    const options = { keyGenerator: ([id]) => `user-${id}`, hashKeys: true }
    assert.deepEqual(keysOf(options, [1]), ['method:user-1'])
  })

  test('what a key generator returns is made part of a string', () => {
    const returned = [1, undefined, null, { toString: () => 'object' }, ['a', 'b']]
    assert.deepEqual(keysOf({ keyGenerator: ([i]) => returned[i] }, [0], [1], [2], [3], [4]), [
      'method:1',
      'method:undefined',
      'method:null',
      'method:object',
      'method:a,b',
    ])
  })

  test('what a key generator throws is thrown before the method runs', () => {
    const failure = new Error('no key')
    const service = decorated(cached, () => assert.fail('there is no key'), {
      keyGenerator: () => {
        throw failure
      },
    })
    assert.throws(
      () => service.method(),
      (thrown) => thrown === failure,
    )
  })

  test('a method may call itself with other arguments', () => {
    let calls = 0
    const service = decorated(cached, function (n) {
      calls++
      return n < 2 ? n : this.method(n - 1) + this.method(n - 2)
    })
    assert.equal(service.method(20), 6_765)
    assert.equal(calls, 21)
  })

  test('hooks are passed through, with the full key', () => {
    const { hooks, take } = recorder()
    const service = decorated(cached, (n) => n * 2, { maxSize: 1, ttl: 100, hooks })
    service.method(1)
    service.method(1)
    service.method(2)
    clock.advance(101)
    service.method(2)
    assert.deepEqual(take(), [
      ['onMiss', { key: 'method:[1]', reason: 'not_found' }],
      ['onSet', { key: 'method:[1]', value: 2, isUpdate: false }],
      ['onHit', { key: 'method:[1]', value: 2 }],
      ['onMiss', { key: 'method:[2]', reason: 'not_found' }],
      ['onEvict', { key: 'method:[1]', value: 2 }],
      ['onSet', { key: 'method:[2]', value: 4, isUpdate: false }],
      ['onExpire', { key: 'method:[2]', value: 4, source: 'get' }],
      ['onMiss', { key: 'method:[2]', reason: 'expired' }],
      ['onSet', { key: 'method:[2]', value: 4, isUpdate: false }],
    ])
  })

  test('what its hooks throw is swallowed', () => {
    const hooks = { onHit: fail, onMiss: fail, onSet: fail, onEvict: fail, onExpire: fail }
    const service = decorated(cached, (n) => n, { maxSize: 1, ttl: 100, hooks })
    assert.deepEqual([service.method(1), service.method(1), service.method(2)], [1, 1, 2])
    clock.advance(101)
    assert.equal(service.method(2), 2)
  })

  test('hooks of removals are looked up at the event, the others as they stood at decoration', () => {
    const first = recorder()
    const second = recorder()
    const hooks = { ...first.hooks }
    const service = decorated(cached, (n) => n, { maxSize: 1, ttl: 100, hooks })
    Object.assign(hooks, second.hooks)
    service.method(1)
    service.method(1)
    service.method(2)
    clock.advance(101)
    service.method(2)
    assert.deepEqual(names(first.take()), ['onMiss', 'onSet', 'onHit'])
    assert.deepEqual(names(second.take()), ['onEvict', 'onExpire'])
  })

  test('weights apply: an overweight result is returned but not cached', () => {
    let calls = 0
    const service = decorated(cached, (length) => (calls++, 'x'.repeat(length)), {
      maxWeight: 10,
      sizeCalculation: (text) => text.length,
    })
    assert.equal(service.method(11).length, 11)
    assert.equal(service.method(11).length, 11)
    assert.equal(service.method(10).length, 10)
    assert.equal(service.method(10).length, 10)
    assert.equal(calls, 3)
  })

  test('an impossible weight throws RangeError out of the call', () => {
    const service = decorated(cached, () => 1, { maxWeight: 10, sizeCalculation: () => -1 })
    assert.throws(() => service.method(), RangeError)
  })

  test('sizeCalculation gets the result, the full key and the cache behind the decorator', () => {
    const seen = []
    const service = decorated(cached, () => 'result', {
      maxWeight: 10,
      sizeCalculation(...args) {
        seen.push([this instanceof MemoryCache, ...args])
        return 1
      },
    })
    service.method('a')
    assert.deepEqual(seen, [[true, 'result', 'method:["a"]']])
  })

  test('configuration errors are thrown when the decorator is made', () => {
    for (const options of [{ maxSize: -1 }, { ttl: -1 }, { maxWeight: -1 }, { maxWeight: 1 }]) {
      assert.throws(() => cached(options), CacheConfigError)
    }
  })

  test('the options object is not changed and may be frozen', () => {
    const { hooks } = recorder()
    const options = Object.freeze({ ttl: 100, hashKeys: true, hooks: Object.freeze(hooks) })
    const before = { ...options }
    decorated(cached, () => 1, options).method()
    assert.deepEqual(options, before)
  })
})
