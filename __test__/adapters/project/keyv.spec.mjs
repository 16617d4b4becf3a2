// Keyv, and what is built on it, on both kinds of cache. What must not live here: what the published suite tests,
// which is run in keyv-suite.spec.mjs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createCache } from 'cache-manager'
import { Cacheable } from 'cacheable'
import { Keyv } from 'keyv'
import { Keyv as Keyv6 } from 'keyv-6'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { KeyvStore } from 'native-memory-cache/keyv'
import { collectGarbage } from './garbage.mjs'
import { kinds } from './stores.mjs'

const MINUTE = 60_000

async function listed(keyv) {
  const entries = []
  for await (const entry of keyv.iterator()) entries.push(entry)
  return entries.toSorted()
}

for (const [kind, create] of Object.entries(kinds)) {
  for (const [version, Version] of Object.entries({ 'Keyv 5': Keyv, 'Keyv 6': Keyv6 })) {
    describe(`${version} on a ${kind}`, () => {
      let cache
      beforeEach((t) => {
        t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
        cache = create({ maxSize: 0, ttl: 30 * MINUTE })
      })

      const open = (options) => {
        const keyv = new Version({ store: new KeyvStore({ cache }), ...options })
        const errors = []
        keyv.on('error', (error) => errors.push(error))
        return Object.assign(keyv, { errors })
      }

      test('keeps a value as long as its ttl says, in the cache as well', async (t) => {
        const keyv = open()
        await keyv.set('a', { deep: ['value'] }, 1000)
        await keyv.set('b', 1)
        assert.deepEqual(await keyv.get('a'), { deep: ['value'] })
        const lifetimes = cache.keys().map((key) => cache.getRemainingTTL(key))
        assert.deepEqual(lifetimes.toSorted(), [1000, Infinity])
        t.mock.timers.tick(1001)
        assert.equal(cache.size(), 1)
        assert.equal(await keyv.get('a'), undefined)
        assert.equal(await keyv.has('a'), false)
        t.mock.timers.tick(31 * MINUTE)
        assert.equal(await keyv.has('b'), true)
        assert.deepEqual(keyv.errors, [])
      })

      test('keeps values as long as the ttl of the Keyv says', async (t) => {
        const keyv = open({ ttl: 1000 })
        await keyv.set('a', 1)
        await keyv.set('b', 1, 2000)
        t.mock.timers.tick(1001)
        assert.deepEqual(await keyv.get(['a', 'b']), [undefined, 1])
      })

      test('reads, writes, looks for and removes many keys', async (t) => {
        const keyv = open()
        const entries = [
          { key: 'a', value: 1, ttl: 1000 },
          { key: 'b', value: 2, ttl: 1000 },
          { key: 'c', value: null },
          { key: 'a', value: 3, ttl: 5000 },
        ]
        assert.deepEqual(await keyv.setMany(entries), [true, true, true, true])
        assert.deepEqual(await keyv.hasMany(['a', 'x', 'c']), [true, false, true])
        assert.deepEqual(await keyv.getMany(['a', 'x', 'b']), [3, undefined, 2])
        t.mock.timers.tick(1001)
        assert.deepEqual(await keyv.hasMany(['a', 'b', 'c']), [true, false, true])
        // Keyv 5 has one answer for all keys.
        const one = version === 'Keyv 5'
        assert.deepEqual(await keyv.deleteMany(['a', 'x']), one ? false : [true, false])
        assert.deepEqual(await keyv.deleteMany(['c']), one ? true : [true])
        assert.equal(cache.size(), 0)
        assert.deepEqual(await keyv.setMany([]), [])
        assert.deepEqual(keyv.errors, [])
      })

      test('is apart from whatever else has the cache, in all it does', async () => {
        const names = ['a', 'a:b', 'a%3Ab', '', undefined]
        const keyvs = names.map((namespace) => open({ namespace }))
        cache.set('sess:1', 'a session')
        for (const [i, keyv] of keyvs.entries()) await keyv.set('key', i)
        // A namespace and a key that read as another namespace and its key.
        await keyvs[0].set('b:key', 'deep')
        assert.deepEqual(await Promise.all(keyvs.map((keyv) => keyv.get('key'))), [0, 1, 2, 4, 4])
        await keyvs[0].clear()
        assert.deepEqual(await Promise.all(keyvs.map((keyv) => keyv.get('key'))), [
          undefined,
          1,
          2,
          4,
          4,
        ])
        await keyvs[4].clear()
        assert.deepEqual(await Promise.all(keyvs.map((keyv) => keyv.get('key'))), [
          undefined,
          1,
          2,
          undefined,
          undefined,
        ])
        assert.equal(cache.get('sess:1'), 'a session')
      })

      test('iterates over the entries of its namespace', async () => {
        const [one, other] = [open({ namespace: 'one' }), open({ namespace: 'other' })]
        await one.set('a', 1)
        await one.set('b', { c: [2] })
        await other.set('a', 3)
        assert.deepEqual(await listed(one), [
          ['a', 1],
          ['b', { c: [2] }],
        ])
        assert.deepEqual(await listed(other), [['a', 3]])
      })

      test('follows a change of its namespace', async () => {
        const keyv = open({ namespace: 'one' })
        await keyv.set('a', 1)
        keyv.namespace = 'other'
        assert.equal(await keyv.get('a'), undefined)
        await keyv.clear()
        keyv.namespace = 'one'
        assert.equal(await keyv.get('a'), 1)
      })

      test('keeps odd keys apart', async () => {
        const keyv = open()
        const keys = ['__proto__', 'constructor', '*', 'a*', '\ud800', '\udc00', '😀']
        await keyv.setMany(keys.map((key, value) => ({ key, value })))
        assert.deepEqual(await keyv.getMany(keys), [...keys.keys()])
      })

      test('tells the error of a cache that is closed', async () => {
        const keyv = open()
        await keyv.set('a', 1)
        cache.close()
        assert.equal(await keyv.get('a'), undefined)
        assert.equal(await keyv.set('a', 1), false)
        assert.equal(await keyv.delete('a'), false)
        const writes = keyv.errors.slice(-2).map(({ message }) => message)
        for (const message of writes) assert.match(message, /closed/)
        assert.equal(writes.length, 2)
        const reads = [
          [() => keyv.has('a'), false],
          [() => keyv.getMany(['a']), [undefined]],
          [() => keyv.hasMany(['a']), [false]],
          [() => keyv.getRaw('a'), undefined],
          [() => listed(keyv), []],
        ]
        for (const [read, nothing] of reads) {
          if (version === 'Keyv 5') await assert.rejects(read, /closed/)
          else assert.deepEqual(await read(), nothing)
        }
      })

      test('keeps text as small as it is', async () => {
        const keyv = open()
        const text = (i) => ({ user: { id: i, name: `Ada ${i}`, roles: ['reader'] }, cart: [i, i] })
        const size = 5000
        const fill = async (from) => {
          for (let i = from; i < from + size; i++) await keyv.set(`key ${i}`, text(i))
          await collectGarbage()
          return process.memoryUsage().heapUsed
        }
        const before = await fill(0)
        const each = ((await fill(size)) - before) / size
        assert.ok(each < 400, `${each} bytes`)
        assert.deepEqual(await keyv.get('key 9'), text(9))
      })

      test('closes a cache that was made for it, and leaves a ready one open', async () => {
        const [ready, own] = [
          new KeyvStore({ cache }),
          new KeyvStore({ cache: { maxSize: 10, name: 'own' } }),
        ]
        await new Version({ store: ready }).disconnect()
        ready.cache.set('a', 1)
        await new Version({ store: own }).disconnect()
        assert.throws(() => own.cache.get('a'), /closed/)
      })
    })
  }

  describe(`a store of a ${kind}`, () => {
    let cache
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0 })
    })

    test('keeps what Keyv does not serialize', async () => {
      const keyv = new Keyv({
        store: new KeyvStore({ cache }),
        serialize: undefined,
        deserialize: undefined,
      })
      const value = new Map([['a', new Date(0)]])
      await keyv.setMany([{ key: 'a', value }])
      assert.deepEqual(await keyv.get('a'), value)
      assert.deepEqual(await keyv.getMany(['a']), [value])
      assert.deepEqual(await listed(keyv), [['a', value]])
      assert.equal((await keyv.get('a')) === value, kind === 'MemoryCache')
    })

    test('stores nothing that is over, and removes what the key had', async () => {
      const keyv = new Keyv({ store: new KeyvStore({ cache }) })
      await keyv.set('a', 1)
      assert.equal(await keyv.set('a', 2, -1), true)
      assert.equal(await keyv.get('a'), undefined)
      assert.equal(cache.size(), 0)
    })

    test('refuses a ttl and a key that make no sense, and stores nothing', async () => {
      const store = new KeyvStore({ cache })
      await assert.rejects(store.set('a', 1, Number.NaN), TypeError)
      await assert.rejects(store.set('a', 1, '1s'), TypeError)
      await assert.rejects(store.set(1, 1), TypeError)
      await assert.rejects(store.get(), TypeError)
      await assert.rejects(
        store.setMany([
          { key: 'a', value: 1 },
          { key: 1, value: 1 },
        ]),
        TypeError,
      )
      assert.equal(cache.size(), 0)
    })

    test('keeps for ever what Keyv gives no ttl, unless it was made with one', async (t) => {
      const name = (ttl) => kind === 'SharedMemoryCache' && { name: `ttl ${ttl}` }
      const stores = [
        new KeyvStore({ cache }),
        new KeyvStore({ cache: { ...name('none') } }),
        new KeyvStore({ cache: { ttl: undefined, ...name('undefined') } }),
        new KeyvStore({ cache: { ttl: MINUTE, ...name('a minute') } }),
      ]
      for (const store of stores) {
        const keyv = new Keyv({ store })
        await keyv.set('a', 1)
        await keyv.setMany([{ key: 'b', value: 2 }])
      }
      t.mock.timers.tick(MINUTE + 1)
      assert.deepEqual(
        stores.map((store) => store.cache.size()),
        [2, 2, 2, 0],
      )
    })

    test('is a level of cacheable that never gives back what was invalidated by its tag', async (t) => {
      const cacheable = new Cacheable({ primary: new KeyvStore({ cache }), tags: true })
      await cacheable.set('page', 'secret', { ttl: '1h', tags: ['user:42'] })
      await cacheable.tags.invalidateTag('user:42')
      t.mock.timers.tick(59 * MINUTE)
      assert.equal(await cacheable.get('page'), undefined)
    })

    test('refuses a cache that renews what is read, whose entries would outlive their ttl', () => {
      assert.throws(
        () => new KeyvStore({ cache: create({ updateAgeOnGet: true }) }),
        /^CacheConfigError: cache.updateAgeOnGet must be false, or .*, received true$/,
      )
    })

    test('is the first level of cacheable, with another one behind it', async (t) => {
      const secondary = new Keyv()
      const cacheable = new Cacheable({ primary: new KeyvStore({ cache }), secondary, ttl: '1m' })
      await cacheable.set('a', { b: 1 })
      await cacheable.setMany([
        { key: 'c', value: 2, ttl: 1000 },
        { key: 'd', value: 3 },
      ])
      assert.deepEqual(await cacheable.getMany(['a', 'c', 'x']), [{ b: 1 }, 2, undefined])
      assert.equal(cache.size(), 3)
      t.mock.timers.tick(1001)
      assert.equal(await cacheable.get('c'), undefined)
      cache.clear()
      assert.equal(await cacheable.get('d'), 3)
      assert.equal(cache.size(), 1)
      const load = cacheable.wrap(async (id) => `user ${id}`, { ttl: '5s', keyPrefix: 'user' })
      assert.equal(await load(7), 'user 7')
      assert.equal(await cacheable.getOrSet('e', async () => 4), 4)
      await cacheable.deleteMany(['a', 'd'])
      assert.equal(await cacheable.has('a'), false)
      await cacheable.clear()
      assert.equal(cache.size(), 0)
      await cacheable.disconnect()
    })

    test('is a store of cache-manager', async (t) => {
      const store = new KeyvStore({ cache })
      const manager = createCache({ stores: [new Keyv({ store })], ttl: MINUTE })
      await manager.set('a', 1)
      await manager.mset([
        { key: 'b', value: 2 },
        { key: 'c', value: 3, ttl: 1000 },
      ])
      assert.deepEqual(await manager.mget(['a', 'b', 'x']), [1, 2, undefined])
      let calls = 0
      const load = () => manager.wrap('d', async () => (calls += 1), 5000)
      assert.deepEqual(await Promise.all([load(), load()]), [1, 1])
      assert.equal(await manager.ttl('c'), Date.now() + 1000)
      t.mock.timers.tick(1001)
      assert.equal(await manager.get('c'), undefined)
      await manager.mdel(['a', 'b'])
      assert.equal(cache.size(), 1)
      await manager.clear()
      assert.equal(cache.size(), 0)
      await manager.disconnect()
    })
  })
}

