// What is published through node:diagnostics_channel, by both kinds of caches: the same messages in the same
// order, where hooks are called, and nothing of it once nobody subscribes any more.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { CHANNELS, PREFIX, subscribe } from './channels.mjs'

let names = 0
const KINDS = {
  MemoryCache: (options) => new MemoryCache(options),
  SharedMemoryCache: (options) =>
    new SharedMemoryCache({ name: `watched ${++names}`, shards: 1, ...options }),
}

const enableClock = (t) => t.mock.timers.enable({ apis: ['Date'], now: Date.now() })

/** Milliseconds of the genuine clock in which nothing else happens. */
function spin(milliseconds) {
  const end = Date.now() + milliseconds
  while (Date.now() < end);
}

const mocked = ['mocked', enableClock, (t) => t.mock.timers.tick(2)]
// Under the genuine clock the native thread removes what has expired in a shared store.
const CLOCKS = {
  MemoryCache: [mocked, ['genuine', () => {}, () => spin(2)]],
  SharedMemoryCache: [mocked],
}

function watch(t, cache, channels = CHANNELS) {
  const seen = []
  for (const name of channels) {
    subscribe(t, name, ({ cache: own, key, value, ...facts }) => {
      assert.equal(own, cache)
      seen.push([name, key, value, ...Object.values(facts)])
    })
  }
  return seen
}

/** Subscribes to all of a fetch, with the names of what has happened. */
function trace(t, seen = []) {
  const channel = diagnostics.tracingChannel(`${PREFIX}fetch`)
  const subscribers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [
      name,
      (message) => seen.push([name, { ...message }]),
    ]),
  )
  channel.subscribe(subscribers)
  t.after(() => channel.unsubscribe(subscribers))
  return seen
}

