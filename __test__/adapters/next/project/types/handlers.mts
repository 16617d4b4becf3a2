// What compiles with the types of Next.js. What must not live here: what runs.
import type { CacheHandler } from 'next/dist/server/lib/cache-handlers/types'
import type { CacheHandler as IncrementalCacheHandler } from 'next/dist/server/lib/incremental-cache'
import { nextCacheHandler, nextUseCacheHandler } from 'native-memory-cache/next'

export const one: typeof IncrementalCacheHandler = nextCacheHandler({ cache: {} })
export const another: CacheHandler = nextUseCacheHandler({ cache: { name: 'next' } })
