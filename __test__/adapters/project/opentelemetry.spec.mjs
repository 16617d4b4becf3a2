// Metrics of caches as a collector gets them over OTLP. What must not live here: what prom-client shows as well.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { metrics } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { observeCaches } from 'native-memory-cache/opentelemetry'
import { serve } from './http.mjs'
import { kinds } from './stores.mjs'

/** A collector on a port of its own; what it resolves to exports once and gives what came, by name of the metric. */
async function collect(t) {
  const received = []
  const address = await serve(t, async (request, response) => {
    received.push(JSON.parse(Buffer.concat(await request.toArray())))
    response.setHeader('content-type', 'application/json')
    response.end('{}')
  })
  const exporter = new OTLPMetricExporter({ url: `${address}/v1/metrics` })
  // Long enough that it is only ever told to export.
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  t.after(() => provider.shutdown())
  const figures = async () => {
    received.length = 0
    await provider.forceFlush()
    const scopes = received.flatMap(({ resourceMetrics: [{ scopeMetrics }] }) => scopeMetrics)
    return Object.fromEntries(
      scopes.flatMap((scope) => scope.metrics).map(({ name, ...metric }) => [name, metric]),
    )
  }
  return { provider, meter: provider.getMeter('shop'), figures }
}

const pointsOf = (metric) =>
  Object.fromEntries(
    metric.sum.dataPoints.map(({ attributes: [{ key, value }], asDouble, asInt }) => {
      assert.equal(key, 'cache.name')
      return [value.stringValue, Number(asInt ?? asDouble)]
    }),
  )

let meter, figures, provider
beforeEach(async (t) => {
  ;({ provider, meter, figures } = await collect(t))
})

for (const [kind, create] of Object.entries(kinds)) {
  test(`a collector is told what a ${kind} has done and holds`, async () => {
    const cache = create({ maxSize: 3, ttl: 0, shards: 1 })
    observeCaches({ caches: { users: cache }, meter })
    for (const key of ['a', 'b', 'c', 'd', 'e']) cache.set(key, 'value')
    for (const key of ['a', 'c', 'd', 'e', 'x']) cache.get(key)
    const told = Object.entries(await figures()).map(([name, it]) => [name, pointsOf(it).users])
    const { 'memory_cache.bytes': bytes, ...others } = Object.fromEntries(told)
    const expected = { hits: 3, misses: 2, evictions: 2, expirations: 0, entries: 3, weight: 0 }
    const shared = kind === 'SharedMemoryCache' ? { flights: 0, dropped_events: 0 } : {}
    assert.deepEqual(
      others,
      Object.fromEntries(
        Object.entries({ ...expected, ...shared, refresh_errors: 0, stale_served: 0 }).map(
          ([name, value]) => [`memory_cache.${name}`, value],
        ),
      ),
    )
    assert.equal(bytes, cache.getMetrics().bytes)
  })
}

test('counters are monotonic sums, the others not, and bytes have their unit', async () => {
  observeCaches({ caches: { a: new MemoryCache() }, meter, prefix: 'shop.' })
  const told = await figures()
  for (const name of [
    'hits',
    'misses',
    'evictions',
    'expirations',
    'refresh_errors',
    'stale_served',
  ]) {
    assert.equal(told[`shop.${name}`].sum.isMonotonic, true)
  }
  for (const name of ['entries', 'weight', 'bytes']) {
    assert.equal(Boolean(told[`shop.${name}`].sum.isMonotonic), false)
  }
  assert.equal(told['shop.bytes'].unit, 'By')
  assert.equal(told['shop.hits'].description, 'Reads that found a live entry.')
})

// The SDK goes on exporting the last figure of what is observed no more.
test('each cache is told, those added later and no more those removed, closed or stopped', async () => {
  const [a, b] = [new MemoryCache(), new SharedMemoryCache({ name: 'exported b' })]
  const observed = observeCaches({ caches: { a }, meter })
  a.get('x')
  b.get('x')
  b.get('x')
  observed.add('b', b)
  const missesOf = async () => pointsOf((await figures())['memory_cache.misses'])
  assert.deepEqual(await missesOf(), { a: 1, b: 2 })
  for (const cache of [a, b]) cache.get('x')
  assert.equal(observed.remove('a'), true)
  assert.deepEqual(await missesOf(), { a: 1, b: 3 })
  observed.add('a', a)
  b.close()
  assert.deepEqual(await missesOf(), { a: 2, b: 3 })
  a.get('x')
  observed.stop()
  const left = (await figures())['memory_cache.misses']
  assert.deepEqual(left === undefined ? { a: 2, b: 3 } : pointsOf(left), { a: 2, b: 3 })
})

test('the meter of the global provider will do', async (t) => {
  metrics.setGlobalMeterProvider(provider)
  t.after(() => metrics.disable())
  observeCaches({ caches: { a: new MemoryCache() }, meter: metrics.getMeter('global') })
  assert.deepEqual(pointsOf((await figures())['memory_cache.entries']), { a: 0 })
})

test('a meter that records nothing costs nothing and does no harm', () => {
  const observed = observeCaches({
    caches: { a: new MemoryCache() },
    meter: metrics.getMeter('none'),
  })
  observed.stop()
})

test('what makes no sense is refused, and nothing made', async () => {
  const refused = [
    [undefined, /options must be an object, received undefined/],
    [{ caches: {} }, /meter must be a meter of @opentelemetry\/api, received undefined/],
    [{ meter }, /caches must be an object of caches by name, received undefined/],
    [{ meter, caches: { a: 1 } }, /caches\.a must be a MemoryCache or a SharedMemoryCache/],
    [{ meter, caches: {}, prefix: 5 }, /prefix must be a string, received 5/],
  ]
  for (const [options, message] of refused) {
    assert.throws(
      () => observeCaches(options),
      (error) => error instanceof CacheConfigError && message.test(error.message),
    )
  }
  assert.deepEqual(await figures(), {})
})
