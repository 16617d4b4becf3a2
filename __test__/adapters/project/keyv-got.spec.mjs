// got, with responses of an HTTP server in a Keyv on both kinds of cache. What must not live here: what HTTP says about
// caching beyond what shows that the store keeps it.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import got from 'got'
import { Keyv } from 'keyv'
import { KeyvStore } from 'native-memory-cache/keyv'
import { serve } from './http.mjs'
import { kinds } from './stores.mjs'

const MINUTE = 60_000
const BYTES = Buffer.from([0, 1, 127, 128, 255])

for (const [kind, create] of Object.entries(kinds)) {
  describe(`got with a ${kind}`, () => {
    let cache, keyv
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 30 * MINUTE })
      keyv = new Keyv({ store: new KeyvStore({ cache }), namespace: 'got' })
    })

    /** A client of a server that answers with `headers`, and the requests that reach it. */
    async function open(t, headers) {
      const requests = []
      const address = await serve(t, (request, response) => {
        requests.push(request)
        const etag = '"1"'
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
        response.setHeader('etag', etag)
        if (request.headers['if-none-match'] === etag) response.writeHead(304).end()
        else if (request.url === '/bytes') response.end(BYTES)
        else response.end(`${request.headers['accept-language']}, answer ${requests.length}`)
      })
      const client = got.extend({ prefixUrl: address, cache: keyv, retry: { limit: 0 } })
      return { client, requests }
    }

    const language = (name) => ({ headers: { 'accept-language': name } })

    test('sends no second request while the response is fresh', async (t) => {
      const { client, requests } = await open(t, { 'cache-control': 'max-age=60' })
      const first = await client('a', language('en'))
      t.mock.timers.tick(59_000)
      const second = await client('a', language('en'))
      assert.deepEqual([first.isFromCache, second.isFromCache], [false, true])
      assert.equal(second.body, 'en, answer 1')
      assert.equal(second.headers['cache-control'], 'max-age=60')
      assert.equal(requests.length, 1)
      await client('b', language('en'))
      assert.equal(requests.length, 2)
    })

    test('asks again afterwards, and keeps the body that has not changed', async (t) => {
      const { client, requests } = await open(t, { 'cache-control': 'max-age=60' })
      await client('a', language('en'))
      t.mock.timers.tick(61_000)
      const { body, isFromCache } = await client('a', language('en'))
      assert.deepEqual([body, isFromCache], ['en, answer 1', true])
      assert.equal(requests[1].headers['if-none-match'], '"1"')
      assert.equal((await client('a', language('en'))).isFromCache, true)
      assert.equal(requests.length, 2)
    })

    test('answers nobody with what was for another language', async (t) => {
      const headers = { 'cache-control': 'max-age=60', vary: 'accept-language' }
      const { client, requests } = await open(t, headers)
      for (const name of ['en', 'en', 'de', 'de']) {
        assert.match((await client('a', language(name))).body, new RegExp(`^${name}, `))
      }
      assert.equal(requests.length, 2)
    })

    test('stores nothing that is not to be stored', async (t) => {
      const { client, requests } = await open(t, { 'cache-control': 'no-store' })
      for (let i = 1; i <= 2; i++) assert.equal((await client('a')).body, `undefined, answer ${i}`)
      assert.equal(requests.length, 2)
      assert.equal(cache.size(), 0)
    })

    test('gets the very bytes of a body', async (t) => {
      const { client } = await open(t, { 'cache-control': 'max-age=60' })
      for (const isFromCache of [false, true]) {
        const response = await client('bytes', { responseType: 'buffer' })
        assert.equal(response.isFromCache, isFromCache)
        assert.deepEqual(Buffer.from(response.body), BYTES)
      }
    })

    test('keeps responses as long as the Keyv says, and no other entries than its own', async (t) => {
      const { client, requests } = await open(t, { 'cache-control': 'max-age=86400' })
      cache.set('sess:1', 'a session')
      keyv.ttl = 20 * MINUTE
      await client('a')
      const [key] = cache.withNamespace('got:').keys()
      assert.equal(cache.getRemainingTTL(`got:${key}`), 20 * MINUTE)
      await keyv.clear()
      assert.deepEqual(cache.keys(), ['sess:1'])
      await client('a')
      assert.equal(requests.length, 2)
    })
  })
}
