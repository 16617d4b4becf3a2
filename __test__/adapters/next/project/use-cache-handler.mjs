// What `cacheHandlers` of next.config.mjs names. What must not live here: anything else.
import { nextUseCacheHandler } from 'native-memory-cache/next'
import { cache } from './caches.mjs'

export default nextUseCacheHandler({ cache })
