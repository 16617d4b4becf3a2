// The storage of @nestjs/throttler in Nest apps, on both kinds of cache, and by itself.
// What must not live here: what the store of express-rate-limit shows as well, which counts in the same way.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Controller, Get, Module } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { SkipThrottle, Throttle, ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStorage, { NestThrottlerStorage } from 'native-memory-cache/nestjs-throttler'
import { decorate, listen } from './nest.mjs'
import { kinds } from './stores.mjs'
import { isAtLeast } from './versions.mjs'

const MINUTE = 60_000

async function open(t, storage, ...throttlers) {
  class Cats {
    all() {
      return 'cats'
    }

    strict() {
      return 'a cat'
    }

    free() {
      return 'a stray'
    }
  }
  Controller()(Cats)
  decorate(Cats, 'all', Get('/'))
  decorate(Cats, 'strict', Get('/strict'), Throttle({ default: { limit: 1, ttl: 1000 } }))
  decorate(Cats, 'free', Get('/free'), SkipThrottle({ default: true, burst: true }))
  class App {}
  Module({
    imports: [ThrottlerModule.forRoot({ throttlers, storage })],
    controllers: [Cats],
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
  })(App)
  const { app, request } = await listen(t, App)
  const visit = async (path = '/') => {
    const { status, headers } = await request(path)
    const told = status === 429 ? 'retry-after' : 'x-ratelimit-remaining'
    return [status, Number(headers.get(told) ?? NaN)]
  }
  return { app, visit }
}

for (const [kind, create] of Object.entries(kinds)) {
  describe(`throttlers of a Nest app with a ${kind}`, () => {
    let cache, storage
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0 })
      storage = new NestThrottlerStorage({ cache })
    })
    const limitOf = (blockDuration) => ({ limit: 2, ttl: MINUTE, blockDuration })

    // Before it, a block of 0 was one as long as the window.
    if (isAtLeast('@nestjs/throttler', '6.7.1')) {
      test('let through what the limit says, until the window ends', async (t) => {
        const { visit } = await open(t, storage, limitOf(0))
        assert.deepEqual(await visit(), [200, 1])
        t.mock.timers.tick(20_000)
        assert.deepEqual(await visit(), [200, 0])
        assert.deepEqual(await visit(), [429, 40])
        t.mock.timers.tick(39_500)
        assert.deepEqual(await visit(), [429, 1])
        t.mock.timers.tick(500)
        assert.deepEqual(await visit(), [200, 1])
      })
    }

    for (const [which, blockDuration] of [
      ['longer', 10 * MINUTE],
      ['shorter', 5000],
    ]) {
      test(`keep out for a block that is ${which} than the window, and then start anew`, async (t) => {
        const { visit } = await open(t, storage, limitOf(blockDuration))
        await visit()
        await visit()
        t.mock.timers.tick(1000)
        assert.deepEqual(await visit(), [429, blockDuration / 1000])
        t.mock.timers.tick(blockDuration - 1000)
        assert.deepEqual(await visit(), [429, 1])
        t.mock.timers.tick(1000)
        assert.deepEqual(await visit(), [200, 1])
        assert.deepEqual(await visit(), [200, 0])
      })
    }

    test('keep out for as long as a window if no block is named', async (t) => {
      const { visit } = await open(t, storage, { limit: 1, ttl: MINUTE })
      await visit()
      t.mock.timers.tick(30_000)
      assert.deepEqual(await visit(), [429, 60])
    })

    test('count by themselves, as routes do, and skip what is to be skipped', async (t) => {
      const burst = { name: 'burst', limit: 3, ttl: 1000, blockDuration: 0 }
      const { visit } = await open(t, storage, { name: 'default', ...limitOf(0) }, burst)
      assert.equal((await visit('/strict'))[0], 200)
      assert.equal((await visit('/strict'))[0], 429)
      assert.equal((await visit())[0], 200)
      for (let i = 0; i < 5; i++) assert.equal((await visit('/free'))[0], 200)
      assert.equal(cache.size(), 4)
      assert.ok(cache.keys().every((key) => /^throttler:(default|burst):[0-9a-f]+$/.test(key)))
    })

    test('let nobody through when the cache is closed', async (t) => {
      const { visit } = await open(t, storage, limitOf(0))
      cache.close()
      assert.equal((await visit())[0], 500)
    })

    test('count any key, and a window of no length', async (t) => {
      for (const key of ['', '__proto__', '\ud800']) {
        assert.equal((await storage.increment(key, 0, 1, 0, 'default')).totalHits, 1)
        assert.equal((await storage.increment(key, MINUTE, 1, 0, '__proto__')).totalHits, 1)
      }
      t.mock.timers.tick(1)
      const record = { totalHits: 1, timeToExpire: 1, isBlocked: false, timeToBlockExpire: 0 }
      assert.deepEqual(await storage.increment('', 0, 1, 0, 'default'), record)
    })

    test('refuse all with a limit of 0', async () => {
      const record = { totalHits: 1, timeToExpire: 60, isBlocked: true, timeToBlockExpire: 5 }
      assert.deepEqual(await storage.increment('a', MINUTE, 0, 5000, 'default'), record)
      const { isBlocked } = await storage.increment('a', MINUTE, 0, 5000, 'default')
      assert.equal(isBlocked, true)
    })
  })
}

test('four threads let through together exactly what the limit says, and block together', async (t) => {
  const name = 'limits of four Nest apps'
  const cache = new SharedMemoryCache({ name, maxSize: 0 })
  t.after(() => cache.close())
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { NestThrottlerStorage } = require('native-memory-cache/nestjs-throttler')
    const storage = new NestThrottlerStorage({ cache: { name: workerData } })
    parentPort.on('message', async () => {
      const records = []
      for (let i = 0; i < 500; i++) records.push(await storage.increment('a', 60_000, 50, 3_600_000, 'default'))
      parentPort.postMessage(records)
    })
    parentPort.postMessage('ready')`
  const workers = Array.from(
    { length: 4 },
    () => new Worker(code, { eval: true, workerData: name }),
  )
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const answers = workers.map((worker) => once(worker, 'message'))
  for (const worker of workers) worker.postMessage('go')
  const records = (await Promise.all(answers)).flatMap(([answer]) => answer)
  assert.equal(records.filter(({ isBlocked }) => !isBlocked).length, 50)
  assert.deepEqual(
    records.map(({ totalHits }) => totalHits).toSorted((a, b) => a - b),
    Array.from({ length: 2000 }, (_, i) => i + 1),
  )
  const [key] = cache.keys()
  assert.equal(cache.peek(key), 2000)
  assert.ok(cache.getRemainingTTL(key) > 3_000_000)
})

test('a storage closes with the app if it has made its cache itself', async (t) => {
  const ready = new MemoryCache({ maxSize: 0 })
  const own = new DefaultStorage({ cache: { maxSize: 0 } })
  for (const storage of [own, new NestThrottlerStorage({ cache: ready })]) {
    const { app, visit } = await open(t, storage, { limit: 1, ttl: MINUTE })
    await visit()
    await app.close()
  }
  assert.throws(() => own.cache.size(), /closed/)
  assert.equal(ready.size(), 1)
})

test('a storage refuses what makes no sense', () => {
  assert.throws(() => new NestThrottlerStorage(), CacheConfigError)
  assert.throws(
    () => new NestThrottlerStorage({}),
    /^CacheConfigError: cache must be a MemoryCache, /,
  )
  assert.throws(() => new NestThrottlerStorage({ cache: {}, prefix: 1 }), /prefix must be a string/)
})
