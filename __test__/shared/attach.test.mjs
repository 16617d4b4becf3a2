// `SharedMemoryCache.attach`: what it opens, with which options, and what it refuses.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import { freshName, openShared, recorder } from './support.mjs'
import { openRemote } from './workers.mjs'

function attach(t, name, options) {
  const cache = SharedMemoryCache.attach(name, options)
  t.after(() => cache.close())
  return cache
}

function assertNoStore(name, shown = `'${name}'`) {
  const before = SharedMemoryCache.names()
  assert.throws(
    () => SharedMemoryCache.attach(name),
    (error) => {
      assert.equal(error.constructor, Error)
      assert.equal(error.message, `attach: there is no open store ${shown}`)
      assert.equal(error.code, 'ERR_NO_SUCH_STORE')
      assert.match(error.stack.split('\n')[1], /attach\.test\.mjs/)
      return true
    },
  )
  assert.deepEqual(SharedMemoryCache.names(), before, 'none was made')
}

test('a store that somebody has open is opened', (t) => {
  for (const name of [freshName(), '__proto__', '\ud800']) {
    const first = openShared(t, { name, maxSize: 7, ttl: 1_000, shards: 3, updateAgeOnGet: true })
    const cache = attach(t, name)
    assert.ok(cache instanceof SharedMemoryCache)
    assert.equal(cache.name, name)
    first.set('k', { a: 1 })
    assert.deepEqual(cache.get('k'), { a: 1 })
    assert.equal(cache.getMetrics().shards, 3)
    assert.equal(cache.updateAgeOnGet, true)
    assert.equal(openShared(t, { name: freshName() }).updateAgeOnGet, false)
  }
})

test('a store that a worker has open is opened', async (t) => {
  const name = freshName()
  const remote = await openRemote(t, { name })
  await remote.call('set', 'k', 1)
  assert.equal(attach(t, name).get('k'), 1)
})

test('without such a store it throws and makes none', (t) => {
  assertNoStore(freshName())
  assertNoStore('', "''")
  const closed = openShared(t)
  closed.close()
  assertNoStore(closed.name)
  const destroyed = openShared(t)
  SharedMemoryCache.destroy(destroyed.name)
  assertNoStore(destroyed.name)
  assertNoStore('__proto__')
})

test('an attached handle keeps the store open and closes like any other', (t) => {
  const first = openShared(t)
  const cache = attach(t, first.name)
  first.close()
  cache.set('k', 1)
  assert.equal(attach(t, cache.name).get('k'), 1)
  cache.close()
  assert.throws(() => cache.get('k'), /is closed/)
})

test('it takes hooks, a near cache and a codec', async (t) => {
  const codec = { name: 'of attach', encode: String, decode: (text) => `<${text}>` }
  const first = openShared(t, { codec })
  const own = recorder(['onSet'])
  const cache = attach(t, first.name, { codec, hooks: own.hooks, nearCache: true })
  cache.set('k', 1)
  assert.deepEqual(own.take(), [['onSet', { key: 'k', value: '<1>', isUpdate: false }]])
  assert.equal(cache.get('k'), '<1>')
  first.set('k', 2)
  assert.equal(cache.get('k'), '<2>')
  for (const nothing of [undefined, null]) {
    const { name } = openShared(t)
    assert.equal(attach(t, name, nothing).size(), 0)
    assert.equal(attach(t, name, { codec: nothing, hooks: nothing, nearCache: nothing }).size(), 0)
  }
})

test('options of the wrong type, and another codec than the store has, are refused', (t) => {
  const { name } = openShared(t)
  for (const [options, message] of [
    [7, 'options must be an object, received 7'],
    [{ nearCache: 1 }, 'nearCache must be a boolean, received 1'],
    [{ hooks: 1 }, 'hooks must be an object, received 1'],
    [
      { codec: 'json' },
      `codec must be structured, with which the store '${name}' is open, received 'json'`,
    ],
  ]) {
    assert.throws(
      () => SharedMemoryCache.attach(name, options),
      (error) => {
        assert.ok(error instanceof CacheConfigError)
        assert.equal(error.message, message)
        assert.match(error.stack.split('\n')[1], /attach\.test\.mjs/)
        return true
      },
    )
  }
  const coded = openShared(t, { codec: { encode: String, decode: String } })
  assert.throws(() => SharedMemoryCache.attach(coded.name), CacheConfigError)
  assert.equal(coded.getMetrics().subscribers, 0)
})

test('options of the store are warned of and have no effect', async (t) => {
  const { name } = openShared(t, { maxSize: 3 })
  const warned = once(process, 'warning')
  const cache = attach(t, name, { shards: 9 })
  assert.equal(cache.getMetrics().shards, 1)
  const [{ code, message }] = await warned
  assert.equal(code, 'NMC_OPTION')
  assert.equal(message, 'SharedMemoryCache.attach has no option shards: it has no effect')
})

test('a name that is no string is a TypeError', () => {
  for (const [name, type] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [{ name: 'k' }, 'object'],
    [7, 'number'],
  ]) {
    assert.throws(() => SharedMemoryCache.attach(name), {
      name: 'TypeError',
      message: `attach: name must be a string, received ${type}`,
    })
  }
})

test('it needs no receiver, and a subclass gets a plain handle', (t) => {
  const { name } = openShared(t)
  const { attach: detached } = SharedMemoryCache
  detached(name).close()
  class Sessions extends SharedMemoryCache {
    own = assert.fail('it is not constructed')
  }
  const cache = Sessions.attach(name)
  assert.equal(Object.getPrototypeOf(cache), SharedMemoryCache.prototype)
  cache.close()
})
