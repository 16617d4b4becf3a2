// What SharedMemoryCache refuses, with which error, and that a refusal changes nothing. Closed and
// destroyed caches are the affair of lifecycle.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { HOOK_NAMES, freshName, openShared, recorder } from './support.mjs'

function assertRefused(options, message) {
  const before = SharedMemoryCache.names()
  assert.throws(
    () => new SharedMemoryCache(options),
    (error) => {
      assert.ok(error instanceof CacheConfigError, error.stack)
      assert.equal(error.message, message)
      return true
    },
  )
  assert.deepEqual(SharedMemoryCache.names(), before)
}

test('options that are no object are refused', () => {
  for (const [options, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['name', "'name'"],
    [7, '7'],
    [() => {}, '[Function (anonymous)]'],
  ]) {
    assertRefused(options, `options must be an object, received ${shown}`)
  }
})

test('a name is required: a string, and not the empty one', () => {
  for (const [name, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['', "''"],
    [7, '7'],
    [Number.NaN, 'NaN'],
    [['a'], "[ 'a' ]"],
    [Object('a'), "[String: 'a']"],
  ]) {
    assertRefused({ name }, `name must be a non-empty string, received ${shown}`)
  }
  assertRefused({}, 'name must be a non-empty string, received undefined')
})

test('limits are numbers from 0 on', () => {
  const name = freshName()
  for (const option of ['maxSize', 'maxBytes', 'ttl']) {
    assertRefused({ name, [option]: -1 }, `${option} must be a non-negative number`)
    assertRefused({ name, [option]: -Infinity }, `${option} must be a non-negative number`)
    for (const [value, shown] of [
      ['5', "'5'"],
      [true, 'true'],
      [{}, '{}'],
      [5n, '5n'],
    ]) {
      const message = `${option} must be a non-negative number, received ${shown}`
      assertRefused({ name, [option]: value }, message)
    }
  }
})

test('NaN is no limit for maxSize and ttl, as in MemoryCache, and refused for maxBytes', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
  const cache = openShared(t, { maxSize: Number.NaN, ttl: Number.NaN })
  for (let i = 0; i < 200; i++) cache.set(`key ${i}`, i)
  t.mock.timers.tick(1e12)
  assert.equal(cache.size(), 200)
  assertRefused(
    { name: freshName(), maxBytes: Number.NaN },
    'maxBytes must be a non-negative number, received NaN',
  )
})

