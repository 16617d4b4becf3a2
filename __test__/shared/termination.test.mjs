// Workers that are terminated at random moments: nothing crashes, nobody waits for ever, nothing is
// left behind. Prints the seed of its moments. Needs --expose-gc.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { generator } from '../native/differential.mjs'
import { MB, chooseSeed, openShared, residentMemory, sharedNumbers, until } from './support.mjs'
import { nextMessage, startDoomed } from './workers.mjs'

const SEED = chooseSeed('TERMINATE_SEED')
const WORKERS = 200
const AT_ONCE = 2

test(`${WORKERS} workers terminated at random moments leave a sound store (TERMINATE_SEED=${SEED})`, async (t) => {
  const rng = generator(SEED)
  let seen = 0
  const see = ({ key }) => (seen += key.length > 0 ? 1 : 0)
  const hooks = { onSet: see, onEvict: see, onExpire: see, onDelete: see }
  const cache = openShared(t, { maxSize: 25, ttl: 20, shards: 2, hooks })
  const { name } = cache
  let running = true
  let fetched = 0

  // The test's own thread waits for flights of the workers all the time.
  async function callers() {
    // oxlint-disable-next-line no-unmodified-loop-condition -- the test ends it
    while (running) {
      const calls = Array.from({ length: 4 }, (_, i) =>
        cache.getOrSet(`flight:${i}`, async () => {
          fetched++
          await turn()
          return 'mine'
        }),
      )
      for (const value of await Promise.all(calls)) {
        assert.ok(value === 'mine' || typeof value === 'number', `${value}`)
      }
      await pause(1)
    }
  }

  async function terminateSome(count) {
    for (let i = 0; i < count; i++) {
      const worker = startDoomed('churn', { name, seed: rng.int(2 ** 32) })
      await nextMessage(worker)
      // The moment is the point here: nothing is asserted about how long anything takes.
      await pause(rng.int(6))
      assert.equal(await worker.terminate(), 1)
    }
  }

  const calling = callers()
  t.after(() => (running = false))
  const terminateAll = (count) =>
    Promise.all(Array.from({ length: AT_ONCE }, () => terminateSome(count / AT_ONCE)))
  await terminateAll(WORKERS * 0.2)
  const before = await residentMemory()
  await terminateAll(WORKERS * 0.8)
  const growth = (await residentMemory()) - before
  running = false
  await calling

  assert.ok(fetched > 0)
  assert.ok(seen > WORKERS)
  const { flights, subscribers, entries, bytes } = cache.getMetrics()
  assert.deepEqual({ flights, subscribers }, { flights: 0, subscribers: 1 })
  assert.ok(entries <= 25)
  assert.ok(growth < 60 * MB, `${Math.round(growth / MB)} MB more after ${WORKERS} workers`)
  cache.clear()
  assert.equal(cache.getMetrics().bytes, 0, `of ${bytes} before`)
  cache.set('still', 'works')
  assert.equal(cache.get('still'), 'works')
})

const MOMENTS = {
  'within a hook of its own call': 'inOwnHook',
  'within a hook for what others did': 'inForeignHook',
  'within a hook for what the expiry thread did': 'inExpiryHook',
  'within a deferred hook of MemoryCache': 'inDeferredHook',
  'within onExpire of a check': 'inCheckHook',
  'within a fetcher': 'inFetcher',
  'within a codec': 'inCodec',
  'with thousands of events waiting': 'withEventsWaiting',
  'between calls without end': 'inCalls',
}

for (const [moment, task] of Object.entries(MOMENTS)) {
  test(`a worker terminated ${moment} is just gone`, async (t) => {
    const cache = openShared(t, { maxSize: 0, ttl: 0 })
    for (let i = 0; i < 4; i++) {
      const gate = sharedNumbers(1)
      const worker = startDoomed('hang', { name: cache.name, where: task, gate })
      t.after(() => worker.terminate())
      const exited = new Promise((resolve) => worker.once('exit', resolve))
      await nextMessage(worker)
      for (let j = 0; j < 3_000; j++) cache.set(`key:${j}`, { j })
      await until(() => {
        // Until the worker has subscribed it hears of nothing.
        cache.set('key:0', {})
        return Atomics.load(gate, 0) === 1
      }, `the worker is ${moment}`)
      const waiting = cache.getOrSet('flight', () => 'mine')
      await worker.terminate()
      assert.equal(await exited, 1)
      assert.equal(await waiting, 'mine')
      cache.delete('flight')
      const { flights, subscribers } = cache.getMetrics()
      assert.deepEqual({ flights, subscribers }, { flights: 0, subscribers: 0 })
    }
    cache.set('still', 'works')
    assert.equal(cache.get('still'), 'works')
  })
}
