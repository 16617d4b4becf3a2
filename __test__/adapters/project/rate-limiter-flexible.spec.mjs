// The limiter of rate-limiter-flexible, on both kinds of cache: the cases of the library's README, and what it does
// with the library's wrappers. What must not live here: what only windows.js decides and other stores show.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  BurstyRateLimiter,
  RateLimiterMemory,
  RateLimiterQueue,
  RateLimiterRes,
  RateLimiterUnion,
} from 'rate-limiter-flexible'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import DefaultLimiter, { RateLimiterCache } from 'native-memory-cache/rate-limiter-flexible'
import { kinds } from './stores.mjs'
import { isAtLeast } from './versions.mjs'

const facts = (result) => {
  assert.ok(result instanceof RateLimiterRes, String(result?.stack))
  return [result.consumedPoints, result.remainingPoints, result.msBeforeNext]
}

/** What a limiter says to it: whether the points were there, and the facts. */
const outcome = (promise) =>
  promise.then(
    (result) => [true, ...facts(result)],
    (result) => [false, ...facts(result)],
  )

for (const [kind, create] of Object.entries(kinds)) {
  describe(`a limiter in a ${kind}`, () => {
    let cache, tick
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      tick = (ms) => t.mock.timers.tick(ms)
      cache = create({ maxSize: 0, ttl: 1 })
    })
    const open = (options) => new RateLimiterCache({ cache, points: 6, duration: 1, ...options })

    test('lets points be consumed until there are none, and again in the next window', async () => {
      const limiter = open()
      assert.deepEqual(await outcome(limiter.consume('a', 2)), [true, 2, 4, 1000])
      tick(300)
      assert.deepEqual(await outcome(limiter.consume('a', 4)), [true, 6, 0, 700])
      assert.deepEqual(await outcome(limiter.consume('a')), [false, 7, 0, 700])
      assert.deepEqual(await outcome(limiter.consume('b')), [true, 1, 5, 1000])
      tick(700)
      assert.deepEqual(await outcome(limiter.consume('a')), [true, 1, 5, 1000])
    })

    test('gives each of several actions at once a result of its own', async () => {
      const limiter = open({ blockDuration: 10 })
      const results = await Promise.all(
        Array.from({ length: 8 }, () => outcome(limiter.consume('a'))),
      )
      assert.deepEqual(
        results.map(([passed, consumed]) => [passed, consumed]),
        Array.from({ length: 8 }, (_, i) => [i < 6, i + 1]),
      )
      assert.equal((await limiter.get('a')).msBeforeNext, 10_000)
    })

    test('says which action is the first of a window', async () => {
      const limiter = open()
      assert.equal((await limiter.consume('a', 2)).isFirstInDuration, true)
      assert.equal((await limiter.consume('a', 2)).isFirstInDuration, false)
      assert.equal((await limiter.get('a')).isFirstInDuration, false)
    })

    test('blocks who exceeds the points, once, and starts anew when that is over', async () => {
      const limiter = open({ blockDuration: 10 })
      await limiter.consume('a', 6)
      tick(500)
      assert.deepEqual(await outcome(limiter.consume('a')), [false, 7, 0, 10_000])
      tick(9000)
      assert.deepEqual(await outcome(limiter.consume('a')), [false, 8, 0, 1000])
      tick(1000)
      assert.deepEqual(await outcome(limiter.consume('a')), [true, 1, 5, 1000])
    })

    if (isAtLeast('rate-limiter-flexible', '11.4.0')) {
      test('blocks with a threshold of its own', async () => {
        const limiter = open({ blockDuration: 10, blockOnConsumed: 8 })
        assert.deepEqual(await outcome(limiter.consume('a', 7)), [false, 7, 0, 1000])
        assert.deepEqual(await outcome(limiter.consume('a')), [false, 8, 0, 10_000])
        tick(1001)
        assert.equal((await outcome(limiter.consume('a')))[0], false)
      })
    }

    test('has what get, set, block, delete, penalty and reward say', async () => {
      const limiter = open()
      assert.equal(await limiter.get('a'), null)
      assert.equal(await limiter.delete('a'), false)
      assert.deepEqual(facts(await limiter.penalty('a', 3)), [3, 3, 1000])
      assert.deepEqual(facts(await limiter.reward('a')), [2, 4, 1000])
      assert.deepEqual(facts(await limiter.get('a')), [2, 4, 1000])
      await limiter.set('a', 5, 60)
      assert.deepEqual(facts(await limiter.get('a')), [5, 1, 60_000])
      await limiter.block('a', 30)
      assert.deepEqual(await outcome(limiter.consume('a')), [false, 8, 0, 30_000])
      assert.equal(await limiter.delete('a'), true)
      assert.deepEqual(await outcome(limiter.consume('a')), [true, 1, 5, 1000])
      assert.equal(limiter.getKey('a'), 'rlflx:a')
      assert.deepEqual(cache.keys(), ['rlflx:a'])
    })

    test('takes windows without an end, and other durations for single calls', async () => {
      const limiter = open({ duration: 0 })
      assert.deepEqual(await outcome(limiter.consume('a')), [true, 1, 5, -1])
      assert.deepEqual(await outcome(limiter.consume('b', 1, { customDuration: 5 })), [
        true,
        1,
        5,
        5000,
      ])
      tick(1e9)
      assert.deepEqual(await outcome(limiter.consume('a')), [true, 2, 4, -1])
      assert.deepEqual(facts(await limiter.get('a')), [2, 4, -1])
      await limiter.block('a', 0)
      assert.deepEqual(await outcome(limiter.consume('a')), [false, 8, 0, -1])
    })

    test('counts any key, with a prefix and without', async () => {
      for (const limiter of [open(), open({ keyPrefix: '' })]) {
        for (const key of ['', '__proto__', '\ud800', 5]) {
          assert.deepEqual(await outcome(limiter.consume(key)), [true, 1, 5, 1000])
          assert.equal((await limiter.get(key)).consumedPoints, 1)
        }
      }
      assert.equal(cache.size(), 8)
    })

    test('does what the limiter of the library does with the same calls', async () => {
      const settings = { points: 3, duration: 2, blockDuration: 4 }
      const [ours, theirs] = [open(settings), new RateLimiterMemory(settings)]
      for (let i = 0; i < 60; i++) {
        const call = (limiter) => outcome(limiter.consume('a', 1 + (i % 2)))
        assert.deepEqual(await call(ours), await call(theirs), `call ${i}`)
        // Theirs still counts in the very millisecond in which a window ends no more.
        tick(i % 5 === 0 ? 1501 : 100)
      }
    })

    test('works in a union, with bursts and in a queue', async () => {
      const union = new RateLimiterUnion(
        open({ keyPrefix: 'second', points: 1 }),
        open({ keyPrefix: 'minute', points: 5, duration: 60 }),
      )
      await union.consume('a')
      await assert.rejects(union.consume('a'), ({ second, minute }) => {
        return second instanceof RateLimiterRes && minute === undefined
      })
      const bursty = new BurstyRateLimiter(
        open({ keyPrefix: 'steady', points: 1 }),
        open({ keyPrefix: 'burst', points: 2, duration: 60 }),
      )
      for (const allowed of [true, true, true, false]) {
        assert.equal((await outcome(bursty.consume('a')))[0], allowed)
      }
      const queue = new RateLimiterQueue(open({ keyPrefix: 'queue', points: 2, duration: 60 }))
      assert.equal(await queue.removeTokens(1), 1)
      assert.equal(await queue.removeTokens(1), 0)
    })

    test('asks the insurance limiter when the cache is closed, for every method', async () => {
      const insuranceLimiter = new RateLimiterMemory({ points: 1, duration: 60 })
      const limiter = open({ insuranceLimiter })
      const bare = open()
      cache.close()
      assert.deepEqual(await outcome(limiter.consume('a')), [true, 1, 0, 60_000])
      assert.equal((await outcome(limiter.consume('a')))[0], false)
      assert.equal((await limiter.get('a')).consumedPoints, 2)
      assert.equal((await limiter.penalty('a')).consumedPoints, 3)
      assert.equal((await limiter.reward('a')).consumedPoints, 2)
      await limiter.block('b', 5)
      assert.equal((await limiter.get('b')).msBeforeNext, 5000)
      assert.equal(await limiter.delete('b'), true)
      for (const name of ['consume', 'get', 'penalty', 'reward', 'delete']) {
        await assert.rejects(bare[name]('a'), /closed/)
      }
    })

    test('is an insurance itself, which takes over the block of the limiter that failed', async () => {
      const failing = create({ maxSize: 0 })
      const insuranceLimiter = open({ points: 1 })
      const limiter = new RateLimiterCache({
        cache: failing,
        points: 6,
        duration: 1,
        blockDuration: 30,
        insuranceLimiter,
      })
      failing.close()
      assert.equal((await outcome(limiter.consume('a')))[0], true)
      assert.deepEqual(await outcome(limiter.consume('a')), [false, 2, 0, 30_000])
    })
  })
}

