// This package, as users import it. Nothing else belongs here.
import { MemoryCache } from '../../index.mjs'
import { memoryCacheDriver } from './memory-cache.mjs'

export default memoryCacheDriver(MemoryCache)
