// The cache handlers of Next.js by themselves, called as Next.js calls them, on both kinds of cache. What must not live
// here: what Next.js makes of it, which ../next.test.mjs asks an app.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { buffer, text } from 'node:stream/consumers'
import { ReadableStream } from 'node:stream/web'
import { beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import DefaultHandler, { nextCacheHandler, nextUseCacheHandler } from 'native-memory-cache/next'
import { kinds } from './stores.mjs'

const MINUTE = 60_000
const AT_ONCE = { expire: 0 }
const TAGS = 'x-next-cache-tags'

const page = (tags = '', more = {}) => ({
  kind: 'APP_PAGE',
  html: '<p>a page</p>',
  headers: { [TAGS]: tags },
  ...more,
})
const fetched = { kind: 'FETCH', data: { body: 'YQ==', status: 200 }, revalidate: 60 }

/** Stops the clock of Next.js and that of the cache; returns what lets time pass. */
function stopClocks(t) {
  let now = performance.now()
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
  t.mock.method(performance, 'now', () => now)
  return (ms) => {
    now += ms
    t.mock.timers.tick(ms)
  }
}

const time = () => performance.timeOrigin + performance.now()

for (const [kind, create] of Object.entries(kinds)) {
  describe(`the handler of cacheHandler on a ${kind}`, () => {
    let cache, handler, tick
    beforeEach((t) => {
      tick = stopClocks(t)
      cache = create({ maxSize: 0, ttl: MINUTE })
      handler = new (nextCacheHandler({ cache }))()
    })

    test('returns what it was given, when, and its lifetime', async () => {
      const cacheControl = { revalidate: 60, expire: 3600 }
      const value = page('a', {
        rscData: Buffer.from([0, 128, 255]),
        segmentData: new Map([['/_tree', Buffer.from('tree')]]),
        postponed: undefined,
      })
      await handler.set('/users', value, { cacheControl })
      const lastModified = time()
      tick(1000)
      const found = await handler.get('/users', { kind: 'APP_PAGE' })
      assert.deepEqual(found, { value, cacheControl, lastModified })
      assert.ok(Buffer.isBuffer(found.value.segmentData.get('/_tree')))
      assert.equal(await handler.get('/others', { kind: 'APP_PAGE' }), null)
    })

    test('returns that there is no such page', async () => {
      await handler.set('/nobody', null, { cacheControl: { revalidate: 60 } })
      assert.equal((await handler.get('/nobody', { kind: 'APP_PAGE' })).value, null)
      await handler.revalidateTag('a', {})
      assert.equal((await handler.get('/nobody', { kind: 'APP_PAGE' })).value, null)
    })

    test('keeps an entry as long as Next.js says, whatever the ttl of the cache', async () => {
      await handler.set('a', page(), { cacheControl: { revalidate: 1, expire: 600 } })
      await handler.set('b', page(), { cacheControl: { revalidate: false } })
      await handler.set('c', fetched, { fetchCache: true, tags: [] })
      tick(600_000)
      for (const key of ['a', 'b', 'c']) assert.ok(await handler.get(key), key)
      tick(1)
      assert.equal(await handler.get('a'), null)
      tick(365 * 24 * 60 * MINUTE)
      for (const key of ['b', 'c']) assert.ok(await handler.get(key), key)
    })

    test('returns nothing that a tag has ended: its own, of a header, of its reader, of a path', async () => {
      const context = { kind: 'FETCH', tags: ['later'], softTags: ['_N_T_/users'] }
      for (const tag of ['own', 'later', '_N_T_/users']) {
        await handler.set('data', fetched, { fetchCache: true, tags: ['own', 'other'] })
        tick(1)
        assert.ok(await handler.get('data', context))
        await handler.revalidateTag(tag)
        assert.equal(await handler.get('data', context), null, tag)
        tick(1)
      }
      await handler.set('/users', page('a,b'), {})
      await handler.set('/posts', page('c'), {})
      await handler.revalidateTag(['x', 'b'])
      assert.equal(await handler.get('/users'), null)
      assert.ok(await handler.get('/posts'))
    })

    test('returns what was stored after its tag had ended', async () => {
      await handler.revalidateTag('a')
      tick(1)
      await handler.set('/users', page('a'), {})
      assert.ok(await handler.get('/users'))
    })

    test('removes what has ended from the cache', async () => {
      cache.set('sess:1', 'a session', { tags: ['a'] })
      await handler.set('/users', page('a'), {})
      await handler.revalidateTag('a')
      assert.deepEqual(cache.keys(), ['sess:1'])
    })

    test('heeds more tags than an entry of the cache can have', async () => {
      const tags = Array.from({ length: 100 }, (_, i) => `tag ${i}`)
      await handler.set('data', fetched, { fetchCache: true, tags })
      assert.deepEqual(cache.info('next:data').tags, tags.slice(0, 64))
      await handler.revalidateTag('tag 99')
      assert.equal(await handler.get('data', { kind: 'FETCH' }), null)
    })

    test('makes an entry with a stale tag as old as Next.js has it before it makes a new one', async () => {
      const context = { kind: 'FETCH', tags: ['a'], revalidate: 3600 }
      await handler.set('data', fetched, { fetchCache: true, tags: ['a'] })
      await handler.set('/users', page('a'), { cacheControl: { revalidate: 900, expire: 3600 } })
      tick(1)
      await handler.revalidateTag('a', { expire: 600 })
      const age = async (...of) => time() - (await handler.get(...of)).lastModified
      assert.equal(Math.round(await age('data', context)), 3_600_001)
      assert.equal(Math.round(await age('data', { kind: 'FETCH', tags: ['a'] })), 60_001)
      assert.equal(Math.round(await age('/users')), 900_001)
      tick(599_000)
      assert.ok(await handler.get('data', context))
      tick(1000)
      assert.equal(await handler.get('data', context), null)
      assert.equal(await handler.get('/users'), null)
    })

    test('returns no page with a stale tag that Next.js would never make anew', async () => {
      await handler.set('/users', page('a'), { cacheControl: { revalidate: false } })
      await handler.revalidateTag('a', {})
      assert.equal(await handler.get('/users'), null)
    })

    test('does not let an entry live again that has ended when its tag becomes stale as well', async () => {
      const context = { kind: 'FETCH', softTags: ['_N_T_/'] }
      await handler.set('data', fetched, { fetchCache: true, tags: [] })
      tick(1)
      await handler.revalidateTag('_N_T_/')
      await handler.revalidateTag('_N_T_/', {})
      assert.equal(await handler.get('data', context), null)
    })
  })

  describe(`the handler of cacheHandlers on a ${kind}`, () => {
    let cache, handler, tick
    beforeEach((t) => {
      tick = stopClocks(t)
      cache = create({ maxSize: 0, ttl: MINUTE })
      handler = nextUseCacheHandler({ cache })
    })

    const entry = (body, more) => ({
      value: ReadableStream.from(body),
      tags: ['a'],
      stale: 30,
      timestamp: time(),
      expire: 3600,
      revalidate: 900,
      ...more,
    })
    const set = (key, body, more) => handler.set(key, Promise.resolve(entry(body, more)))
    const bytes = Buffer.from([0, 128, 255])

    test('returns an entry with a stream of its own, each time', async () => {
      const stored = entry([bytes, bytes])
      await handler.set('key', Promise.resolve(stored))
      for (let i = 0; i < 2; i++) {
        const { value, ...found } = await handler.get('key', [])
        const { value: _, ...rest } = stored
        assert.deepEqual(found, rest)
        for await (const chunk of value) {
          assert.deepEqual(Buffer.from(chunk), Buffer.concat([bytes, bytes]))
          chunk.fill(1)
        }
      }
      assert.equal(await handler.get('another', []), undefined)
    })

    test('stores an entry of no bytes', async () => {
      await set('key', [])
      assert.equal((await buffer((await handler.get('key', [])).value)).length, 0)
    })

    test('waits for an entry that is being written', async () => {
      let give
      const pending = new Promise((resolve) => {
        give = resolve
      })
      const written = handler.set('key', pending)
      const found = handler.get('key', [])
      give(entry([Buffer.from('late')]))
      assert.equal(await text((await found).value), 'late')
      await written
    })

    test('stores nothing that broke off, and keeps what it had', async () => {
      await set('key', [Buffer.from('whole')])
      const broken = async function* () {
        yield Buffer.from('half')
        throw new Error('the page threw')
      }
      await set('key', broken())
      await handler.set('key', Promise.reject(new Error('there is no page')))
      assert.equal(await text((await handler.get('key', [])).value), 'whole')
    })

    test('rejects a write that the cache refuses, and reads as if it had not been', async () => {
      const refusing = create({ maxSize: 0 })
      const other = nextUseCacheHandler({ cache: refusing })
      refusing.close()
      await assert.rejects(other.set('key', Promise.resolve(entry([bytes]))), /closed/)
      await assert.rejects(other.get('key', []), /closed/)
    })

    test('keeps an entry for its expire', async () => {
      await set('brief', [bytes], { expire: 300 })
      await set('for ever', [bytes], { expire: 4_294_967_294 })
      await set('endless', [bytes], { expire: Infinity })
      tick(300_000)
      assert.ok(await handler.get('brief', []))
      tick(1)
      assert.equal(await handler.get('brief', []), undefined)
      tick(365 * 24 * 60 * MINUTE)
      assert.ok(await handler.get('for ever', []))
      assert.ok(await handler.get('endless', []))
    })

    test('returns nothing whose tag, or that of the path, has ended', async () => {
      assert.equal(await handler.getExpiration(['_N_T_/users']), Infinity)
      for (const tag of ['a', '_N_T_/users']) {
        await set('key', [bytes])
        tick(1)
        assert.ok(await handler.get('key', ['_N_T_/users']))
        await handler.updateTags([tag])
        assert.equal(await handler.get('key', ['_N_T_/users']), undefined, tag)
        tick(1)
      }
    })

    test('returns nothing that was begun before its tag ended', async () => {
      const begun = entry([bytes])
      tick(1)
      await handler.updateTags(['a'])
      tick(1)
      await handler.set('key', Promise.resolve(begun))
      assert.equal(await handler.get('key', []), undefined)
    })

    test('has what a stale tag is on made anew, for as long as that allows', async () => {
      await set('key', [bytes])
      tick(1)
      await handler.updateTags(['a'], { expire: 600 })
      assert.equal((await handler.get('key', [])).revalidate, -1)
      tick(600_000)
      assert.equal(await handler.get('key', []), undefined)
      await set('key', [bytes])
      assert.equal((await handler.get('key', [])).revalidate, 900)
      tick(1)
      await handler.updateTags(['a'], AT_ONCE)
      assert.equal(await handler.get('key', []), undefined)
    })

    test('knows nothing of the tags of another handler in the same cache', async () => {
      const other = new (nextCacheHandler({ cache }))()
      await set('key', [bytes])
      await other.set('key', page('a'), {})
      tick(1)
      await handler.updateTags(['a'])
      assert.equal(await handler.get('key', []), undefined)
      assert.ok(await other.get('key'))
      assert.deepEqual(cache.keys(), ['next:key'])
    })
  })
}

test('threads have the same entries, and end them for each other', async (t) => {
  const cache = { name: 'pages of two threads', maxSize: 0 }
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { nextCacheHandler } = require('native-memory-cache/next')
    const handler = new (nextCacheHandler({ cache: workerData }))()
    parentPort.on('message', async ([method, ...args]) => {
      parentPort.postMessage(await handler[method](...args))
    })`
  const worker = new Worker(code, { eval: true, workerData: cache })
  t.after(() => worker.terminate())
  const there = async (...call) => {
    worker.postMessage(call)
    const [answer] = await once(worker, 'message')
    return answer
  }
  const Handler = DefaultHandler({ cache })
  const here = new Handler()
  await there('set', '/users', page('a'), {})
  assert.deepEqual((await here.get('/users')).value, page('a'))
  await here.revalidateTag('a', {})
  assert.equal(await there('get', '/users'), null)
  await there('revalidateTag', '_N_T_/')
  await here.set('data', fetched, { fetchCache: true, tags: [] })
  assert.ok(await here.get('data', { kind: 'FETCH', softTags: ['_N_T_/other'] }))
  assert.ok(Handler.cache instanceof SharedMemoryCache)
})

test('the handlers refuse what makes no sense', () => {
  for (const make of [nextCacheHandler, nextUseCacheHandler]) {
    assert.throws(() => make(), CacheConfigError)
    assert.throws(() => make({}), /^CacheConfigError: cache must be a MemoryCache, /)
    assert.throws(() => make({ cache: {}, prefix: 1 }), /prefix must be a string, received 1/)
  }
})