test('threads have the same entries in the store of one name', async () => {
  const name = 'users of two threads'
  const keyv = new Keyv({ store: new KeyvStore({ cache: { name } }), namespace: 'users' })
  const [code] = await once(
    new Worker(new URL('keyv-writer.mjs', import.meta.url), { workerData: name }),
    'exit',
  )
  assert.equal(code, 0)
  assert.deepEqual(await keyv.get('ada'), { name: 'Ada' })
})

test('what is invalidated by its tag stays so in a full store of threads', async () => {
  const store = new KeyvStore({ cache: { name: 'full of tags', maxSize: 2048 } })
  const cacheable = new Cacheable({ primary: new Keyv({ store }), tags: true })
  const count = 150
  for (let i = 0; i < count; i++) await cacheable.set(`page ${i}`, i, { tags: [`tag ${i}`] })
  await cacheable.tags.invalidateTags(Array.from({ length: count }, (_, i) => `tag ${i}`))
  for (let i = 0; i < 1900; i++) await cacheable.set(`other ${i}`, i)
  for (let i = 0; i < count; i++) assert.equal(await cacheable.get(`page ${i}`), undefined)
  assert.equal(await cacheable.get('other 1899'), 1899)
  await cacheable.disconnect()
})

test('a cache that is no KeyvStore is what the document warns of', async () => {
  const cache = new MemoryCache()
  const keyv = new Keyv({ store: cache, namespace: 'users' })
  keyv.on('error', () => {})
  cache.set('sess:1', 'a session')
  assert.equal(keyv.iterator, undefined)
  await keyv.clear()
  assert.equal(cache.size(), 0)
})

test('a store refuses what makes no sense', () => {
  for (const options of [undefined, {}, { cache: new Map() }, { cache: 1 }]) {
    assert.throws(() => new KeyvStore(options), CacheConfigError)
  }
  const shared = new KeyvStore({ cache: { name: 'a name', maxBytes: 1 << 20 } })
  assert.ok(shared.cache instanceof SharedMemoryCache)
})
