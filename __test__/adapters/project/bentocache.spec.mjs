// BentoCache on both kinds of cache. What must not live here: what the published suite for drivers tests.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { BentoCache, bentostore } from 'bentocache'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import { bentocacheDriver } from 'native-memory-cache/bentocache'
import { kinds } from './stores.mjs'

const SECOND = 1000

for (const [kind, create] of Object.entries(kinds)) {
  describe(`BentoCache on a ${kind}`, () => {
    let cache
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      // A lifetime that BentoCache has to overrule.
      cache = create({ maxSize: 0, ttl: SECOND })
    })

    const open = (options, driver) => {
      const store = bentostore().useL1Layer(bentocacheDriver({ cache, ...driver }))
      return new BentoCache({ default: 'store', stores: { store }, ...options })
    }

    test('fetches once, and again when the entry has ended', async (t) => {
      const bento = open()
      let calls = 0
      const load = () =>
        bento.getOrSet({ key: 'a', ttl: '10s', factory: () => ({ calls: ++calls }) })
      assert.deepEqual(await Promise.all([load(), load()]), [{ calls: 1 }, { calls: 1 }])
      t.mock.timers.tick(9 * SECOND)
      assert.deepEqual(await load(), { calls: 1 })
      t.mock.timers.tick(SECOND + 1)
      assert.equal(cache.size(), 0)
      assert.deepEqual(await load(), { calls: 2 })
    })

    test('keeps for ever what has no end', async (t) => {
      const bento = open()
      await bento.setForever({ key: 'a', value: 1 })
      t.mock.timers.tick(1e12)
      assert.equal(await bento.get({ key: 'a' }), 1)
    })

    test('falls back to an ended entry within its grace', async (t) => {
      const bento = open({ grace: '1m', graceBackoff: '5s' })
      await bento.set({ key: 'a', value: 1, ttl: '10s' })
      t.mock.timers.tick(11 * SECOND)
      const failing = () => {
        throw new Error('down')
      }
      assert.equal(await bento.getOrSet({ key: 'a', ttl: '10s', factory: failing }), 1)
      t.mock.timers.tick(120 * SECOND)
      await assert.rejects(bento.getOrSet({ key: 'a', ttl: '10s', factory: failing }))
    })

    test('keeps an expired entry for its grace and no longer', async (t) => {
      const bento = open({ grace: '1m', timeout: '1s' })
      await bento.set({ key: 'a', value: 1, ttl: '10s' })
      const [key] = cache.keys()
      const before = cache.getRemainingTTL(key)
      t.mock.timers.tick(SECOND)
      await bento.expire({ key: 'a' })
      assert.equal(cache.getRemainingTTL(key), before - SECOND)
      assert.equal(await bento.getOrSet({ key: 'a', factory: () => 2 }), 2)
      await bento.expire({ key: 'gone' })
      assert.equal(cache.size(), 1)
    })

    test('stores nothing that is over, and removes what the key had', async () => {
      const bento = open()
      await bento.set({ key: 'a', value: 1 })
      await bento.set({ key: 'a', value: 2, ttl: 0 })
      assert.equal(await bento.has({ key: 'a' }), false)
      assert.equal(cache.size(), 0)
    })

    test('ends what has a tag', async () => {
      const bento = open()
      await bento.set({ key: 'a', value: 1, tags: ['x'] })
      await bento.set({ key: 'b', value: 2 })
      await bento.deleteByTag({ tags: ['x'] })
      assert.equal(await bento.get({ key: 'a' }), undefined)
      assert.equal(await bento.get({ key: 'b' }), 2)
    })

    test('clears its own entries, or those of one namespace', async () => {
      const one = open({ prefix: 'one' })
      const other = open({ prefix: 'one*' }, { prefix: 'other' })
      cache.set('sess:1', 'a session', 0)
      for (const bento of [one, other, one.namespace('users'), one.namespace('u')]) {
        await bento.set({ key: 'a', value: 1 })
      }
      const found = () =>
        Promise.all(
          [one, other, one.namespace('users'), one.namespace('u')].map((bento) =>
            bento.has({ key: 'a' }),
          ),
        )
      assert.equal(cache.has('other:a'), true)
      await one.namespace('u').clear()
      assert.deepEqual(await found(), [true, true, true, false])
      await one.clear()
      assert.deepEqual(await found(), [false, true, false, false])
      assert.equal(cache.get('sess:1'), 'a session')
    })

    test('keeps odd keys apart', async () => {
      const bento = open()
      const keys = ['__proto__', '', '*', 'a*', '\ud800', '\udc00', '😀']
      for (const [value, key] of keys.entries()) await bento.set({ key, value })
      for (const [value, key] of keys.entries()) assert.equal(await bento.get({ key }), value)
      await bento.deleteMany({ keys })
      assert.equal(cache.size(), 0)
    })

    test('keeps values as they are where it is told to', async () => {
      const bento = open({}, { serialize: false })
      const value = new Map([['a', new Date(0)]])
      await bento.set({ key: 'a', value })
      assert.deepEqual(await bento.get({ key: 'a' }), value)
      assert.equal((await bento.get({ key: 'a' })) === value, kind === 'MemoryCache')
      await bento.expire({ key: 'a' })
      assert.equal(await bento.get({ key: 'a' }), undefined)
    })

    test('leaves a ready cache open and closes one that was made for it', async () => {
      const ready = open()
      await ready.set({ key: 'a', value: 1 })
      await ready.disconnect()
      assert.equal(cache.size(), 1)
      const options = kind === 'MemoryCache' ? {} : { name: 'made for a driver' }
      const driver = bentocacheDriver({ cache: options }).factory({})
      driver.set('a', '1')
      await driver.namespace('users').disconnect()
      assert.equal(driver.get('a'), '1')
      await driver.disconnect()
      assert.throws(() => driver.get('a'), /closed/)
    })

    test('refuses a cache that renews what is read, whose entries would outlive their grace', () => {
      const renewing = create({ updateAgeOnGet: true })
      for (const given of [renewing, renewing.withNamespace('a:')]) {
        assert.throws(
          () => bentocacheDriver({ cache: given }),
          /^CacheConfigError: cache.updateAgeOnGet must be false, or .*, received true$/,
        )
      }
      const name = kind === 'SharedMemoryCache' && { name: 'renews what is read' }
      assert.throws(
        () => bentocacheDriver({ cache: { updateAgeOnGet: true, ...name } }),
        CacheConfigError,
      )
      assert.equal(SharedMemoryCache.names().includes('renews what is read'), false)
    })

    test('tells the error of a cache that is closed', async () => {
      const bento = open()
      cache.close()
      await assert.rejects(bento.get({ key: 'a' }), /closed/)
      await assert.rejects(bento.set({ key: 'a', value: 1 }), /closed/)
    })
  })
}

