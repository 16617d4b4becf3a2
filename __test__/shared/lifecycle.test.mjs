// Opening, attaching, closing, destroying: whose store is whose, and when it ends.
// Needs --expose-gc.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import {
  MB,
  freshName,
  openShared,
  recorder,
  residentMemory,
  until,
  untilCollected,
} from './support.mjs'
import { nextMessage, openRemote, runWorker, startWorker } from './workers.mjs'

const METHODS = {
  get: ['k'],
  has: ['k'],
  set: ['k', 1],
  setIfAbsent: ['k', 1],
  replace: ['k', 1],
  update: ['k', () => assert.fail('nothing is updated')],
  take: ['k'],
  peek: ['k'],
  touch: ['k'],
  info: ['k'],
  getRemainingTTL: ['k'],
  getMany: [['k']],
  hasMany: [['k']],
  setMany: [[['k', 1]]],
  deleteMany: [['k']],
  deleteByTag: ['t'],
  increment: ['k'],
  incrementEntry: ['k'],
  delete: ['k'],
  clear: [],
  deleteByPrefix: ['k'],
  deleteByMagicString: ['k'],
  size: [],
  keys: [],
  values: [],
  entries: [],
  forEach: [() => {}],
  getStats: [],
  resetStats: [],
  resize: [{}],
  getMetrics: [],
  prune: [],
}

async function assertUnusable(cache, message) {
  for (const [method, args] of Object.entries(METHODS)) {
    assert.throws(() => cache[method](...args), { name: 'Error', message }, method)
  }
  const fetcher = () => assert.fail('nothing is fetched')
  await assert.rejects(cache.getOrSet('k', fetcher), { name: 'Error', message })
  await assert.rejects(cache.deleteAsync('k'), { name: 'Error', message })
}

test('two caches of one name in one thread have one store', (t) => {
  const first = openShared(t)
  const second = openShared(t, { name: first.name })
  first.set('k', { a: 1 })
  assert.deepEqual(second.get('k'), { a: 1 })
  assert.equal(second.delete('k'), true)
  assert.equal(first.has('k'), false)
  assert.deepEqual(first.getStats(), second.getStats())
})

test('caches of other names have stores of their own', (t) => {
  const first = openShared(t)
  const second = openShared(t)
  first.set('k', 1)
  assert.equal(second.has('k'), false)
})

test('a clock that closes the handle makes the call fail as one on a closed handle', (t) => {
  const genuineNow = Date.now
  t.after(() => {
    Date.now = genuineNow
  })
  for (const [method, args] of Object.entries(METHODS)) {
    const cache = new SharedMemoryCache({ name: freshName() })
    cache.set('k', 0)
    let closed = false
    Date.now = () => {
      cache.close()
      closed = true
      return 5
    }
    let failure
    try {
      cache[method](...(method === 'update' ? ['k', () => 1] : args))
    } catch (error) {
      failure = error
    }
    Date.now = genuineNow
    if (closed) assert.match(String(failure?.message), /^the shared cache .*is closed$/, method)
    else cache.close()
  }
})

test('a name may be any text and means one store', (t) => {
  for (const name of [' ', 'Łódź 👍', 'a\0b', 'x'.repeat(10_000), '__proto__']) {
    const cache = openShared(t, { name })
    assert.equal(cache.name, name)
    assert.ok(SharedMemoryCache.names().includes(name))
    cache.set('k', name)
    assert.equal(openShared(t, { name }).get('k'), name)
  }
})

test('names lists the open stores, each once', (t) => {
  const before = SharedMemoryCache.names()
  const cache = openShared(t)
  openShared(t, { name: cache.name })
  assert.deepEqual(SharedMemoryCache.names().toSorted(), [...before, cache.name].toSorted())
  assert.equal(SharedMemoryCache.names() === SharedMemoryCache.names(), false)
})

test('the defaults are those of MemoryCache: 100 entries', (t) => {
  const cache = openShared(t)
  for (let i = 0; i < 150; i++) cache.set(`key:${i}`, i)
  assert.equal(cache.size(), 100)
  assert.equal(cache.has('key:49'), false)
  assert.equal(cache.has('key:50'), true)
})

