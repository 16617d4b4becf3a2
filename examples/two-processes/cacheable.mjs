// cacheable, with a shared store as primary, Redis or Valkey as secondary and its pub/sub as the bus.
// Lives here: how the layers are put together. The same with bentocache is in bentocache.mjs.
import { default as KeyvRedis, createClient } from '@keyv/redis'
import { RedisMessageProvider } from '@qified/redis'
import { Cacheable } from 'cacheable'
import { Keyv } from 'keyv'
import { KeyvStore } from 'native-memory-cache/keyv'
import { processId } from './process-id.mjs'

/** To be called once per thread: all threads of the process then have one L1. Lifetimes are in ms. */
export function openCache({ url, name, ttl, l1Ttl, onError }) {
  const l1 = new KeyvStore({ cache: { name, maxSize: 10_000, ttl: l1Ttl } })
  const primary = new Keyv({ store: l1, ttl: l1Ttl })
  // While there is no connection, commands fail at once instead of waiting for one.
  const client = createClient({ url, disableOfflineQueue: true })
  const secondary = new Keyv({ store: new KeyvRedis(client), useKeyPrefix: false })

  const provider = new RedisMessageProvider({ uri: url })
  provider.pub.options.disableOfflineQueue = true
  for (const connection of [provider.pub, provider.sub]) connection.on('error', onError)

  const cache = new Cacheable({
    primary,
    secondary,
    namespace: name,
    ttl,
    // The threads of a process have one L1: what one of them wrote is nothing new to the others.
    cacheId: processId(),
    sync: { qified: [provider] },
  })
  cache.on('error', onError)
  cache.sync.qified.on('error', onError)

  return {
    read: (key, load) => cache.getOrSet(key, load),
    write: (key, value) => cache.set(key, value),
    remove: (key) => cache.delete(key),
    close: () => cache.disconnect(),
  }
}
