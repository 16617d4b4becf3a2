// What compiles, and what must not, with the driver of BentoCache.
import { BentoCache, bentostore } from 'bentocache'
import type { CreateDriverResult, L1CacheDriver } from 'bentocache/types'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { bentocacheDriver } from 'native-memory-cache/bentocache'
import type { BentocacheDriverOptions } from 'native-memory-cache/bentocache'

const options: BentocacheDriverOptions[] = [
  { cache: new MemoryCache<string>() },
  { cache: new SharedMemoryCache<object>({ name: 'entries' }), serialize: false },
  { cache: { maxSize: 10 }, prefix: 'users' },
  { cache: { name: 'entries', maxBytes: 1 << 20 } },
]

for (const each of options) {
  const users = bentostore().useL1Layer(bentocacheDriver(each))
  new BentoCache({ default: 'users', stores: { users } })
}
const layer: CreateDriverResult<L1CacheDriver> = bentocacheDriver({ cache: {} })
layer.factory({ prefix: 'a' }).getRemainingTtl('b')

// @ts-expect-error A cache is required.
bentocacheDriver({})
// @ts-expect-error A flag is a boolean.
bentocacheDriver({ cache: {}, serialize: 'json' })