for (const [kind, create] of Object.entries(KINDS)) {
  describe(`channels of a ${kind}`, () => {
    let cache
    beforeEach((t) => {
      cache = create({ maxSize: 2, ttl: 60_000 })
      t.after(() => cache.close())
    })

    test('tell of reads, writes and removals what hooks are told', (t) => {
      const seen = watch(t, cache)
      cache.get('a')
      cache.set('a', 1)
      cache.set('a', 2)
      cache.get('a')
      cache.has('a')
      cache.peek('a')
      cache.set('b', 3)
      cache.set('c', 4)
      cache.delete('b')
      cache.take('c')
      assert.deepEqual(seen, [
        ['get', 'a', undefined, false, 'not_found'],
        ['set', 'a', 1, false],
        ['set', 'a', 2, true],
        ['get', 'a', 2, true],
        ['set', 'b', 3, false],
        ['evict', 'a', 2],
        ['set', 'c', 4, false],
        ['delete', 'b', 3, 'delete'],
        ['get', 'c', 4, true],
        ['delete', 'c', 4, 'delete'],
      ])
    })

    for (const [clock, mock, pass] of CLOCKS[kind]) {
      test(`tell of what expires under a ${clock} clock, and who came upon it`, (t) => {
        mock(t)
        const seen = watch(t, cache, ['expire', 'get'])
        for (const [key, look] of [
          ['a', () => cache.get('a')],
          ['b', () => cache.has('b')],
          ['c', () => cache.prune()],
          ['d', () => cache.getMany(['d'])],
          ['e', () => cache.hasMany(['e'])],
        ]) {
          cache.set(key, key, 0.5)
          pass(t)
          look()
        }
        assert.deepEqual(seen, [
          ['expire', 'a', 'a', 'get'],
          ['get', 'a', undefined, false, 'expired'],
          ['expire', 'b', 'b', 'has'],
          ['expire', 'c', 'c', 'prune'],
          ['expire', 'd', 'd', 'get'],
          ['get', 'd', undefined, false, 'expired'],
          ['expire', 'e', 'e', 'has'],
        ])
      })
    }

    test('tell of each key of a batch and of each entry of a bulk deletion', (t) => {
      const seen = watch(t, cache)
      cache.setMany([
        ['u:1', 1],
        ['u:2', 2],
      ])
      cache.getMany(['u:1', 'x'])
      cache.deleteMany(['u:1'])
      cache.deleteByPrefix('u:')
      cache.set('t', 3, { tags: ['t'] })
      cache.deleteByTag('t')
      cache.set('v', 4)
      cache.deleteByMagicString('v*')
      cache.set('w', 5)
      cache.clear()
      assert.deepEqual(
        seen.map(([name, key, , fact]) => `${name} ${key} ${fact}`),
        [
          'set u:1 false',
          'set u:2 false',
          'get u:1 true',
          'get x false',
          'delete u:1 delete',
          'delete u:2 deleteByPrefix',
          'set t false',
          'delete t deleteByTag',
          'set v false',
          'delete v deleteByMagicString',
          'set w false',
          'delete w clear',
        ],
      )
    })

    test('through a view tell the key of the cache', (t) => {
      const seen = watch(t, cache, ['set', 'get'])
      const view = cache.withNamespace('u:')
      view.set('__proto__', 1)
      view.get('\ud800')
      assert.deepEqual(seen, [
        ['set', 'u:__proto__', 1, false],
        ['get', 'u:\ud800', undefined, false, 'not_found'],
      ])
    })

    test('are told after the hook, which hears the same as ever', (t) => {
      const seen = []
      const hooked = create({
        hooks: { onSet: ({ key }) => seen.push(`hook ${key}`), onEvict: () => assert.fail('none') },
      })
      subscribe(t, 'set', ({ key }) => seen.push(`channel ${key}`))
      hooked.set('a', 1)
      assert.deepEqual(seen, ['hook a', 'channel a'])
      hooked.close()
    })

    test('are told in spite of a hook that throws', (t) => {
      const hooked = create({
        hooks: {
          onSet() {
            throw new Error('of the hook')
          },
        },
      })
      const seen = watch(t, hooked, ['set'])
      hooked.set('a', 1)
      assert.deepEqual(seen, [['set', 'a', 1, false]])
      hooked.close()
    })

    test('may have subscribers that use the cache', (t) => {
      subscribe(t, 'set', ({ key }) => {
        if (key === 'a') cache.set('b', 2)
      })
      cache.set('a', 1)
      assert.deepEqual(cache.getMany(['a', 'b']), [1, 2])
    })

    test('may have a subscriber that closes the cache', (t) => {
      subscribe(t, 'get', () => cache.close())
      assert.equal(cache.get('a'), undefined)
      assert.throws(() => cache.get('a'), /closed/)
    })

    test('leave a cache alone whose subscriber throws', (t) => {
      const thrown = []
      t.mock.method(process, 'nextTick', (callback) => thrown.push(callback))
      subscribe(t, 'set', () => {
        throw new Error('of the subscriber')
      })
      cache.set('a', 1)
      process.nextTick.mock.restore()
      assert.equal(cache.get('a'), 1)
    })

    test('tell nothing once their subscriber is gone, and go on telling hooks', (t) => {
      const heard = []
      const hooked = create({ maxSize: 1, hooks: { onEvict: ({ key }) => heard.push(key) } })
      const seen = []
      const end = subscribe(t, 'evict', ({ key }) => seen.push(key))
      hooked.set('a', 1)
      hooked.set('b', 1)
      end()
      hooked.set('c', 1)
      assert.deepEqual([seen, heard], [['a'], ['a', 'b']])
      hooked.close()
    })

    test('unsubscribed from within a message tell the others of it', (t) => {
      const seen = []
      const end = subscribe(t, 'set', () => end())
      subscribe(t, 'set', ({ key }) => seen.push(key))
      cache.set('a', 1)
      cache.set('b', 2)
      assert.deepEqual(seen, ['a', 'b'])
    })

    test('tell in the async context of the caller', (t) => {
      const storage = new AsyncLocalStorage()
      const seen = []
      subscribe(t, 'get', () => seen.push(storage.getStore()))
      storage.run('request', () => cache.get('a'))
      assert.deepEqual(seen, ['request'])
    })

    test('trace fetches from the start to the outcome, once for all who wait', async (t) => {
      const seen = trace(t)
      const fetcher = async () => 'fetched'
      await Promise.all([cache.getOrSet('a', fetcher), cache.getOrSet('a', fetcher)])
      const told = { cache, key: 'a' }
      assert.deepEqual(seen, [
        ['start', told],
        ['end', told],
        ['asyncStart', { ...told, result: 'fetched' }],
        ['asyncEnd', { ...told, result: 'fetched' }],
      ])
    })

    const failure = new Error('of the fetcher')
    const fail = () => {
      throw failure
    }
    for (const [manner, fetcher] of Object.entries({ rejects: async () => fail(), throws: fail })) {
      test(`trace a fetcher that ${manner}, whose caller gets the same error`, async (t) => {
        const seen = trace(t)
        await assert.rejects(cache.getOrSet('a', fetcher), failure)
        const told = seen.find(([name]) => name === 'error')
        assert.deepEqual(told, ['error', { cache, key: 'a', error: failure }])
      })
    }

    test('trace fetchers that return no promise or a thenable', async (t) => {
      const seen = trace(t)
      assert.equal(await cache.getOrSet('a', () => 1), 1)
      assert.equal(await cache.getOrSet('b', () => ({ then: (resolve) => resolve(2) })), 2)
      const results = seen.filter(([name]) => name === 'asyncEnd').map(([, { result }]) => result)
      assert.deepEqual(results, [1, 2])
    })
  })
}

