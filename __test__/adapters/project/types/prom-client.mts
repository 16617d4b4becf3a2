// What compiles, and what must not, with metrics for prom-client.
import { Registry, register } from 'prom-client'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { observeCaches } from 'native-memory-cache/prom-client'
import type { ObserveCachesOptions, ObservedCaches } from 'native-memory-cache/prom-client'

const users = new MemoryCache<{ name: string }>()
const limits = new SharedMemoryCache<number>({ name: 'limits' })
const options: ObserveCachesOptions = { caches: { users, limits }, register, prefix: 'shop_' }
const observed: ObservedCaches = observeCaches(options)
observed.add('more', new MemoryCache<string>())
const was: boolean = observed.remove('more')
void was
observed.stop()
observeCaches({ caches: {}, register: new Registry() })

// @ts-expect-error Caches are required.
observeCaches({})
// @ts-expect-error A Map is no cache.
observeCaches({ caches: { users: new Map<string, string>() } })
