// The store of undici's cache over HTTP, on both kinds of cache. What must not live here: rules of HTTP that undici
// decides without its store.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { beforeEach, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Agent, interceptors, request } from 'undici'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import DefaultStore, { UndiciCacheStore } from 'native-memory-cache/undici'
import { collectGarbage } from './garbage.mjs'
import { serve } from './http.mjs'
import { kinds } from './stores.mjs'

/** A server that counts its answers; `answer` may set headers and gives the body. */
async function countingServer(t, answer) {
  const seen = { count: 0, requests: [] }
  const address = await serve(t, (incoming, response) => {
    seen.count += 1
    seen.requests.push(incoming)
    // Node.js renews it once a second, by a clock that is not mocked.
    response.sendDate = false
    response.setHeader('cache-control', 'public, max-age=60')
    response.end(answer?.(incoming, response) ?? `answer ${seen.count}`)
  })
  return { address, seen }
}

for (const [kind, create] of Object.entries(kinds)) {
  describe(`responses in a ${kind}`, () => {
    let cache, agent, store
    const open = (t, options) => {
      store = new UndiciCacheStore({ cache, ...options })
      agent = new Agent().compose(interceptors.cache({ store, methods: ['GET', 'HEAD'] }))
      const opened = agent
      t.after(() => opened.destroy())
    }
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 1 })
      open(t)
    })
    const ask = async (url, options) => {
      const { statusCode, headers, body } = await request(url, { dispatcher: agent, ...options })
      return { statusCode, headers, text: await body.text() }
    }
    const textOf = async (...args) => (await ask(...args)).text

    test('are served as long as they are fresh, with headers and age', async (t) => {
      const { address, seen } = await countingServer(t, (_, response) => {
        response.setHeader('x-list', ['one', 'two'])
      })
      assert.equal(await textOf(`${address}/a?b=1`), 'answer 1')
      t.mock.timers.tick(30_000)
      const { statusCode, headers, text } = await ask(`${address}/a?b=1`)
      assert.deepEqual([statusCode, text, headers.age], [200, 'answer 1', '30'])
      assert.deepEqual(headers['x-list'], ['one', 'two'])
      assert.equal(await textOf(`${address}/a?b=2`), 'answer 2')
      t.mock.timers.tick(200_000)
      assert.equal(await textOf(`${address}/a?b=1`), 'answer 3')
      assert.equal(seen.count, 3)
    })

    test('keep bodies byte for byte, of many chunks and of none', async (t) => {
      const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256))
      const { address, seen } = await countingServer(t, ({ url }) => (url === '/' ? bytes : ''))
      for (const path of ['/', '/empty']) {
        for (let i = 0; i < 2; i++) {
          const { body } = await request(address + path, { dispatcher: agent })
          const expected = path === '/' ? bytes : Buffer.alloc(0)
          assert.deepEqual(Buffer.from(await body.arrayBuffer()), expected)
        }
      }
      assert.equal(seen.count, 2)
    })

    test('are apart by the headers that they vary by, in whatever case and number', async (t) => {
      const { address, seen } = await countingServer(t, ({ headers }, response) => {
        response.setHeader('vary', 'Accept-Language, X-Tenant')
        return `${headers['accept-language']} ${headers['x-tenant']}`
      })
      const variants = [
        [{ 'accept-language': 'en' }, 'en undefined'],
        [{ 'Accept-Language': 'de', 'X-Tenant': 'a' }, 'de a'],
        [{ 'accept-language': 'de' }, 'de undefined'],
        [{}, 'undefined undefined'],
      ]
      for (let i = 0; i < 2; i++) {
        for (const [headers, expected] of variants) {
          assert.equal(await textOf(address, { headers }), expected)
        }
      }
      assert.equal(seen.count, variants.length)
    })

    test('take the place of those that the same request would get, when Vary changes', async (t) => {
      const vary = ['accept', 'x-tenant']
      const { address } = await countingServer(t, (_, response) => {
        const name = vary.shift()
        if (name) response.setHeader('vary', name)
      })
      const headers = { accept: 'text/html' }
      for (const expected of ['answer 1', 'answer 2', 'answer 3']) {
        assert.equal(await textOf(address, { headers }), expected)
        assert.equal(await textOf(address, { headers }), expected)
        t.mock.timers.tick(61_000)
      }
    })

    test('are not found for other requests once they vary', async () => {
      const [cachedAt, deleteAt] = [Date.now(), Date.now() + 1000]
      const times = { cachedAt, staleAt: deleteAt, deleteAt }
      const value = { statusCode: 200, statusMessage: '', headers: {}, ...times }
      const keyOf = (accept) => ({
        origin: 'http://a',
        path: '/',
        method: 'GET',
        headers: { accept },
      })
      const write = async (vary) => {
        store.createWriteStream(keyOf('a'), { ...value, vary }).end('body')
        await new Promise(setImmediate)
      }
      await write()
      assert.equal(store.get(keyOf('b')).statusCode, 200)
      await write({ accept: 'a' })
      assert.equal(store.get(keyOf('b')), undefined)
      assert.deepEqual(store.get(keyOf('a')).vary, { accept: 'a' })
    })

    test('take no more of the cache the more often Vary changes', async () => {
      const key = { origin: 'http://a', path: '/', method: 'GET', headers: {} }
      const deleteAt = Date.now() + 1000
      const times = { cachedAt: Date.now(), staleAt: deleteAt, deleteAt }
      const bytesAfter = async (from, to) => {
        for (let i = from; i < to; i++) {
          const vary = { [`x-${i}`]: null }
          const value = { statusCode: 200, statusMessage: '', headers: {}, vary, ...times }
          store.createWriteStream(key, value).end('body')
          await new Promise(setImmediate)
        }
        return cache.values().reduce((sum, { length }) => sum + length, 0)
      }
      assert.equal(await bytesAfter(100, 120), await bytesAfter(120, 400))
      assert.deepEqual(store.get(key).vary, { 'x-399': null })
      assert.equal(cache.size(), 2)
    })

    test('are found by each of several lists of headers that they vary by', async (t) => {
      const { address, seen } = await countingServer(t, ({ headers }, response) => {
        response.setHeader('vary', `accept, ${headers.accept}`)
        return headers.accept
      })
      for (let i = 0; i < 2; i++) {
        for (let name = 0; name < 8; name++) {
          const headers = { accept: `x-${name}` }
          assert.equal(await textOf(address, { headers }), `x-${name}`)
        }
      }
      assert.equal(seen.count, 8)
    })

    test('are revalidated by their ETag, and then served again', async (t) => {
      const { address, seen } = await countingServer(t, ({ headers }, response) => {
        response.setHeader('etag', '"v1"')
        response.setHeader('cache-control', 'public, max-age=10')
        if (headers['if-none-match'] !== '"v1"') return 'the body'
        response.statusCode = 304
        return ''
      })
      assert.equal(await textOf(address), 'the body')
      t.mock.timers.tick(15_000)
      assert.equal(await textOf(address), 'the body')
      assert.equal(seen.requests[1]?.headers['if-none-match'], '"v1"')
    })

    test('are removed by a request that changes something, in all variants', async (t) => {
      const { address } = await countingServer(t, (_, response) => {
        response.setHeader('vary', 'accept')
      })
      const asked = (accept) => textOf(`${address}/x`, { headers: { accept } })
      assert.deepEqual([await asked('a'), await asked('b')], ['answer 1', 'answer 2'])
      await ask(`${address}/other`)
      await ask(`${address}/x`, { method: 'DELETE' })
      assert.deepEqual([await asked('a'), await asked('b')], ['answer 5', 'answer 6'])
      assert.equal(await textOf(`${address}/other`), 'answer 3')
    })

    test('are apart by method, and not stored if they must not be or are too large', async (t) => {
      open(t, { maxEntrySize: 1000, prefix: 'api:' })
      const { address, seen } = await countingServer(t, ({ url }, response) => {
        if (url === '/secret') response.setHeader('cache-control', 'no-store')
        return 'x'.repeat({ '/large': 1000, '/huge': 1_000_000 }[url] ?? 999)
      })
      for (const path of ['/secret', '/large']) {
        for (let i = 0; i < 2; i++) await textOf(address + path)
      }
      assert.equal((await textOf(`${address}/huge`)).length, 1_000_000)
      assert.equal(seen.count, 5)
      assert.equal(cache.size(), 0)
      await ask(`${address}/small`, { method: 'HEAD' })
      for (let i = 0; i < 2; i++) assert.equal((await textOf(`${address}/small`)).length, 999)
      assert.equal(seen.count, 7)
      assert.ok(cache.keys().every((key) => key.startsWith('api:')))
    })

    test('are let go of once they are too large, before they have ended', async (t) => {
      open(t, { maxEntrySize: 1000 })
      const key = { origin: 'http://a', path: '/', method: 'GET' }
      const value = { statusCode: 200, statusMessage: '', headers: {}, deleteAt: Date.now() + 1000 }
      const stream = store.createWriteStream(key, value)
      const written = [999, 1].map((size) => {
        const chunk = Buffer.alloc(size)
        stream.write(chunk)
        return new WeakRef(chunk)
      })
      assert.equal(stream.destroyed, true)
      await collectGarbage()
      assert.deepEqual(
        written.map((chunk) => chunk.deref()),
        [undefined, undefined],
      )
    })

    test('are not stored if the connection breaks', async (t) => {
      let count = 0
      const address = await serve(t, (_, response) => {
        count += 1
        response.setHeader('cache-control', 'public, max-age=60')
        response.setHeader('content-length', '10')
        if (count === 1) response.write('half', () => response.destroy())
        else response.end('0123456789')
      })
      await assert.rejects(textOf(address))
      assert.equal(await textOf(address), '0123456789')
      assert.equal(await textOf(address), '0123456789')
      assert.equal(count, 2)
    })

    test('are not served for longer than HTTP allows by a cache that renews what is read', async (t) => {
      cache = create({ maxSize: 0, updateAgeOnGet: true })
      open(t)
      const key = { origin: 'http://a', path: '/', method: 'GET', headers: {} }
      const times = { cachedAt: Date.now(), staleAt: Date.now() + 500, deleteAt: Date.now() + 1000 }
      const value = { statusCode: 200, statusMessage: '', headers: {}, ...times }
      store.createWriteStream(key, value).end('body')
      await new Promise(setImmediate)
      t.mock.timers.tick(900)
      assert.deepEqual(store.get(key), { ...value, body: [Buffer.from('body')] })
      t.mock.timers.tick(101)
      assert.equal(store.get(key), undefined)
    })

    test('answer a request whose cache is closed meanwhile', async (t) => {
      const { address } = await countingServer(t, () => {
        cache.close()
        return 'late'
      })
      assert.equal(await textOf(address), 'late')
      store.delete({ origin: address, path: '/', method: 'GET' })
      await assert.rejects(textOf(address), /closed/)
    })
  })
}

