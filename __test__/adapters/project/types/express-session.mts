// What compiles, and what must not, with the store of express-session.
import session from 'express-session'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStore, { ExpressSessionStore } from 'native-memory-cache/express-session'
import type { ExpressSessionStoreOptions } from 'native-memory-cache/express-session'

const options: ExpressSessionStoreOptions[] = [
  { cache: new MemoryCache<string>() },
  { cache: new SharedMemoryCache<string>({ name: 'sessions' }), prefix: 'shop:' },
  { cache: { maxSize: 10, hooks: { onSet: ({ value }) => value.toUpperCase() } }, ttl: 1000 },
  { cache: { name: 'sessions', maxBytes: 1 << 20 }, disableTouch: true },
]

for (const each of options) session({ secret: 's', store: new ExpressSessionStore(each) })
const store: session.Store = new DefaultStore({ cache: {} })
store.get('sid', (_error, found) => found?.cookie.maxAge)
new ExpressSessionStore({ cache: {} }).all((_error, sessions) => sessions?.['sid']?.cookie)

// @ts-expect-error A cache is required.
new ExpressSessionStore({})
// @ts-expect-error Sessions are kept as text.
new ExpressSessionStore({ cache: new MemoryCache<number>() })
// @ts-expect-error Milliseconds are a number.
new ExpressSessionStore({ cache: {}, ttl: '1d' })
