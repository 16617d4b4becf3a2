// Contract of instances at the edges: subclasses, spies put on methods, proxies around an instance, and methods taken
// off their instance.

import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { METHOD_NAMES, clock, eachImplementation } from './support.mjs'

eachImplementation('instances', ({ MemoryCache }) => {
  test('a subclass extends the constructor, methods and fields', () => {
    class Sessions extends MemoryCache {
      created = 0
      constructor(limit) {
        super({ maxSize: limit })
      }
      set(key, value) {
        this.created += 1
        super.set(`session:${key}`, value)
      }
      get(key) {
        return super.get(`session:${key}`)
      }
      latest() {
        return this.keys().at(-1)
      }
    }
    const sessions = new Sessions(2)
    for (const key of ['a', 'b', 'c']) sessions.set(key, key)
    assert.ok(sessions instanceof Sessions)
    assert.ok(sessions instanceof MemoryCache)
    assert.equal(sessions.get('c'), 'c')
    assert.equal(sessions.get('a'), undefined)
    assert.equal(sessions.created, 3)
    assert.equal(sessions.latest(), 'session:c')
    assert.deepEqual(sessions.keys(), ['session:b', 'session:c'])
  })

  test('a subclass without a constructor passes its options on', () => {
    class Small extends MemoryCache {}
    const cache = new Small({ maxSize: 1 })
    cache.set('a', 1)
    cache.set('b', 2)
    assert.deepEqual(cache.keys(), ['b'])
  })

  test('getOrSet stores through the set of a subclass', async () => {
    class Upper extends MemoryCache {
      set(key, value) {
        super.set(key, value.toUpperCase())
      }
    }
    const cache = new Upper()
    assert.equal(await cache.getOrSet('key', () => 'value'), 'value')
    assert.equal(cache.get('key'), 'VALUE')
  })

  test('getOrSet rejects with what an overridden set throws', async () => {
    class ReadOnly extends MemoryCache {
      set() {
        throw new Error('read only')
      }
    }
    const cache = new ReadOnly()
    await assert.rejects(
      cache.getOrSet('key', () => 1),
      { message: 'read only' },
    )
  })

  test('getOrSet reads by itself: an overridden get or has is not asked', async () => {
    class Silent extends MemoryCache {
      get() {
        return assert.fail('get was called')
      }
      has() {
        return assert.fail('has was called')
      }
    }
    const cache = new Silent()
    assert.equal(await cache.getOrSet('key', () => 1), 1)
    assert.equal(await cache.getOrSet('key', () => 2), 1)
  })

  test('size, keys, values, entries and getStats prune through the prune of a subclass', () => {
    class Lazy extends MemoryCache {
      asked = 0
      prune() {
        this.asked += 1
        return 0
      }
    }
    const cache = new Lazy({ ttl: 100 })
    cache.set('key', 'value')
    clock.advance(101)
    assert.equal(cache.size(), 1)
    assert.deepEqual(cache.keys(), ['key'])
    assert.deepEqual(cache.values(), ['value'])
    assert.deepEqual(cache.entries(), [['key', 'value']])
    assert.equal(cache.getStats().size, 1)
    assert.equal(cache.asked, 5)
  })

  test('overriding one list changes no other', () => {
    class Renamed extends MemoryCache {
      keys() {
        return super.keys().map((key) => `renamed ${key}`)
      }
      values() {
        return []
      }
      size() {
        return -1
      }
    }
    const cache = new Renamed()
    cache.set('key', 'value')
    assert.deepEqual(cache.entries(), [['key', 'value']])
    assert.equal(cache.getStats().size, 1)
  })

  test('a spy on an instance’s set sees the writes of getOrSet', async () => {
    const cache = new MemoryCache()
    const spy = mock.method(cache, 'set')
    await cache.getOrSet('key', () => 'value')
    assert.equal(spy.mock.callCount(), 1)
    assert.deepEqual(spy.mock.calls[0].arguments, ['key', 'value'])
    assert.equal(spy.mock.calls[0].this, cache)
    assert.equal(cache.get('key'), 'value')
  })

  test('a spy on an instance’s prune sees one call per introspection', () => {
    const cache = new MemoryCache()
    const spy = mock.method(cache, 'prune')
    for (const [i, method] of ['size', 'keys', 'values', 'entries', 'getStats'].entries()) {
      cache[method]()
      assert.equal(spy.mock.callCount(), i + 1)
    }
    cache.get('key')
    cache.has('key')
    cache.delete('key')
    cache.clear()
    cache.resetStats()
    assert.equal(spy.mock.callCount(), 5)
  })

  test('methods can be stubbed on an instance and on the prototype', () => {
    const cache = new MemoryCache()
    cache.set('key', 'value')
    const stubbed = new MemoryCache()
    mock.method(stubbed, 'get', () => 'stub')
    assert.equal(stubbed.get('key'), 'stub')
    assert.equal(cache.get('key'), 'value')
    const onPrototype = mock.method(MemoryCache.prototype, 'get', () => 'stub')
    try {
      assert.equal(cache.get('key'), 'stub')
      assert.equal(new MemoryCache().get('key'), 'stub')
    } finally {
      onPrototype.mock.restore()
    }
    assert.equal(cache.get('key'), 'value')
  })

  test('every method works through a proxy around the instance', async () => {
    const target = new MemoryCache({ ttl: 100 })
    const used = []
    const cache = new Proxy(target, {
      get(object, property, receiver) {
        if (METHOD_NAMES.includes(property)) used.push(property)
        return Reflect.get(object, property, receiver)
      },
    })
    cache.set('a:1', 1)
    assert.equal(target.get('a:1'), 1)
    assert.equal(cache.get('a:1'), 1)
    assert.equal(cache.has('a:1'), true)
    assert.equal(await cache.getOrSet('a:2', () => 2), 2)
    assert.equal(cache.size(), 2)
    assert.deepEqual(cache.keys(), ['a:1', 'a:2'])
    assert.deepEqual(cache.values(), [1, 2])
    assert.deepEqual(cache.entries(), [
      ['a:1', 1],
      ['a:2', 2],
    ])
    assert.equal(cache.delete('a:1'), true)
    assert.equal(await cache.deleteAsync('a:2'), true)
    cache.set('b:1', 1)
    assert.equal(cache.deleteByPrefix('b'), 1)
    cache.set('c:1', 1)
    assert.equal(cache.deleteByMagicString('c*'), 1)
    cache.set('d:1', 1)
    clock.advance(101)
    assert.equal(cache.prune(), 1)
    assert.deepEqual(cache.getStats(), target.getStats())
    cache.resetStats()
    assert.equal(target.getStats().hits, 0)
    cache.clear()
    assert.equal(target.size(), 0)
    assert.ok(cache instanceof MemoryCache)
    for (const name of METHOD_NAMES) assert.ok(used.includes(name), name)
  })

  test('an instance takes properties of the user’s own', () => {
    const cache = new MemoryCache()
    cache.label = 'sessions'
    assert.equal(cache.label, 'sessions')
    assert.deepEqual(cache.keys(), [])
  })

  test('methods can be bound and passed on', () => {
    const cache = new MemoryCache()
    const set = cache.set.bind(cache)
    set('a', 1)
    assert.deepEqual(['a', 'b'].map(cache.has, cache), [true, false])
    assert.deepEqual(
      ['a', 'b'].map((key) => cache.get(key)),
      [1, undefined],
    )
  })

  test('a method without its instance, or on something else, throws TypeError or rejects with it', async () => {
    for (const name of METHOD_NAMES) {
      const method = MemoryCache.prototype[name]
      for (const receiver of [undefined, null, {}, 'text']) {
        const call = () => method.call(receiver, 'key', () => 1)
        if (name === 'getOrSet' || name === 'deleteAsync') await assert.rejects(call, TypeError)
        else assert.throws(call, TypeError, `${name} on ${String(receiver)}`)
      }
    }
  })

  test('extra arguments are ignored', () => {
    const cache = new MemoryCache({}, 'extra')
    cache.set('key', 'value')
    assert.equal(cache.get('key', 'default'), 'value')
    assert.equal(cache.get('absent', 'default'), undefined)
    assert.equal(cache.delete('key', 'extra'), true)
  })
})
