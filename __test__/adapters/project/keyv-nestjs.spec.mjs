// @nestjs/cache-manager in Nest apps, with a Keyv on both kinds of cache. What must not live here: what cache-manager
// does without Nest, which is in keyv.spec.mjs.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { CACHE_MANAGER, CacheInterceptor, CacheModule, CacheTTL } from '@nestjs/cache-manager'
import { Controller, Get, Module, Post, UseInterceptors } from '@nestjs/common'
import { Keyv } from 'keyv'
import { MemoryCache } from 'native-memory-cache'
import { KeyvStore } from 'native-memory-cache/keyv'
import { decorate, listen } from './nest.mjs'
import { kinds } from './stores.mjs'

const MINUTE = 60_000

async function open(t, options) {
  let answers = 0
  const answer = () => ({ answer: (answers += 1) })
  class Cats {
    all() {
      return answer()
    }

    brief() {
      return answer()
    }

    write() {
      return answer()
    }
  }
  Controller()(Cats)
  UseInterceptors(CacheInterceptor)(Cats)
  decorate(Cats, 'all', Get('/'))
  decorate(Cats, 'brief', Get('/brief'), CacheTTL(1000))
  decorate(Cats, 'write', Post('/'))
  class App {}
  Module({ imports: [CacheModule.register(options)], controllers: [Cats] })(App)
  const { app, request } = await listen(t, App)
  const visit = async (path, method) => {
    const response = await request(path, method)
    return [response.headers.get('x-cache'), (await response.json()).answer]
  }
  return { app, visit }
}

for (const [kind, create] of Object.entries(kinds)) {
  describe(`a Nest app with a ${kind}`, () => {
    let cache, stores
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 30 * MINUTE })
      stores = [new Keyv({ store: new KeyvStore({ cache }), namespace: 'nest' })]
    })

    test('answers from it as long as the ttl of the module says', async (t) => {
      const { visit } = await open(t, { stores, ttl: MINUTE })
      assert.deepEqual(await visit('/'), ['MISS', 1])
      t.mock.timers.tick(MINUTE - 1)
      assert.deepEqual(await visit('/'), ['HIT', 1])
      assert.deepEqual(await visit('/?page=2'), ['MISS', 2])
      t.mock.timers.tick(2)
      assert.deepEqual(await visit('/'), ['MISS', 3])
      assert.deepEqual(await visit('/?page=2'), ['HIT', 2])
    })

    test('answers from it as long as a handler says', async (t) => {
      const { visit } = await open(t, { stores, ttl: MINUTE })
      assert.deepEqual(await visit('/brief'), ['MISS', 1])
      t.mock.timers.tick(999)
      assert.deepEqual(await visit('/brief'), ['HIT', 1])
      t.mock.timers.tick(2)
      assert.deepEqual(await visit('/brief'), ['MISS', 2])
    })

    test('answers from it for ever if nobody says anything', async (t) => {
      const { visit } = await open(t, { stores })
      await visit('/')
      t.mock.timers.tick(365 * 24 * 60 * MINUTE)
      assert.deepEqual(await visit('/'), ['HIT', 1])
    })

    test('does not answer from it what changes something', async (t) => {
      const { visit } = await open(t, { stores })
      assert.deepEqual(await visit('/', 'POST'), [null, 1])
      assert.deepEqual(await visit('/', 'POST'), [null, 2])
      assert.equal(cache.size(), 0)
    })

    test('has it as its cache manager, which clears nothing else', async (t) => {
      const { app, visit } = await open(t, { stores })
      cache.set('sess:1', 'a session')
      await visit('/')
      const manager = app.get(CACHE_MANAGER)
      await manager.set('key', new Date(0), 1000)
      assert.deepEqual(await manager.get('/'), { answer: 1 })
      assert.equal(cache.size(), 3)
      await manager.clear()
      assert.deepEqual(cache.keys(), ['sess:1'])
      assert.deepEqual(await visit('/'), ['MISS', 2])
    })

    test('answers without it once it is closed', async (t) => {
      const { visit } = await open(t, { stores })
      cache.close()
      assert.deepEqual(await visit('/'), ['MISS', 1])
      assert.deepEqual(await visit('/'), ['MISS', 2])
    })

    test('takes the store without a Keyv around it', async (t) => {
      const { visit } = await open(t, { stores: new KeyvStore({ cache }), ttl: MINUTE })
      assert.deepEqual(await visit('/'), ['MISS', 1])
      assert.deepEqual(await visit('/'), ['HIT', 1])
      t.mock.timers.tick(MINUTE + 1)
      assert.deepEqual(await visit('/'), ['MISS', 2])
    })
  })
}

test('a store closes with the app if it has made its cache itself', async (t) => {
  const ready = new MemoryCache()
  const own = new KeyvStore({ cache: {} })
  for (const store of [own, new KeyvStore({ cache: ready })]) {
    const { app, visit } = await open(t, { stores: [new Keyv({ store })] })
    await visit('/')
    await app.close()
  }
  assert.throws(() => own.cache.size(), /closed/)
  assert.equal(ready.size(), 1)
})
