// Metrics of two caches, exported by OpenTelemetry. A real program exports them to its collector, every minute.
// Run it in a project that has native-memory-cache, @opentelemetry/api and @opentelemetry/sdk-metrics.
import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { observeCaches } from 'native-memory-cache/opentelemetry'

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
metrics.setGlobalMeterProvider(provider)

const users = new MemoryCache({ maxSize: 1000 })
const sessions = new SharedMemoryCache({ name: 'sessions', maxSize: 100_000 })
observeCaches({ caches: { users, sessions }, meter: metrics.getMeter('shop') })

users.set('ada', { name: 'Ada' })
users.get('ada')
sessions.get('unknown')

await provider.forceFlush()
const [{ scopeMetrics }] = exporter.getMetrics()
for (const { descriptor, dataPoints } of scopeMetrics[0].metrics.slice(0, 2)) {
  for (const { attributes, value } of dataPoints) {
    console.log(descriptor.name, attributes['cache.name'], value)
  }
}
// → memory_cache.hits users 1
// → memory_cache.hits sessions 0
// → memory_cache.misses users 0
// → memory_cache.misses sessions 1
await provider.shutdown()