test('what one thread has fetched another is answered with, body and all', async (t) => {
  const name = 'responses of two threads'
  const cache = new SharedMemoryCache({ name, maxSize: 0 })
  const agent = new Agent().compose(interceptors.cache({ store: new UndiciCacheStore({ cache }) }))
  t.after(() => agent.destroy())
  const { address, seen } = await countingServer(t)
  const { body } = await request(address, { dispatcher: agent })
  assert.equal(await body.text(), 'answer 1')
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const { Agent, interceptors, request } = require('undici')
    const { UndiciCacheStore } = require('native-memory-cache/undici')
    const store = new UndiciCacheStore({ cache: { name: workerData.name } })
    const dispatcher = new Agent().compose(interceptors.cache({ store }))
    request(workerData.address, { dispatcher })
      .then(({ body }) => body.text())
      .then((text) => parentPort.postMessage(text))`
  const worker = new Worker(code, { eval: true, workerData: { name, address } })
  t.after(() => worker.terminate())
  assert.deepEqual(await once(worker, 'message'), ['answer 1'])
  assert.equal(seen.count, 1)
})

test('a store closes the cache that it has made, and refuses what makes no sense', () => {
  const own = new DefaultStore({ cache: { maxSize: 0 } })
  own.close()
  assert.throws(() => own.cache.size(), /closed/)
  assert.throws(() => new UndiciCacheStore({}), CacheConfigError)
  for (const maxEntrySize of [-1, NaN, '5']) {
    assert.throws(
      () => new UndiciCacheStore({ cache: {}, maxEntrySize }),
      /maxEntrySize must be a non-negative number/,
    )
  }
})
