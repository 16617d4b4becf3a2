// What compiles, and what must not, with the store of Keyv.
import { Cacheable } from 'cacheable'
import { Keyv, type KeyvStoreAdapter } from 'keyv'
import { Keyv as Keyv6 } from 'keyv-6'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStore, { KeyvStore } from 'native-memory-cache/keyv'
import type { KeyvStoreEntry, KeyvStoreOptions } from 'native-memory-cache/keyv'

const options: KeyvStoreOptions[] = [
  { cache: new MemoryCache<string>() },
  { cache: new SharedMemoryCache<{ value: unknown }>({ name: 'entries' }) },
  { cache: { maxSize: 10, ttl: 0 } },
  { cache: { name: 'entries', maxBytes: 1 << 20 } },
]

for (const each of options) {
  new Keyv(new KeyvStore(each), { namespace: 'users' })
  new Keyv6({ store: new KeyvStore(each) })
}
const store: KeyvStoreAdapter = new DefaultStore({ cache: {} })
new Cacheable({ primary: new KeyvStore({ cache: {} }), secondary: store })
const entry: KeyvStoreEntry = { key: 'a', value: 1 }
await new KeyvStore({ cache: {} }).setMany([entry])

// @ts-expect-error A cache is required.
new KeyvStore({})
// @ts-expect-error A Map is no cache.
new KeyvStore({ cache: new Map<string, string>() })
