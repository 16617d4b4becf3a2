// How an entry gets into a store of each library, and whether it is there.
// Lives here: these two steps for each library. Which stores there are belongs in stores.mjs.
import { promisify } from 'node:util'
import { makeApp } from './apps.mjs'
import { idsOf, sessionOf } from './sessions.mjs'
import { LIFETIME_MS, LIMIT } from './stores.mjs'

const CHECKED_EVERY = 997

const seconds = LIFETIME_MS / 1000
const THROTTLER = 'default'

/** The same for all whose `set` and `get` take a key. */
const byKey = (store, id) => ({
  put: (i) => store.set(id(i), sessionOf(i)),
  has: async (i) => (await store.get(id(i)))?.user.id === i,
})

const ENTRIES = {
  async 'express-session'({ load }, store, id) {
    const { default: session } = await load('express-session')
    const set = promisify(store.set.bind(store))
    const get = promisify(store.get.bind(store))
    return {
      put: (i) =>
        set(id(i), { ...sessionOf(i), cookie: new session.Cookie({ maxAge: LIFETIME_MS }) }),
      has: async (i) => (await get(id(i)))?.user.id === i,
    }
  },
  // Through the app, for the library's own store keeps the objects that belong to requests.
  async '@fastify/session'({ load }, store) {
    const { app } = await makeApp('@fastify/session', load, store)
    const cookies = new Map()
    const visit = (cookie) => app.inject({ url: '/', ...(cookie && { headers: { cookie } }) })
    return {
      async put(i) {
        const { headers } = await visit()
        if (i % CHECKED_EVERY === 0) cookies.set(i, headers['set-cookie'].split(';')[0])
      },
      has: async (i) => (await visit(cookies.get(i))).body === '2',
    }
  },
  async 'express-rate-limit'(context, store, id) {
    // What a limiter tells its store, which may have to get ready.
    await store.init({ windowMs: LIFETIME_MS })
    return {
      put: (i) => store.increment(id(i)),
      has: async (i) => (await store.get(id(i)))?.totalHits === 1,
    }
  },
  async '@fastify/rate-limit'({ load }, options, id) {
    const Store = options.store ?? (await load('@fastify/rate-limit/store/LocalStore.js')).default
    const store = options.store ? new Store({}) : new Store(false, false, options.cache)
    const count = (i) =>
      new Promise((resolve, reject) => {
        const settle = (error, counted) => (error ? reject(error) : resolve(counted))
        store.incr(id(i), settle, LIFETIME_MS, LIMIT)
      })
    return { put: count, has: async (i) => (await count(i)).current === 2 }
  },
  async 'rate-limiter-flexible'(context, limiter, id) {
    return {
      put: (i) => limiter.consume(id(i)),
      has: async (i) => (await limiter.get(id(i)))?.consumedPoints === 1,
    }
  },
  async '@nestjs/throttler'(context, storage, id) {
    const increment = (i) => storage.increment(id(i), LIFETIME_MS, LIMIT, LIFETIME_MS, THROTTLER)
    return { put: increment, has: async (i) => (await increment(i)).totalHits === 2 }
  },
  keyv: async (context, keyv, id) => byKey(keyv, id),
  cacheable: async (context, cacheable, id) => byKey(cacheable, id),
  async bentocache(context, bento, id) {
    return {
      put: (i) => bento.set({ key: id(i), value: sessionOf(i) }),
      has: async (i) => (await bento.get({ key: id(i) }))?.user.id === i,
    }
  },
  async unstorage(context, storage, id) {
    return {
      put: (i) => storage.setItem(id(i), sessionOf(i), { ttl: seconds }),
      has: async (i) => (await storage.getItem(id(i)))?.user.id === i,
    }
  },
}

/** Resolves to `fill(from, to)`, and to `check(size)`, which rejects if an entry was lost. */
export async function entriesOf(library, context, store) {
  const { put, has } = await ENTRIES[library](context, store, idsOf(context.size * 2))
  return {
    async fill(from, to, together = 100) {
      for (let i = from; i < to; i += together) {
        const length = Math.min(together, to - i)
        await Promise.all(Array.from({ length }, (_, j) => put(i + j)))
      }
    },
    async check(size) {
      for (let i = 0; i < size; i += CHECKED_EVERY) {
        if (!(await has(i))) throw new Error(`entry ${i} was lost`)
      }
    },
  }
}