test('channels tell of a cache behind a proxy that wraps it the cache itself', (t) => {
  const cache = new MemoryCache()
  const seen = watch(t, cache, ['set', 'get'])
  const proxy = reactive(cache)
  proxy.set('a', 1)
  proxy.get('a')
  assert.deepEqual(seen, [
    ['set', 'a', 1, false],
    ['get', 'a', 1, true],
  ])
})

test('channels tell of deferred events when the hooks would be called', async (t) => {
  const cache = new MemoryCache({ hookDelivery: 'deferred' })
  const seen = watch(t, cache, ['set'])
  cache.set('a', 1)
  assert.deepEqual(seen, [])
  await cache.flushHooks()
  assert.deepEqual(seen, [['set', 'a', 1, false]])
})

test('a value of a shared cache is decoded for the subscriber who reads it', (t) => {
  let decoded = 0
  const codec = {
    name: 'counting',
    encode: JSON.stringify,
    decode(text) {
      decoded++
      return JSON.parse(text)
    },
  }
  const cache = KINDS.SharedMemoryCache({ codec })
  t.after(() => cache.close())
  let read = false
  subscribe(t, 'set', (message) => read && assert.deepEqual(message.value, { a: 1 }))
  cache.set('a', { a: 1 })
  assert.equal(decoded, 0)
  read = true
  cache.set('a', { a: 1 })
  assert.equal(decoded, 1)
})

test('a thread is told what it does itself, not what others do with the store', async (t) => {
  const cache = KINDS.SharedMemoryCache({ hooks: { onSet() {} } })
  t.after(() => cache.close())
  const seen = watch(t, cache, ['set'])
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads')
     const { SharedMemoryCache } = require('native-memory-cache')
     const cache = SharedMemoryCache.attach(workerData)
     const keys = []
     require('node:diagnostics_channel').subscribe('native-memory-cache:set', ({ key }) => keys.push(key))
     cache.set('of the worker', 1)
     cache.close()
     parentPort.postMessage(keys)`,
    { eval: true, workerData: cache.name },
  )
  const [keys] = await once(worker, 'message')
  await once(worker, 'exit')
  // By then what the worker did has come, for the hook.
  await new Promise((resolve) => setImmediate(resolve))
  cache.set('of this thread', 1)
  assert.deepEqual(keys, ['of the worker'])
  assert.deepEqual(seen, [['set', 'of this thread', 1, false]])
})

test('a handle that is watched has no subscribers of its own, and none is left', (t) => {
  const cache = KINDS.SharedMemoryCache({})
  t.after(() => cache.close())
  const end = subscribe(t, 'set', () => {})
  cache.set('a', 1)
  assert.equal(cache.getMetrics().subscribers, 0)
  end()
  cache.set('a', 2)
  assert.equal(cache.getMetrics().subscribers, 0)
})
