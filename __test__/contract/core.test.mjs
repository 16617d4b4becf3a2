// Contract of the plain map operations: construction, set, get, has, delete, deleteAsync, clear and their return
// values. Order of eviction, expiry, weights, hooks and odd inputs have specs of their own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { METHOD_NAMES, clock, eachImplementation } from './support.mjs'

eachImplementation('core', ({ MemoryCache, CacheConfigError, cached }) => {
  test('the package exports MemoryCache, CacheConfigError and cached', () => {
    for (const exported of [MemoryCache, CacheConfigError, cached]) {
      assert.equal(typeof exported, 'function')
    }
  })

  test('every published method lives on the prototype and can be replaced there', () => {
    for (const name of METHOD_NAMES) {
      const descriptor = Object.getOwnPropertyDescriptor(MemoryCache.prototype, name)
      assert.equal(typeof descriptor?.value, 'function', name)
      assert.equal(descriptor.writable, true, name)
      assert.equal(descriptor.configurable, true, name)
    }
  })

  test('MemoryCache is a class: calling it without new throws TypeError', () => {
    assert.throws(() => MemoryCache(), TypeError)
  })

  test('instances are instances of MemoryCache', () => {
    assert.ok(new MemoryCache() instanceof MemoryCache)
    assert.equal(new MemoryCache().constructor, MemoryCache)
  })

  test('a new cache is empty', () => {
    const cache = new MemoryCache()
    assert.equal(cache.size(), 0)
    assert.deepEqual(cache.keys(), [])
    assert.deepEqual(cache.values(), [])
    assert.deepEqual(cache.entries(), [])
    assert.deepEqual(cache.getStats(), {
      hits: 0,
      misses: 0,
      evictions: 0,
      expirations: 0,
      size: 0,
      weight: 0,
    })
  })

  test('no options, undefined options and empty options all mean the defaults', () => {
    for (const make of [
      () => new MemoryCache(),
      () => new MemoryCache(undefined),
      () => new MemoryCache({}),
    ]) {
      const cache = make()
      for (let i = 0; i <= 100; i++) cache.set(`key ${i}`, i)
      assert.equal(cache.size(), 100)
      assert.equal(cache.getStats().evictions, 1)
      clock.advance(300_000)
      assert.equal(cache.size(), 100)
      clock.advance(1)
      assert.equal(cache.size(), 0)
    }
  })

  test('an option given as undefined or null means its default', () => {
    for (const absent of [undefined, null]) {
      const cache = new MemoryCache({
        maxSize: absent,
        ttl: absent,
        maxWeight: absent,
        sizeCalculation: absent,
        hooks: absent,
      })
      for (let i = 0; i <= 100; i++) cache.set(`key ${i}`, i)
      assert.equal(cache.size(), 100)
      assert.equal(cache.getStats().weight, 0)
      clock.advance(300_001)
      assert.equal(cache.size(), 0)
    }
  })

  test('unknown options are ignored', () => {
    const cache = new MemoryCache({ maxsize: 1, max: 1, [Symbol('option')]: 1 })
    cache.set('a', 1)
    cache.set('b', 2)
    assert.equal(cache.size(), 2)
  })

  test('options may come from a prototype and may be frozen', () => {
    const options = Object.freeze(Object.create({ maxSize: 1 }))
    const cache = new MemoryCache(options)
    cache.set('a', 1)
    cache.set('b', 2)
    assert.deepEqual(cache.keys(), ['b'])
  })

  test('limits are taken at construction: changing the options object later changes nothing', () => {
    const options = { maxSize: 2, ttl: 100 }
    const cache = new MemoryCache(options)
    options.maxSize = 1
    options.ttl = 1
    cache.set('a', 1)
    cache.set('b', 2)
    clock.advance(100)
    assert.deepEqual(cache.keys(), ['a', 'b'])
  })

  test('set stores a value that get returns; set itself returns undefined', () => {
    const cache = new MemoryCache()
    assert.equal(cache.set('key', 'value'), undefined)
    assert.equal(cache.get('key'), 'value')
  })

  test('set on a present key replaces its value and adds no entry', () => {
    const cache = new MemoryCache()
    cache.set('key', 'old')
    cache.set('key', 'new')
    assert.equal(cache.get('key'), 'new')
    assert.equal(cache.size(), 1)
  })

  test('get of an absent key returns undefined', () => {
    assert.equal(new MemoryCache().get('absent'), undefined)
  })

  test('has answers true for a present key and false for an absent one', () => {
    const cache = new MemoryCache()
    cache.set('key', 'value')
    assert.equal(cache.has('key'), true)
    assert.equal(cache.has('absent'), false)
  })

  test('has tells a stored undefined from an absent key, which get cannot', () => {
    const cache = new MemoryCache()
    cache.set('nothing', undefined)
    assert.equal(cache.get('nothing'), undefined)
    assert.equal(cache.has('nothing'), true)
    assert.equal(cache.has('absent'), false)
  })

  test('delete removes one entry and answers true, then false', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    cache.set('b', 2)
    assert.equal(cache.delete('a'), true)
    assert.equal(cache.delete('a'), false)
    assert.equal(cache.has('a'), false)
    assert.equal(cache.get('b'), 2)
  })

  test('delete answers true for entries that hold undefined or null', () => {
    const cache = new MemoryCache()
    cache.set('undefined', undefined)
    cache.set('null', null)
    assert.equal(cache.delete('undefined'), true)
    assert.equal(cache.delete('null'), true)
  })

  test('deleteAsync resolves to true when an entry was removed, to false otherwise', async () => {
    const cache = new MemoryCache()
    cache.set('key', 'value')
    const removal = cache.deleteAsync('key')
    assert.ok(removal instanceof Promise)
    assert.equal(await removal, true)
    assert.equal(await cache.deleteAsync('key'), false)
  })

  test('deleteAsync removes the entry before it returns', () => {
    const cache = new MemoryCache()
    cache.set('key', 'value')
    cache.deleteAsync('key')
    assert.equal(cache.has('key'), false)
  })

  test('clear removes every entry and returns undefined', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    cache.set('b', 2)
    assert.equal(cache.clear(), undefined)
    assert.equal(cache.size(), 0)
    assert.equal(cache.get('a'), undefined)
    assert.equal(cache.get('b'), undefined)
  })

  test('clear of an empty cache does nothing', () => {
    const cache = new MemoryCache()
    cache.clear()
    cache.clear()
    assert.equal(cache.size(), 0)
  })

  test('a cleared cache takes new entries, evicts and expires as before', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: 100 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.clear()
    cache.set('a', 3)
    cache.set('c', 4)
    cache.set('d', 5)
    assert.deepEqual(cache.entries(), [
      ['c', 4],
      ['d', 5],
    ])
    clock.advance(101)
    assert.equal(cache.prune(), 2)
    assert.equal(cache.size(), 0)
  })

  test('a deleted key can be stored again', () => {
    const cache = new MemoryCache()
    cache.set('key', 'first')
    cache.delete('key')
    cache.set('key', 'second')
    assert.equal(cache.get('key'), 'second')
  })

  test('caches do not share entries', () => {
    const one = new MemoryCache()
    const other = new MemoryCache()
    one.set('key', 'one')
    other.set('key', 'other')
    one.delete('key')
    assert.equal(one.has('key'), false)
    assert.equal(other.get('key'), 'other')
  })

  test('values keep their identity and are not copied', () => {
    const cache = new MemoryCache()
    const session = { userId: '42', permissions: ['read'] }
    cache.set('session', session)
    session.permissions.push('write')
    assert.equal(cache.get('session'), session)
    assert.deepEqual(cache.get('session').permissions, ['read', 'write'])
  })

  test('slots freed by delete are reused without mixing values up', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 200; i++) cache.set(`key ${i}`, `${round}:${i}`)
      for (let i = round % 2; i < 200; i += 2) assert.equal(cache.delete(`key ${i}`), true)
      for (let i = 0; i < 200; i++) {
        const expected = i % 2 === round % 2 ? undefined : `${round}:${i}`
        assert.equal(cache.get(`key ${i}`), expected)
      }
    }
  })

  test('ten thousand entries can be stored and read back', () => {
    const cache = new MemoryCache({ maxSize: 10_000 })
    for (let i = 0; i < 10_000; i++) cache.set(`user:${i}`, i)
    assert.equal(cache.size(), 10_000)
    for (let i = 0; i < 10_000; i++) assert.equal(cache.get(`user:${i}`), i)
  })
})
