// Apollo Server, with a Keyv on both kinds of cache as its own. What must not live here: which answers may be cached, which
// Apollo knows.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { beforeEach, describe, test } from 'node:test'
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import responseCachePlugin from '@apollo/server-plugin-response-cache'
import { KeyvAdapter } from '@apollo/utils.keyvadapter'
import { Keyv } from 'keyv'
import { KeyvStore } from 'native-memory-cache/keyv'
import { kinds } from './stores.mjs'

const MINUTE = 60_000

const typeDefs = `#graphql
  enum CacheControlScope { PUBLIC PRIVATE }
  directive @cacheControl(maxAge: Int, scope: CacheControlScope) on FIELD_DEFINITION
  type Query {
    page(id: ID!): String @cacheControl(maxAge: 60)
    basket: String @cacheControl(maxAge: 60, scope: PRIVATE)
    now: String
  }`

for (const [kind, create] of Object.entries(kinds)) {
  describe(`Apollo Server with a ${kind}`, () => {
    let cache
    beforeEach((t) => {
      t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
      cache = create({ maxSize: 0, ttl: 30 * MINUTE })
    })

    /** A function that asks a server over HTTP, and what its resolvers were asked for. */
    async function open(t, options) {
      const resolved = []
      const resolver =
        (name) =>
        (_, { id }) => {
          resolved.push(name)
          return `${name} ${id ?? ''}, answer ${resolved.length}`
        }
      const keyv = new Keyv({ store: new KeyvStore({ cache }), namespace: 'apollo' })
      keyv.on('error', () => {})
      const server = new ApolloServer({
        typeDefs,
        resolvers: {
          Query: { page: resolver('page'), basket: resolver('basket'), now: resolver('now') },
        },
        cache: new KeyvAdapter(keyv, options),
        plugins: [
          responseCachePlugin({
            sessionId: async ({ request }) => request.http.headers.get('x-user') ?? null,
          }),
        ],
      })
      const { url } = await startStandaloneServer(server, {
        listen: { port: 0, host: '127.0.0.1' },
      })
      t.after(() => server.stop())
      const ask = async (body, user = '') => {
        const headers = { 'content-type': 'application/json', connection: 'close', 'x-user': user }
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
        return { age: response.headers.get('age'), ...(await response.json()) }
      }
      return { ask, resolved }
    }

    test('answers a query again without its resolvers, as long as they allow', async (t) => {
      const { ask, resolved } = await open(t)
      const query = '{ page(id: 7) }'
      assert.deepEqual(await ask({ query }), { age: null, data: { page: 'page 7, answer 1' } })
      t.mock.timers.tick(59_000)
      assert.deepEqual(await ask({ query }), { age: '59', data: { page: 'page 7, answer 1' } })
      assert.deepEqual((await ask({ query: '{ page(id: 8) }' })).data, { page: 'page 8, answer 2' })
      t.mock.timers.tick(1001)
      assert.deepEqual((await ask({ query })).data, { page: 'page 7, answer 3' })
      assert.equal(resolved.length, 3)
    })

    test('ends the entry when the answer does', async (t) => {
      const { ask } = await open(t)
      await ask({ query: '{ page(id: 7) }' })
      assert.deepEqual(
        cache.keys().map((key) => cache.getRemainingTTL(key)),
        [MINUTE],
      )
    })

    test('keeps the answers of users apart, and none that must not be kept', async (t) => {
      const { ask, resolved } = await open(t)
      const query = '{ basket }'
      for (const user of ['ada', 'bob', 'ada', 'bob']) await ask({ query }, user)
      assert.equal(resolved.length, 2)
      for (let i = 0; i < 2; i++) await ask({ query: '{ now }' })
      assert.equal(resolved.length, 4)
    })

    test('knows a query by its hash once it has been sent', async (t) => {
      const { ask } = await open(t)
      const query = '{ now }'
      const sha256Hash = createHash('sha256').update(query).digest('hex')
      const extensions = { persistedQuery: { version: 1, sha256Hash } }
      const { errors } = await ask({ extensions })
      assert.equal(errors[0].extensions.code, 'PERSISTED_QUERY_NOT_FOUND')
      await ask({ query, extensions })
      assert.deepEqual((await ask({ extensions })).data, { now: 'now , answer 2' })
      assert.ok(cache.keys().some((key) => key.endsWith(`apq:${sha256Hash}`)))
    })

    test('answers without a cache that is closed, if it reads key by key', async (t) => {
      const { ask, resolved } = await open(t, { disableBatchReads: true })
      cache.close()
      const query = '{ page(id: 7) }'
      for (let i = 1; i <= 2; i++) {
        assert.deepEqual((await ask({ query })).data, { page: `page 7, answer ${i}` })
      }
      assert.equal(resolved.length, 2)
    })

    test('answers with an error of a cache that is closed, if it reads many keys at once', async (t) => {
      const { ask, resolved } = await open(t)
      cache.close()
      const { errors } = await ask({ query: '{ page(id: 7) }' })
      assert.equal(errors[0].extensions.code, 'INTERNAL_SERVER_ERROR')
      assert.equal(resolved.length, 0)
    })
  })
}
