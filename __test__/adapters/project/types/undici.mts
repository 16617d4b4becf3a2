// What compiles, and what must not, with the store of undici's cache.
import { Agent, interceptors } from 'undici'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStore, { UndiciCacheStore } from 'native-memory-cache/undici'
import type { UndiciCacheStoreOptions } from 'native-memory-cache/undici'

const options: UndiciCacheStoreOptions[] = [
  { cache: new MemoryCache<Buffer>(), maxEntrySize: 1 << 20 },
  { cache: new SharedMemoryCache<Buffer>({ name: 'http' }), prefix: 'api:' },
  { cache: { maxSize: 0 } },
]
for (const each of options) {
  new Agent().compose(interceptors.cache({ store: new UndiciCacheStore(each) }))
}
new DefaultStore({ cache: {} }).close()

// @ts-expect-error A cache is required.
new UndiciCacheStore({})
// @ts-expect-error It holds Buffers.
new UndiciCacheStore({ cache: new MemoryCache<string>() })
