// Where a thread can get a session from, each in the form in which a program would use it.
// Lives here: how a source is opened and read. How reads are timed belongs in reader.mjs.
//
// `open(context)` resolves to a function of a key: it returns the session, or a promise of it if the
// source has `atOnce`, which tells how many reads are under way at a time.
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { keyAt, sessionKeys, valueAt } from '../keys.mjs'

const TTL_MS = 30 * 60_000
const TOGETHER = 64

export const sessionsOf = (size) => sessionKeys(size)

export function filled(cache, sessions) {
  for (let i = 0; i < sessions.size; i++) cache.set(keyAt(sessions, i), valueAt(i))
  return cache
}

export const ownCache = (size) => new MemoryCache({ maxSize: size, ttl: TTL_MS })

// More room than sessions: the limit is divided over the shards, which are never equally full.
const sharedCache = (name, size, options) =>
  new SharedMemoryCache({ name, maxSize: size * 2, ttl: TTL_MS, ...options })

const shared = (name, options) => ({
  open({ sessions }) {
    // Whoever comes second writes the same sessions again.
    const cache = filled(sharedCache(`bench: ${name}`, sessions.size, options), sessions)
    return (key) => cache.get(key)
  },
})

function askMainThread({ port }) {
  const waiting = []
  port.on('message', (session) => waiting.shift()(session))
  return (key) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      port.postMessage(key)
    })
}

/** The main thread's end of it. */
export function answer(port, cache) {
  port.on('message', (key) => port.postMessage(cache.get(key)))
}

async function askRedis({ redisPort, sessions }) {
  const { createClient } = await import('@redis/client')
  const client = createClient({ socket: { host: '127.0.0.1', port: redisPort } })
  await client.connect()
  const writes = Array.from({ length: sessions.size }, (_, i) =>
    client.set(keyAt(sessions, i), JSON.stringify(valueAt(i)), { PX: TTL_MS }),
  )
  await Promise.all(writes)
  return async (key) => JSON.parse(await client.get(key))
}

export const MEMORY = 'MemoryCache of the thread itself'
export const NEAR = 'shared, near cache'
export const SHARED = 'shared'
export const SHARED_JSON = "shared, codec 'json'"
export const MAIN_THREAD = 'asking the main thread'
export const REDIS = 'Redis on loopback'

export const SOURCES = {
  [MEMORY]: {
    open({ sessions }) {
      const cache = filled(ownCache(sessions.size), sessions)
      return (key) => cache.get(key)
    },
  },
  [NEAR]: shared('near', { nearCache: true }),
  [SHARED]: shared('structured', {}),
  [SHARED_JSON]: shared('json', { codec: 'json' }),
  [MAIN_THREAD]: { atOnce: 1, open: askMainThread },
  [`${MAIN_THREAD}, ${TOGETHER} at once`]: { atOnce: TOGETHER, open: askMainThread },
  [REDIS]: { atOnce: 1, redis: true, open: askRedis },
  [`${REDIS}, ${TOGETHER} at once`]: { atOnce: TOGETHER, redis: true, open: askRedis },
}
