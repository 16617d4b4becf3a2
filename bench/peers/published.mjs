// @humanspeak/memory-cache, the published package. Nothing else belongs here.
import { MemoryCache } from '@humanspeak/memory-cache'
import { memoryCacheDriver } from './memory-cache.mjs'

export default memoryCacheDriver(MemoryCache)
