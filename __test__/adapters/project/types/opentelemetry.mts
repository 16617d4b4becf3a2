// What compiles, and what must not, with metrics for OpenTelemetry.
import { metrics } from '@opentelemetry/api'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { observeCaches } from 'native-memory-cache/opentelemetry'
import type { ObserveCachesOptions, ObservedCaches } from 'native-memory-cache/opentelemetry'

const users = new MemoryCache<{ name: string }>()
const limits = new SharedMemoryCache<number>({ name: 'limits' })
const meter = metrics.getMeter('shop')
const options: ObserveCachesOptions = { caches: { users, limits }, meter, prefix: 'shop.' }
const observed: ObservedCaches = observeCaches(options)
observed.add('more', new MemoryCache<string>())
observed.stop()
observeCaches({ caches: {}, meter: new MeterProvider().getMeter('shop') })

// @ts-expect-error A meter is required.
observeCaches({ caches: {} })
// @ts-expect-error A Map is no cache.
observeCaches({ caches: { users: new Map<string, string>() }, meter })
