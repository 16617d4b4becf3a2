// unstorage on both kinds of cache, with what its own tests ask of every driver. What must not live here: what the
// cache does by itself.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { CacheConfigError } from 'native-memory-cache'
import { unstorageDriver } from 'native-memory-cache/unstorage'
import { createStorage, prefixStorage, restoreSnapshot, snapshot } from 'unstorage'
import { kinds } from './stores.mjs'

const MINUTE = 60_000

for (const [kind, create] of Object.entries(kinds)) {
  describe(`unstorage on a ${kind}`, () => {
    let cache, driver, storage
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 30 * MINUTE })
      driver = unstorageDriver({ cache })
      storage = createStorage({ driver })
    })

    const sortedKeys = async (...args) => (await storage.getKeys(...args)).toSorted()

    describe('does what every driver has to do:', () => {
      test('a snapshot is restored', async () => {
        await restoreSnapshot(storage, { initial: 'works' })
        assert.equal(await storage.getItem('initial'), 'works')
        assert.deepEqual({ ...(await snapshot(storage, '')) }, { initial: 'works' })
      })

      test('it is empty at first', async () => {
        assert.equal(await storage.hasItem('s1:a'), false)
        assert.equal(await storage.getItem('s2:a'), null)
        assert.equal(await storage.getItemRaw('s2:a'), null)
        assert.deepEqual(await storage.getKeys(), [])
      })

      test('items are found, whatever query their keys have', async () => {
        await storage.setItem('s1:a', 'test_data')
        await storage.setItem('s3:a?q=1', 'test_data')
        assert.equal(await storage.hasItem('s1:a'), true)
        assert.equal(await storage.getItem('s1:a'), 'test_data')
        assert.equal(await storage.getItem('s3:a?q=2'), 'test_data')
      })

      test('keys are listed, below a base and to a depth', async () => {
        for (const key of ['a0', 'a:b:c0', 'a:b:c1', 'a:b0', 's1:a?q=1']) {
          await storage.setItem(key, 'test_data')
        }
        assert.deepEqual(await sortedKeys(), ['a0', 'a:b0', 'a:b:c0', 'a:b:c1', 's1:a'])
        assert.deepEqual(await sortedKeys('s1'), ['s1:a'])
        assert.deepEqual(await sortedKeys('a:b'), ['a:b:c0', 'a:b:c1'])
        assert.deepEqual(await sortedKeys(undefined, { maxDepth: 0 }), ['a0'])
        assert.deepEqual(await sortedKeys(undefined, { maxDepth: 1 }), ['a0', 'a:b0', 's1:a'])
      })

      test('values are serialized as anywhere, and what cannot be is refused', async () => {
        class Text {
          toJSON() {
            return 'SERIALIZED'
          }
        }
        class Data {
          toJSON() {
            return { serialized: 'works' }
          }
        }
        class Nothing {}
        const cases = [
          [{ json: 'works' }, { json: 'works' }],
          [true, true],
          [false, false],
          [0, 0],
          [null, null],
          [new Text(), 'SERIALIZED'],
          [new Data(), { serialized: 'works' }],
        ]
        for (const [given, expected] of cases) {
          await storage.setItem('/data/value.json', given)
          assert.deepEqual(await storage.getItem('/data/value.json'), expected)
        }
        await assert.rejects(
          storage.setItem('/data/bad.json', new Nothing()),
          /Cannot stringify value!/,
        )
      })

      test('raw values are kept as they are', async () => {
        const value = new Uint8Array([1, 2, 3])
        await storage.setItemRaw('/data/raw.bin', value)
        assert.deepEqual(await storage.getItemRaw('/data/raw.bin'), value)
        const map = new Map([['a', new Date(0)]])
        await storage.setItemRaw('map', map)
        assert.deepEqual(await storage.getItemRaw('map'), map)
        assert.equal((await storage.getItemRaw('map')) === map, kind === 'MemoryCache')
      })

      test('many items are written and read', async () => {
        await storage.setItems([
          { key: 't:1', value: 'one' },
          { key: 't:2', value: { two: 2 } },
          { key: 'v3:a?q=1', value: 'three' },
        ])
        assert.deepEqual(await storage.getItems([{ key: 't:1' }, 't:2', 'v3:a?q=1', 'v4:none']), [
          { key: 't:1', value: 'one' },
          { key: 't:2', value: { two: 2 } },
          { key: 'v3:a', value: 'three' },
          { key: 'v4:none', value: null },
        ])
      })

      test('items are removed, one by one or below a base, and from an empty storage', async () => {
        for (const key of ['s1:a', 's1:b', 's2:a', 's10']) await storage.setItem(key, 1)
        await storage.removeItem('s1:a', false)
        assert.equal(await storage.hasItem('s1:a'), false)
        assert.equal(await storage.getItem('s1:a'), null)
        driver.clear('s1:')
        assert.deepEqual(await sortedKeys(), ['s10', 's2:a'])
        await storage.setItem('s2:a', undefined)
        await storage.clear()
        assert.deepEqual(await storage.getKeys(), [])
        await storage.clear()
        assert.deepEqual(await storage.getKeys(), [])
      })
    })

    test('an item lives for the seconds that it is given, else for ever', async (t) => {
      await storage.setItem('a', 1, { ttl: 60 })
      await storage.setItems(
        [
          { key: 'b', value: 2 },
          { key: 'c', value: 3 },
          { key: 'd', value: 4, options: { ttl: 120 } },
        ],
        { ttl: 60 },
      )
      await storage.setItemRaw('e', 5, { ttl: 60 })
      await storage.setItem('f', 6)
      await storage.setItem('g', 7, { ttl: 0 })
      t.mock.timers.tick(59_001)
      assert.deepEqual({ ...(await storage.getMeta('a')) }, { ttl: 1 })
      assert.equal((await storage.getMeta('f')).ttl, undefined)
      t.mock.timers.tick(1000)
      assert.deepEqual(await sortedKeys(), ['d', 'f', 'g'])
      t.mock.timers.tick(60_000)
      assert.deepEqual(await sortedKeys(), ['f', 'g'])
      t.mock.timers.tick(30 * MINUTE)
      assert.deepEqual(await sortedKeys(), ['f', 'g'])
    })

    test('an item that is given no ttl lives as the options say that the cache was made of', async (t) => {
      const name = kind === 'SharedMemoryCache' && { name: 'with a ttl' }
      const made = createStorage({ driver: unstorageDriver({ cache: { ttl: MINUTE, ...name } }) })
      await made.setItem('a', 1)
      await made.setItems([{ key: 'b', value: 2 }])
      t.mock.timers.tick(MINUTE)
      assert.equal(await made.getItem('a'), 1)
      t.mock.timers.tick(1)
      assert.deepEqual(await made.getKeys(), [])
    })

    test('raw values that threads cannot share are refused by a cache that they do', async () => {
      const write = storage.setItemRaw('a', Symbol('a symbol'))
      if (kind === 'MemoryCache') await write
      else await assert.rejects(write, { name: 'DataCloneError', message: /could not be cloned/ })
      assert.equal(cache.size(), kind === 'MemoryCache' ? 1 : 0)
    })

    test('an item that is over is not stored, and what the key had is removed', async () => {
      await storage.setItem('a', 1)
      await storage.setItem('a', 2, { ttl: -1 })
      assert.equal(cache.size(), 0)
    })

    test('what is told of an item is its time left, and what was set', async () => {
      cache.set('unstorage:forever', '1', 0)
      assert.deepEqual({ ...(await storage.getMeta('forever')) }, {})
      assert.equal(driver.getMeta('none'), null)
      await storage.setItem('a', 1, { ttl: 60 })
      await storage.setMeta('a', { mtime: new Date(0), owner: 'ada' })
      const meta = await storage.getMeta('a')
      assert.deepEqual({ ...meta }, { ttl: 60, mtime: new Date(0), owner: 'ada' })
      await storage.removeItem('a', { removeMeta: true })
      assert.equal(await storage.hasItem('a$'), false)
    })

    test('it is apart from whatever else is in the cache, mounted or not', async () => {
      cache.set('sess:1', 'a session')
      const pages = unstorageDriver({ cache, prefix: 'pages*:' })
      storage.mount('pages', pages)
      await storage.setItem('pages:a', 1)
      await storage.setItem('a', 2)
      await prefixStorage(storage, 'users').setItem('ada', 3)
      assert.deepEqual(await sortedKeys(), ['a', 'pages:a', 'users:ada'])
      assert.deepEqual(pages.getKeys(), ['a'])
      await storage.clear('pages')
      assert.deepEqual(await sortedKeys(), ['a', 'users:ada'])
      await storage.clear()
      assert.deepEqual(cache.keys(), ['sess:1'])
    })

    test('odd keys are kept apart', async () => {
      const keys = ['__proto__', 'constructor', '*', 'a*', '\ud800', '\udc00', '😀']
      await storage.setItems(keys.map((key, value) => ({ key, value })))
      const found = await storage.getItems(keys)
      assert.deepEqual(
        found.map(({ value }) => value),
        [...keys.keys()],
      )
      assert.deepEqual(await sortedKeys(), keys.toSorted())
    })

    test('who watches is told of what is written through the storage', async () => {
      const events = []
      const unwatch = await storage.watch((...event) => events.push(event))
      await storage.setItem('a', 1)
      await storage.removeItem('a')
      assert.deepEqual(events, [
        ['update', 'a'],
        ['remove', 'a'],
      ])
      await unwatch()
    })

    test('a ttl that makes no sense is refused, and nothing is stored', async () => {
      await assert.rejects(storage.setItem('a', 1, { ttl: Number.NaN }), TypeError)
      await assert.rejects(storage.setItem('a', 1, { ttl: '60' }), TypeError)
      await assert.rejects(storage.setItems([{ key: 'a', value: 1 }], { ttl: '60' }), TypeError)
      assert.equal(cache.size(), 0)
    })

    test('the error of a cache that is closed is told', async () => {
      cache.close()
      await assert.rejects(storage.getItem('a'), /closed/)
      await assert.rejects(storage.setItem('a', 1), /closed/)
    })

    test('a ready cache is left as it is at the end, and one that was made is closed', async () => {
      await storage.setItem('a', 1)
      await storage.dispose()
      assert.equal(cache.size(), 1)
      const options = kind === 'MemoryCache' ? {} : { name: 'made for a driver' }
      const own = unstorageDriver({ cache: options })
      await createStorage({ driver: own }).dispose()
      assert.throws(() => own.getInstance().get('a'), /closed/)
      own.dispose()
    })
  })
}

test('threads, or drivers, of a named store have the same items', () => {
  const [one, other] = [1, 2].map(() => unstorageDriver({ cache: { name: 'items of two' } }))
  one.setItem('a', '1')
  assert.equal(other.getItem('a'), '1')
})

test('the driver refuses what makes no sense', () => {
  assert.throws(() => unstorageDriver(), CacheConfigError)
  assert.throws(() => unstorageDriver({}), /^CacheConfigError: cache must be a MemoryCache, /)
  assert.throws(() => unstorageDriver({ cache: {}, prefix: 1 }), /prefix must be a string/)
})