test('a large store has several shards by default, a small one has one', (t) => {
  const shards = (options) => openShared(t, options).getMetrics().shards
  assert.equal(shards({}), 1)
  assert.equal(shards({ maxSize: 1_023 }), 1)
  assert.equal(shards({ maxSize: 1_024 }), 16)
  assert.equal(shards({ maxSize: 0 }), 16)
  assert.equal(shards({ maxSize: 0, maxBytes: 16 * MB - 1 }), 1)
  assert.equal(shards({ maxSize: 0, maxBytes: 16 * MB }), 16)
  assert.equal(shards({ maxSize: 0, shards: 3 }), 3)
})

test('attaching takes what the store has for every option left out', (t) => {
  const { name } = openShared(t, {
    maxSize: 3,
    maxBytes: 5_000,
    ttl: 1_000,
    shards: 2,
    codec: 'json',
  })
  for (const options of [
    {},
    { maxSize: 3 },
    { maxBytes: 5_000, ttl: 1_000 },
    { shards: 2, maxSize: undefined, ttl: null },
  ]) {
    assert.equal(openShared(t, { name, ...options }).getMetrics().shards, 2)
  }
})

test('attaching with another option throws an error that names it and both values', (t) => {
  const custom = { encode: String, decode: String, name: 'mine' }
  const { name } = openShared(t, {
    maxSize: 3,
    maxBytes: 5_000,
    ttl: Infinity,
    shards: 2,
    codec: 'json',
  })
  const conflicts = [
    [{ maxSize: 4 }, /maxSize.*\b3\b.*\b4\b/],
    [{ maxSize: 0 }, /maxSize.*\b3\b.*\b0\b/],
    [{ maxBytes: 6_000.5 }, /maxBytes.*\b5000\b.*\b6000\.5/],
    [{ ttl: 1_000 }, /ttl.*\bInfinity\b.*\b1000\b/],
    [{ shards: 4 }, /shards.*\b2\b.*\b4\b/],
    [{ codec: 'structured' }, /codec.*json.*structured/],
    [{ codec: custom }, /codec.*json.*mine/],
    [{ codec: { encode: String, decode: String } }, /codec.*json.*custom/],
  ]
  for (const [options, message] of conflicts) {
    assert.throws(
      () => new SharedMemoryCache({ name, ...options }),
      (error) => {
        assert.ok(error instanceof CacheConfigError)
        assert.match(error.message, message)
        assert.ok(error.message.includes(name), error.message)
        return true
      },
    )
  }
})

test('a cache that could not attach leaves no handle behind', (t) => {
  const cache = openShared(t, { maxSize: 3 })
  const { name } = cache
  assert.throws(() => new SharedMemoryCache({ name, maxSize: 4 }), CacheConfigError)
  cache.close()
  assert.equal(SharedMemoryCache.names().includes(name), false)
  assert.equal(openShared(t, { name, maxSize: 4 }).has('k'), false)
})

test('a store attached to by another thread is one store, with its conflicts', async (t) => {
  const cache = openShared(t, { maxSize: 5 })
  const remote = await openRemote(t, { name: cache.name })
  await remote.call('set', 'k', 'theirs')
  assert.equal(cache.get('k'), 'theirs')
  assert.deepEqual((await remote.call('getMetrics')).entries, 1)
  await assert.rejects(runWorker('fill', { name: cache.name, maxSize: 6, entries: 1 }), {
    name: 'CacheConfigError',
  })
})

test('the store ends with its last cache, and the next of its name starts empty', (t) => {
  const first = openShared(t, { maxSize: 3 })
  const { name } = first
  const second = openShared(t, { name })
  first.set('k', 1)
  first.close()
  assert.equal(second.get('k'), 1)
  second.close()
  assert.equal(SharedMemoryCache.names().includes(name), false)
  const next = openShared(t, { name, maxSize: 7 })
  assert.equal(next.has('k'), false)
  assert.equal(next.getStats().hits, 0)
})

test('after close every method throws; closing again does nothing', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  cache.close()
  cache.close()
  await assertUnusable(cache, `the shared cache '${cache.name}' is closed`)
  other.set('k', 1)
  assert.equal(other.get('k'), 1)
  assert.equal(cache.name, other.name)
})

test('dispose closes', async (t) => {
  const cache = openShared(t)
  assert.equal(typeof cache[Symbol.dispose], 'function')
  cache[Symbol.dispose]()
  assert.equal(SharedMemoryCache.names().includes(cache.name), false)
  await assertUnusable(cache, `the shared cache '${cache.name}' is closed`)
})

