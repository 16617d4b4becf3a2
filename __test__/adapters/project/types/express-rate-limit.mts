// What compiles, and what must not, with the store of the rate limiters.
import { rateLimit } from 'express-rate-limit'
import type { Store } from 'express-rate-limit'
import { rateLimiter } from 'hono-rate-limiter'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultStore, { RateLimitStore } from 'native-memory-cache/express-rate-limit'
import type { RateLimitStoreOptions, RateLimitWindow } from 'native-memory-cache/express-rate-limit'

const options: RateLimitStoreOptions[] = [
  { cache: new MemoryCache<RateLimitWindow>() },
  { cache: new SharedMemoryCache<number>({ name: 'limits' }), prefix: 'login:' },
  { cache: { maxSize: 0 } },
  { cache: { name: 'limits', maxBytes: 1 << 20 } },
]

for (const each of options) {
  rateLimit({ store: new RateLimitStore(each) })
  rateLimiter({
    windowMs: 1000,
    limit: 1,
    keyGenerator: () => 'a',
    store: new RateLimitStore(each),
  })
}
const store: Store = new DefaultStore({ cache: {} })
store.resetKey('a')

// @ts-expect-error A cache is required.
new RateLimitStore({})
// @ts-expect-error A MemoryCache holds windows.
new RateLimitStore({ cache: new MemoryCache<string>() })
