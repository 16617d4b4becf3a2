// What compiles, and what must not, with the driver of unstorage.
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import defaultDriver, { unstorageDriver } from 'native-memory-cache/unstorage'
import type { UnstorageDriverOptions, UnstorageItemOptions } from 'native-memory-cache/unstorage'
import { createStorage, type Driver } from 'unstorage'

const options: UnstorageDriverOptions[] = [
  { cache: new MemoryCache<string>() },
  { cache: new SharedMemoryCache<unknown>({ name: 'items' }), prefix: 'pages:' },
  { cache: { maxSize: 10, ttl: 0 } },
  { cache: { name: 'items', maxBytes: 1 << 20 } },
]

for (const each of options) createStorage({ driver: unstorageDriver(each) })
const driver: Driver = defaultDriver({ cache: {} })
const minute: UnstorageItemOptions = { ttl: 60 }
createStorage({ driver }).setItem('a', 1, minute)

// @ts-expect-error A cache is required.
unstorageDriver({})
// @ts-expect-error A prefix is text.
unstorageDriver({ cache: {}, prefix: 1 })