test('destroy ends the store for all its caches, in every thread', async (t) => {
  const cache = openShared(t)
  const { name } = cache
  const remote = await openRemote(t, { name })
  cache.set('k', 1)
  assert.equal(SharedMemoryCache.destroy(name), true)
  assert.equal(SharedMemoryCache.destroy(name), false)
  assert.equal(SharedMemoryCache.names().includes(name), false)
  const message = `the shared store "${name}" was destroyed`
  await assertUnusable(cache, message)
  await assert.rejects(remote.call('get', 'k'), { message })

  const next = openShared(t, { name, maxSize: 7 })
  next.set('k', 'new')
  await assertUnusable(cache, message)
  cache.close()
  await remote.end()
  assert.equal(next.get('k'), 'new')
  assert.ok(SharedMemoryCache.names().includes(name))
})

test('destroy of a name that nobody has open does nothing', () => {
  assert.equal(SharedMemoryCache.destroy(freshName()), false)
})

test('a flight of a destroyed store fails for all who wait for it', async (t) => {
  const cache = openShared(t)
  const { name } = cache
  const remote = await openRemote(t, { name })
  remote.fetch('k', { pending: true }).catch(() => {})
  await until(() => cache.getMetrics().flights === 1)
  const waiting = cache.getOrSet('k', () => assert.fail('there is a flight'))
  SharedMemoryCache.destroy(name)
  await assert.rejects(waiting, { message: `the shared store "${name}" was destroyed` })
})

test('the store ends when its last cache is collected', async () => {
  const name = freshName()
  const open = () => {
    const hooks = recorder().hooks
    new SharedMemoryCache({ name, nearCache: true, hooks }).set('k', 1)
    new SharedMemoryCache({ name }).set('k', 2)
  }
  open()
  assert.ok(SharedMemoryCache.names().includes(name))
  await untilCollected(() => !SharedMemoryCache.names().includes(name))
})

test('the store stays while one of its caches is reachable', async (t) => {
  const cache = openShared(t)
  cache.set('k', 1)
  const { name } = cache
  const open = () =>
    new SharedMemoryCache({ name, hooks: recorder().hooks }).getMetrics().subscribers
  assert.equal(open(), 1)
  await untilCollected(() => cache.getMetrics().subscribers === 0)
  assert.equal(cache.get('k'), 1)
})

test('the store ends with the worker that had it open, however that ends', async () => {
  const ways = {
    'by itself': async (name) => assert.equal(await runWorker('fill', { name, entries: 10 }), 10),
    terminated: async (name) => {
      const worker = startWorker('lead', { name, key: 'k' })
      assert.equal(await nextMessage(worker), 'leading')
      assert.ok(SharedMemoryCache.names().includes(name))
      await worker.terminate()
    },
  }
  for (const [way, run] of Object.entries(ways)) {
    const name = freshName()
    await run(name)
    assert.equal(SharedMemoryCache.names().includes(name), false, way)
  }
})

test('a store outlives the worker that made it while somebody else has it open', async (t) => {
  const name = freshName()
  const remote = await openRemote(t, { name, maxSize: 5, hooks: ['onSet'] })
  await remote.call('set', 'k', 'theirs')
  const cache = openShared(t, { name })
  assert.equal(cache.getMetrics().subscribers, 1)
  await remote.end()
  assert.equal(cache.get('k'), 'theirs')
  assert.equal(cache.getMetrics().subscribers, 0)
})

test('500 times opening, filling and closing leaves memory flat', async () => {
  const cycle = async (i) => {
    const cache = new SharedMemoryCache({
      name: freshName(),
      maxSize: 0,
      nearCache: true,
      hooks: recorder().hooks,
    })
    const twin = new SharedMemoryCache({ name: cache.name, hooks: recorder().hooks })
    for (let j = 0; j < 30; j++) cache.set(`key:${j}`, { i, text: 'x'.repeat(16_000) })
    assert.equal(cache.get('key:7').i, i)
    cache.close()
    twin.close()
    // What waits for a subscriber is given up in its thread's next turn.
    await turn()
  }
  const names = SharedMemoryCache.names().length
  for (let i = 0; i < 100; i++) await cycle(i)
  const before = await residentMemory()
  for (let i = 0; i < 500; i++) await cycle(i)
  const growth = (await residentMemory()) - before
  assert.equal(SharedMemoryCache.names().length, names)
  // Leaked, 500 stores of 30 values would be 240 MB. V8 leaves some of the events' buffers for
  // later, whose number does not grow.
  assert.ok(growth < 150 * MB, `${Math.round(growth / MB)} MB more after 500 cycles`)
})