test('shards are a whole number from 1 to 1024', () => {
  const name = freshName()
  for (const [shards, shown] of [
    [0, '0'],
    [-1, '-1'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [1_025, '1025'],
    ['4', "'4'"],
  ]) {
    assertRefused({ name, shards }, `shards must be an integer from 1 to 1024, received ${shown}`)
  }
})

test('a codec is one of two names or has encode and decode', () => {
  const name = freshName()
  const expected = "codec must be 'structured', 'json' or { encode, decode }, received"
  assertRefused({ name, codec: 'xml' }, `${expected} 'xml'`)
  assertRefused({ name, codec: '' }, `${expected} ''`)
  assertRefused({ name, codec: 7 }, `${expected} 7`)
  assertRefused({ name, codec: { encode: 7, decode: 7 } }, `${expected} { encode: 7, decode: 7 }`)
  assert.throws(() => new SharedMemoryCache({ name, codec: { encode() {} } }), CacheConfigError)
})

test('the name of a codec is a string, and not one of the built-in ones', () => {
  const codec = { encode: String, decode: String }
  for (const [name, shown] of [
    [7, '7'],
    ['json', "'json'"],
    ['structured', "'structured'"],
  ]) {
    const message = `codec.name must be a string other than 'structured' and 'json', received ${shown}`
    assertRefused({ name: freshName(), codec: { ...codec, name } }, message)
  }
})

test('nearCache is a boolean', () => {
  const name = freshName()
  for (const [nearCache, shown] of [
    [1, '1'],
    ['yes', "'yes'"],
    [{}, '{}'],
  ]) {
    assertRefused({ name, nearCache }, `nearCache must be a boolean, received ${shown}`)
  }
})

test('hooks are an object of functions', () => {
  const name = freshName()
  assertRefused({ name, hooks: 7 }, 'hooks must be an object, received 7')
  for (const hook of HOOK_NAMES) {
    assertRefused({ name, hooks: { [hook]: 7 } }, `hooks.${hook} must be a function, received 7`)
  }
})

test('null and undefined mean the default for every option but the name', (t) => {
  for (const nothing of [null, undefined]) {
    const options = {}
    for (const option of ['maxSize', 'maxBytes', 'ttl', 'shards', 'codec', 'nearCache', 'hooks']) {
      options[option] = nothing
    }
    const cache = openShared(t, options)
    cache.set('k', { a: 1 })
    assert.deepEqual(cache.get('k'), { a: 1 })
    assert.notEqual(cache.get('k'), cache.get('k'))
    assert.equal(cache.getMetrics().shards, 1)
  }
})

test('a hookDelivery of MemoryCache is sync or deferred', () => {
  for (const [hookDelivery, shown] of [
    ['async', "'async'"],
    [true, 'true'],
    ['', "''"],
  ]) {
    assert.throws(() => new MemoryCache({ hookDelivery }), {
      name: 'CacheConfigError',
      message: `hookDelivery must be 'sync' or 'deferred', received ${shown}`,
    })
  }
})

test('keys that are no strings throw, by every method, and change nothing', async (t) => {
  const record = recorder()
  for (const nearCache of [false, true]) {
    const cache = openShared(t, { nearCache, hooks: record.hooks })
    cache.set('k', 1)
    record.take()
    const before = [cache.entries(), cache.getStats()]
    const methods = {
      get: 'key',
      has: 'key',
      set: 'key',
      setIfAbsent: 'key',
      replace: 'key',
      update: 'key',
      take: 'key',
      increment: 'key',
      incrementEntry: 'key',
      delete: 'key',
      deleteByPrefix: 'prefix',
      deleteByMagicString: 'pattern',
    }
    for (const [key, type] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [7, 'number'],
      [Symbol('s'), 'symbol'],
      [['k'], 'array'],
      [Object('k'), 'object'],
    ]) {
      for (const [method, argument] of Object.entries(methods)) {
        assert.throws(() => cache[method](key, 1), {
          name: 'TypeError',
          message: `${method}: ${argument} must be a string, received ${type}`,
        })
      }
      await assert.rejects(
        cache.getOrSet(key, () => assert.fail('nothing is fetched')),
        { name: 'TypeError', message: `getOrSet: key must be a string, received ${type}` },
      )
      await assert.rejects(cache.deleteAsync(key), {
        name: 'TypeError',
        message: `deleteAsync: key must be a string, received ${type}`,
      })
      assert.throws(() => SharedMemoryCache.destroy(key), {
        name: 'TypeError',
        message: `destroy: name must be a string, received ${type}`,
      })
    }
    assert.deepEqual([cache.entries(), cache.getStats()], before)
    assert.deepEqual(record.take(), [])
  }
})

test('increment takes numbers, and its ttl from 0 on', (t) => {
  const cache = openShared(t)
  cache.set('n', 1)
  for (const [by, shown] of [
    [Number.NaN, 'NaN'],
    ['1', "'1'"],
    [1n, '1n'],
    [null, 'null'],
  ]) {
    assert.throws(() => cache.increment('n', by), {
      name: 'TypeError',
      message: `increment: by must be a number, received ${shown}`,
    })
  }
  for (const [ttl, shown] of [
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    ['1', "'1'"],
  ]) {
    assert.throws(() => cache.increment('n', 1, { ttl }), {
      name: 'TypeError',
      message: `increment: ttl must be a non-negative number, received ${shown}`,
    })
  }
  assert.equal(cache.get('n'), 1)
  assert.equal(cache.increment('n', -3), -2)
  assert.equal(cache.increment('n', 0.5, { ttl: undefined }), -1.5)
  assert.equal(cache.increment('n', undefined, {}), -0.5)
})

test('increment of something else than a number throws and changes nothing', (t) => {
  const record = recorder()
  const cache = openShared(t, { hooks: record.hooks })
  for (const value of ['1', 1n, null, undefined, true, { n: 1 }, Buffer.from('1')]) {
    cache.set('k', value)
    const stats = cache.getStats()
    record.take()
    assert.throws(() => cache.increment('k'), {
      name: 'TypeError',
      message: "increment: the entry 'k' holds something else than a number",
    })
    assert.deepEqual(cache.get('k'), value)
    assert.equal(record.take().length, 1)
    assert.equal(cache.getStats().size, stats.size)
  }
})

test('a fetcher that is no function makes getOrSet reject, and leaves no flight behind', async (t) => {
  const cache = openShared(t)
  for (const fetcher of [undefined, null, 7, 'text']) {
    await assert.rejects(cache.getOrSet('k', fetcher), TypeError)
    assert.equal(cache.getMetrics().flights, 0)
  }
  assert.equal(await cache.getOrSet('k', () => 1), 1)
})

test('the class cannot be called without new, nor its methods on something else', () => {
  assert.throws(() => SharedMemoryCache({ name: 'x' }), TypeError)
  for (const method of ['get', 'set', 'size', 'close', 'getMetrics']) {
    assert.throws(() => SharedMemoryCache.prototype[method].call({}, 'k'), TypeError)
  }
})
