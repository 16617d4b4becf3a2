// A thread of the app that is measured: it has a BentoCache and answers requests from it, many at a time.
// Lives here: the layers, and what a request is. When a thread begins belongs in ../scaling.mjs.
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { bentocacheDriver } from '../../adapters/bentocache.mjs'

const { libraries, url, l1, name, plan, seed, processId } = workerData
const { keys, maxItems, writesPerThousand, concurrency, ttl } = plan

const require = createRequire(libraries)
const load = (id) => import(pathToFileURL(require.resolve(id)))

const { BentoCache, bentostore } = await load('bentocache')
const { memoryDriver } = await load('bentocache/drivers/memory')
const { redisBusDriver, redisDriver } = await load('bentocache/drivers/redis')
const { Redis } = require('ioredis')

const firstLevels = {
  none: () => undefined,
  javascript: () => memoryDriver({ maxItems }),
  native: () => bentocacheDriver({ cache: { maxSize: maxItems, ttl } }),
  shared: () => bentocacheDriver({ cache: { name, maxSize: maxItems, ttl } }),
}

/** Threads that have one L1 have one id: see examples/two-processes/bentocache.mjs. */
function busOf(connection) {
  const bus = redisBusDriver({ connection })
  const factory = (config) => {
    const transport = bus.factory(config)
    const setId = transport.setId.bind(transport)
    const id = l1 === 'shared' ? processId : randomBytes(12).toString('hex')
    transport.setId = () => setId(id)
    return transport
  }
  return { ...bus, factory }
}

function openCache() {
  const connection = new Redis(url)
  const store = bentostore({ prefix: name, ttl }).useL2Layer(redisDriver({ connection }))
  const memory = firstLevels[l1]()
  if (memory) store.useL1Layer(memory).useBus(busOf(connection))
  const bento = new BentoCache({ default: name, stores: { [name]: store } })
  return { cache: bento.use(), close: () => bento.disconnectAll() }
}

// Zipf's law: the logarithm of a key's rank is distributed evenly.
let state = seed
function nextRandom() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}
const nextKey = () => `user:${Math.floor(keys ** nextRandom())}`

const valueOf = (key) => ({ key, name: 'Ada Lovelace', roles: ['reader', 'author'], visits: 42 })

const { cache, close } = openCache()

async function request() {
  const key = nextKey()
  if (nextRandom() * 1000 < writesPerThousand) await cache.set({ key, value: valueOf(key) })
  else await cache.getOrSet({ key, factory: () => valueOf(key) })
}

/** Clients that ask one after another, until the time is over. */
async function answerFor(ms) {
  const latencies = []
  const begin = performance.now()
  const end = begin + ms
  const client = async () => {
    for (;;) {
      const asked = performance.now()
      if (asked >= end) return
      await request()
      latencies.push(performance.now() - asked)
      // Hits never wait for anything: without this neither messages nor other clients would come in.
      if (latencies.length % 64 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return { seconds: (performance.now() - begin) / 1000, latencies: Float64Array.from(latencies) }
}

parentPort.on('message', async (ms) => {
  if (ms === undefined) {
    await close()
    parentPort.close()
  } else parentPort.postMessage(await answerFor(ms))
})
parentPort.postMessage('ready')
