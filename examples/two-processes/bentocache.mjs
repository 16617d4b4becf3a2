// bentocache, with a shared store as L1, Redis or Valkey as L2 and its pub/sub as the bus.
// Lives here: how the layers are put together. The same with cacheable is in cacheable.mjs.
import { BentoCache, bentostore } from 'bentocache'
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis'
import { Redis } from 'ioredis'
import { bentocacheDriver } from 'native-memory-cache/bentocache'
import { processId } from './process-id.mjs'

/** The threads of a process have one L1: what one of them wrote is nothing new to the others. */
function busOfProcess(connection) {
  const bus = redisBusDriver({ connection })
  const factory = (config) => {
    const transport = bus.factory(config)
    const setId = transport.setId.bind(transport)
    transport.setId = () => setId(processId())
    return transport
  }
  return { ...bus, factory }
}

/** The bus makes its connections of this one, which is never used itself. */
function template(url, onError) {
  const connection = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0 })
  const duplicate = connection.duplicate.bind(connection)
  connection.duplicate = (options) => duplicate(options).on('error', onError)
  return connection
}

/** To be called once per thread: all threads of the process then have one L1. The lifetime is in ms. */
export function openCache({ url, name, ttl, onError }) {
  // While there is no connection, commands fail at once instead of waiting for one.
  const connection = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  connection.on('error', onError)

  const store = bentostore({ prefix: name, ttl })
    .useL1Layer(bentocacheDriver({ cache: { name, maxSize: 10_000 } }))
    .useL2Layer(redisDriver({ connection }))
    .useBus(busOfProcess(template(url, onError)))
  const bento = new BentoCache({ default: 'users', stores: { users: store } })
  const cache = bento.use()

  return {
    read: (key, load) => cache.getOrSet({ key, factory: load }),
    write: (key, value) => cache.set({ key, value }),
    remove: (key) => cache.delete({ key }),
    close: () => bento.disconnectAll(),
  }
}
