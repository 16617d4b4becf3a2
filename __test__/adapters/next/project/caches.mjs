// Which cache the handlers have, by the environment. What must not live here: the handlers, of which Next.js wants a module each.
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'

export const cache =
  process.env.CACHE === 'MemoryCache'
    ? new MemoryCache({ maxSize: 1000 })
    : new SharedMemoryCache({ name: 'next', maxSize: 0, maxBytes: 64 << 20 })

// For the app, whose modules are others.
globalThis.cacheOfHandlers = cache
