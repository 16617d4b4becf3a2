// The addon in many workers and vm contexts at once, in workers that are terminated, and after
// its module was loaded again. Prints the seed of its random moments.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import vm from 'node:vm'
import { MemoryCache } from 'native-memory-cache'
import { generator } from './differential.mjs'
import { loadInContext } from './realms.mjs'
import { runWorker, startWorker } from './workers.mjs'

const require = createRequire(import.meta.url)
const entry = require.resolve('native-memory-cache')

test('workers that load the addon at once do not see each other', async () => {
  const ids = Array.from({ length: 8 }, (_, id) => id)
  const results = await Promise.all(ids.map((id) => runWorker('exercise', { id })))
  for (const id of ids) {
    assert.deepEqual(results[id].keys, [`${id}:997`, `${id}:998`, `${id}:999`])
    assert.equal(results[id].evicted, 997)
    assert.equal(results[id].refused, true)
  }
})

const SEED = Number(process.env.TERMINATE_SEED ?? Math.floor(Math.random() * 2 ** 32))

test(`workers terminated at random moments take nothing with them (seed ${SEED})`, async () => {
  const rng = generator(SEED)
  for (let round = 0; round < 30; round++) {
    const worker = startWorker('churn')
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    // The moment is the point here: nothing is asserted about how long anything takes.
    await delay(rng.int(8))
    assert.equal(await worker.terminate(), 1)
  }
  const cache = new MemoryCache()
  cache.set('still', 'works')
  assert.equal(cache.get('still'), 'works')
})

test('each vm context gets classes, arrays and errors of its own realm', () => {
  for (let i = 0; i < 20; i++) {
    const context = vm.createContext({})
    context.api = loadInContext(context)
    context.i = i
    const outcome = vm.runInContext(
      `
      const cache = new api.MemoryCache({ maxSize: 2 })
      cache.set('a', i); cache.set('b', i); cache.set('c', i)
      let error
      try { cache.get(1) } catch (caught) { error = caught }
      let config
      try { new api.MemoryCache({ ttl: -1 }) } catch (caught) { config = caught }
      ;[
        cache.keys() instanceof Array, cache.values() instanceof Array,
        cache.entries().every((entry) => entry instanceof Array),
        Object.getPrototypeOf(cache.getStats()) === Object.prototype,
        error instanceof TypeError, config instanceof Error, config instanceof api.CacheConfigError,
        cache.getOrSet('d', () => 1) instanceof Promise,
        cache.get('c') === i,
      ].join()
      `,
      context,
    )
    assert.equal(outcome, Array.from({ length: 9 }, () => 'true').join())
  }
})

test('a module loaded again works beside the first, and their caches are apart', () => {
  const first = new MemoryCache()
  first.set('k', 'first')
  const cachedModules = Object.keys(require.cache).filter((file) => file.startsWith(dirname(entry)))
  for (const file of cachedModules) delete require.cache[file]
  const again = require('native-memory-cache')
  assert.notEqual(again.MemoryCache, MemoryCache)
  const second = new again.MemoryCache()
  second.set('k', 'second')
  assert.equal(first.get('k'), 'first')
  assert.equal(second.get('k'), 'second')
})