test('what is deleted by its tag stays so in a full store of threads', async () => {
  const layer = bentocacheDriver({ cache: { name: 'full of tags', maxSize: 2048 } })
  const bento = new BentoCache({ default: 'a', stores: { a: bentostore().useL1Layer(layer) } })
  const count = 300
  for (let i = 0; i < count; i++) {
    await bento.set({ key: `deleted ${i}`, value: 1, tags: [`tag ${i}`] })
  }
  for (let i = 0; i < count; i++) await bento.deleteByTag({ tags: [`tag ${i}`] })
  for (let i = 0; i < 1900; i++) await bento.set({ key: `other ${i}`, value: 1 })
  for (let i = 0; i < count; i++) {
    assert.equal(await bento.get({ key: `deleted ${i}` }), undefined)
  }
  assert.equal(await bento.get({ key: 'other 1899' }), 1)
  await bento.disconnect()
})

test('a layer takes the store of threads that there is, and the number of shards that it is told', () => {
  const shardsOf = (options) => {
    const driver = bentocacheDriver({ cache: options }).factory({})
    const { shards } = SharedMemoryCache.attach(options.name).getMetrics()
    driver.disconnect()
    return shards
  }
  const open = new SharedMemoryCache({ name: 'of sixteen', maxSize: 10_000 })
  assert.equal(shardsOf({ name: open.name }), 16)
  assert.equal(shardsOf({ name: 'of four', maxSize: 10_000, shards: 4 }), 4)
  assert.equal(shardsOf({ name: 'of one', maxSize: 10_000 }), 1)
})

test('stores that use one layer have a cache each, unless it is a ready one', async () => {
  const layer = bentocacheDriver({ cache: { maxSize: 10 } })
  const stores = { a: bentostore().useL1Layer(layer), b: bentostore().useL1Layer(layer) }
  const bento = new BentoCache({ default: 'a', stores })
  await bento.use('a').set({ key: 'k', value: 1 })
  assert.equal(await bento.use('b').get({ key: 'k' }), undefined)
  await bento.disconnectAll()
})

test('threads, or drivers, of a named store have the same entries', () => {
  const [one, other] = [1, 2].map(() =>
    bentocacheDriver({ cache: { name: 'of two' } }).factory({ prefix: 'a:' }),
  )
  one.set('k', 'v')
  assert.equal(other.get('k'), 'v')
  assert.equal(other.prefix, 'a')
  assert.equal(other.pull('k'), 'v')
  assert.equal(one.getRemainingTtl('k'), 0)
})

test('a layer that is not used yet has no store open', () => {
  bentocacheDriver({ cache: { name: 'not used yet' } })
  assert.equal(SharedMemoryCache.names().includes('not used yet'), false)
})

test('the driver refuses what makes no sense, when it is made', () => {
  assert.throws(() => bentocacheDriver(), CacheConfigError)
  assert.throws(() => bentocacheDriver({}), /^CacheConfigError: cache must be a MemoryCache, /)
  assert.throws(() => bentocacheDriver({ cache: { ttl: -1 } }), CacheConfigError)
  assert.throws(
    () => bentocacheDriver({ cache: {}, prefix: 1 }),
    /prefix must be a string, received 1/,
  )
  assert.throws(() => bentocacheDriver({ cache: {}, serialize: 1 }), /serialize must be a boolean/)
})
