// What `cacheHandler` of next.config.mjs names. What must not live here: anything else.
import { nextCacheHandler } from 'native-memory-cache/next'
import { cache } from './caches.mjs'

export default nextCacheHandler({ cache })
