// This package with the other policy of eviction. Nothing else belongs here.
import { MemoryCache } from '../../index.mjs'
import { memoryCacheDriver } from './memory-cache.mjs'

export default memoryCacheDriver(MemoryCache, { eviction: 's3-fifo' })