test('four threads consume together exactly what there is, and a block holds for all', async (t) => {
  const settings = { points: 1000, duration: 60, blockDuration: 3600 }
  const name = 'points of four threads'
  const cache = new SharedMemoryCache({ name, maxSize: 0 })
  t.after(() => cache.close())
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { RateLimiterCache } = require('native-memory-cache/rate-limiter-flexible')
    const limiter = new RateLimiterCache(workerData)
    parentPort.on('message', async () => {
      const passed = []
      for (let i = 0; i < 500; i++) {
        await limiter.consume('a').then((result) => passed.push(result.consumedPoints), () => {})
      }
      parentPort.postMessage(passed)
    })
    parentPort.postMessage('ready')`
  const workerData = { cache: { name }, ...settings }
  const workers = Array.from({ length: 4 }, () => new Worker(code, { eval: true, workerData }))
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())))
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const answers = workers.map((worker) => once(worker, 'message'))
  for (const worker of workers) worker.postMessage('go')
  const passed = (await Promise.all(answers)).flatMap(([answer]) => answer)
  assert.deepEqual(
    passed.toSorted((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i + 1),
  )
  const limiter = new RateLimiterCache({ cache, ...settings })
  assert.ok((await limiter.get('a')).msBeforeNext > 3_000_000)
})

test('a limiter closes the cache that it has made', async () => {
  const settings = { points: 1, duration: 1 }
  const own = new DefaultLimiter({ ...settings, cache: { maxSize: 0 } })
  const guest = new DefaultLimiter({ ...settings, cache: kinds.MemoryCache() })
  for (const limiter of [own, guest]) limiter.close()
  await assert.rejects(own.consume('a'), /closed/)
  await guest.consume('a')
})

test('a limiter refuses what makes no sense, as the library and the caches do', () => {
  const settings = { points: 1, duration: 1 }
  assert.throws(() => new RateLimiterCache(), /points must be set/)
  assert.throws(() => new RateLimiterCache({ cache: {}, points: 1 }), /duration must be set/)
  assert.throws(() => new RateLimiterCache(settings), CacheConfigError)
  assert.throws(
    () => new RateLimiterCache({ ...settings, cache: new Map() }),
    /^CacheConfigError: cache must/,
  )
  assert.throws(
    () => new RateLimiterCache({ ...settings, cache: { maxSize: -1 } }),
    CacheConfigError,
  )
})
