// Contract of caches behind proxies that wrap what is read through them, as Vue's `reactive` and `ref` do. Proxies that
// wrap nothing are in instances.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { membrane, reactive } from './membranes.mjs'
import { clock, eachImplementation, native, recorder } from './support.mjs'

const CONFIGURATIONS = {
  'few entries': { maxSize: 3, ttl: 100 },
  'no ttl': { maxSize: 3, ttl: 0 },
  weights: { maxSize: 0, ttl: 100, maxWeight: 4, sizeCalculation: (value) => value },
  hooks: { maxSize: 3, ttl: 100, hooks: recorder().hooks },
}

/** What every method answers, one after the other. */
async function answers(cache) {
  const log = []
  const call = async (method, ...args) => log.push([method, await cache[method](...args)])
  for (const key of ['a:1', 'a:2', 'b:1', 'b:2']) await call('set', key, 1)
  await call('set', 'b:2', 2)
  for (const key of ['a:1', 'a:2', 'b:2']) {
    await call('get', key)
    await call('has', key)
  }
  await Promise.all([call('getOrSet', 'c', () => 1), call('getOrSet', 'c', () => 2)])
  await call('getOrSet', 'c', () => 3)
  for (const method of ['size', 'keys', 'values', 'entries', 'getStats']) await call(method)
  clock.advance(101)
  await call('get', 'c')
  await call('set', 'd:1', 1)
  await call('prune')
  await call('delete', 'd:1')
  for (const key of ['e:1', 'e:2', 'f']) await call('set', key, 1)
  await call('deleteAsync', 'e:1')
  await call('deleteByPrefix', 'e')
  await call('deleteByMagicString', '*f')
  await call('set', 'g', 1)
  await call('clear')
  await call('getStats')
  await call('resetStats')
  await call('getStats')
  return log
}

eachImplementation('membranes', ({ MemoryCache }) => {
  for (const [name, wrap] of Object.entries({ reactive, membrane })) {
    for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
      test(`every method answers through ${name} what it answers without: ${configuration}`, async () => {
        const expected = await answers(new MemoryCache(options))
        clock.install()
        assert.deepEqual(await answers(wrap(new MemoryCache(options))), expected)
      })
    }

    test(`an object comes out of ${name} wrapped and out of the cache itself as it is`, async () => {
      const bare = new MemoryCache()
      const cache = wrap(bare)
      const user = { name: 'Ada' }
      cache.set('user', user)
      const seen = [cache.get('user'), cache.values()[0], cache.entries()[0][1]]
      // Callbacks that go in through the membrane, such as a promise's, come back as they are.
      if (wrap === reactive)
        seen.push(await cache.getOrSet('user', () => assert.fail('it is there')))
      for (const value of seen) {
        assert.notEqual(value, user)
        assert.deepEqual(value, user)
        value.name += '!'
      }
      assert.equal(user.name, `Ada${'!'.repeat(seen.length)}`)
      assert.equal(bare.get('user'), user)
      assert.equal(bare.values()[0], user)
    })
  }

  test('what a read through a reactive proxy has read, a write through it writes', () => {
    const read = new Map()
    let written
    const note = (target, property) => {
      if (!read.has(target)) read.set(target, new Set())
      read.get(target).add(property)
    }
    const isRead = (target, property) => read.get(target)?.has(property)
    const cache = reactive(new MemoryCache({ ttl: 100 }), {
      onRead: note,
      onWrite: (target, property) => (written ||= isRead(target, property)),
    })
    const changes = {
      set: () => cache.set('a', {}),
      'set again': () => cache.set('a', {}),
      delete: () => cache.delete('a'),
      prune: () => (cache.set('a', 1), clock.advance(101), cache.prune()),
      deleteByPrefix: () => (cache.set('a', 1), cache.deleteByPrefix('a')),
      deleteByMagicString: () => (cache.set('a', 1), cache.deleteByMagicString('*')),
      clear: () => (cache.set('a', 1), cache.clear()),
    }
    for (const method of ['get', 'has', 'size', 'keys', 'values', 'entries', 'getStats']) {
      for (const [name, change] of Object.entries(changes)) {
        read.clear()
        cache[method]('a')
        written = false
        change()
        assert.ok(written, `${name} after ${method}`)
      }
    }
  })
})

test('a read through a proxy whose traps read the cache gives its own value', () => {
  const raw = new native.MemoryCache()
  raw.set('a', { name: 'A' })
  raw.set('b', { name: 'B' })
  let isInside = false
  let cache
  const wrap = (object) =>
    typeof object !== 'object' || object === null
      ? object
      : new Proxy(object, {
          get(target, name, receiver) {
            if (!isInside) {
              isInside = true
              cache.get('b')
              isInside = false
            }
            return wrap(Reflect.get(target, name, receiver))
          },
        })
  cache = wrap(raw)
  assert.deepEqual(cache.get('a'), { name: 'A' })
})

test('a shared cache works through reactive, with copies as ever', async () => {
  const { hooks, take } = recorder()
  const cache = reactive(new SharedMemoryCache({ name: 'reactive', nearCache: true, hooks }))
  cache.set('key', { a: 1 })
  assert.deepEqual(cache.get('key'), { a: 1 })
  assert.deepEqual(cache.entries(), [['key', { a: 1 }]])
  assert.equal(await cache.getOrSet('other', () => 1), 1)
  assert.equal(await cache.getOrSet('other', () => 2), 1)
  assert.deepEqual(cache.take('key'), { a: 1 })
  assert.equal(cache.size(), 1)
  assert.ok(take().length > 0)
  cache.close()
  assert.throws(() => cache.get('key'), { message: "the shared cache 'reactive' is closed" })
})
