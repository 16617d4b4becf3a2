// Metrics of caches as a server tells them to Prometheus. What must not live here: what other libraries make of them.
import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import client, { Counter, Gauge, Registry } from 'prom-client'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { observeCaches } from 'native-memory-cache/prom-client'
import { serve } from './http.mjs'
import { kinds } from './stores.mjs'

/** What a server tells of the metrics, by cache: the figures by name. */
async function scrape(t, register) {
  const address = await serve(t, async (request, response) => {
    response.setHeader('content-type', register.contentType)
    response.end(await register.metrics())
  })
  const response = await fetch(address)
  assert.equal(response.status, 200)
  const text = await response.text()
  const figures = {}
  for (const [, name, cache, value] of text.matchAll(/^(\w+)\{cache="(.*)"\} (.*)$/gm)) {
    figures[cache] = { ...figures[cache], [name]: Number(value) }
  }
  return { text, figures }
}

const prefixed = (figures) =>
  Object.fromEntries(Object.entries(figures).map(([name, it]) => [`memory_cache_${name}`, it]))

describe('metrics that are scraped', () => {
  let register
  beforeEach((t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    register = new Registry()
  })

  for (const [kind, create] of Object.entries(kinds)) {
    test(`tell what a ${kind} has done and holds`, async (t) => {
      const cache = create({ maxSize: 3, ttl: 1000, shards: 1 })
      observeCaches({ caches: { users: cache }, register })
      for (const key of ['a', 'b', 'c', 'd', 'e']) cache.set(key, 'value')
      for (const key of ['a', 'c', 'd', 'e', 'x']) cache.get(key)
      cache.set('e', 'value', 5000)
      t.mock.timers.tick(1001)
      const { figures } = await scrape(t, register)
      const { memory_cache_bytes: bytes, ...others } = figures.users
      const expected = { hits_total: 3, misses_total: 2, evictions_total: 2, expirations_total: 2 }
      const shared = kind === 'SharedMemoryCache' ? { flights: 0, dropped_events_total: 0 } : {}
      assert.deepEqual(
        others,
        prefixed({
          ...expected,
          ...shared,
          entries: 1,
          weight: 0,
          refresh_errors_total: 0,
          stale_served_total: 0,
        }),
      )
      assert.equal(bytes, cache.getMetrics().bytes)
      assert.ok(bytes > 0)
    })

    test(`tell of fetches of a ${kind}`, async (t) => {
      const cache = create({ ttl: 1000, staleWhileRevalidate: 60_000 })
      observeCaches({ caches: { users: cache }, register })
      cache.set('a', 1)
      t.mock.timers.tick(1001)
      await cache.getOrSet('a', async () => Promise.reject(new Error('the database is down')))
      let land
      const fetched = cache.getOrSet('b', () => new Promise((resolve) => (land = resolve)))
      await new Promise(setImmediate)
      const { figures } = await scrape(t, register)
      assert.equal(figures.users.memory_cache_refresh_errors_total, 1)
      assert.equal(figures.users.memory_cache_stale_served_total, 1)
      if (kind === 'SharedMemoryCache') assert.equal(figures.users.memory_cache_flights, 1)
      land(2)
      await fetched
    })
  }

  test('have what Prometheus needs of types and help', async (t) => {
    observeCaches({ caches: { a: new MemoryCache() }, register })
    const { text } = await scrape(t, register)
    assert.match(text, /^# HELP memory_cache_hits_total Reads that found a live entry\.$/m)
    for (const name of [
      'hits',
      'misses',
      'evictions',
      'expirations',
      'refresh_errors',
      'stale_served',
    ]) {
      assert.match(text, new RegExp(`^# TYPE memory_cache_${name}_total counter$`, 'm'))
    }
    for (const name of ['entries', 'weight', 'bytes', 'flights']) {
      assert.match(text, new RegExp(`^# TYPE memory_cache_${name} gauge$`, 'm'))
    }
  })

  test('are told for each cache, for those added later and no more for those removed', async (t) => {
    const [a, b] = [new MemoryCache(), new SharedMemoryCache({ name: 'observed b' })]
    const observed = observeCaches({ caches: { a }, register })
    a.get('x')
    b.get('x')
    b.get('x')
    observed.add('b "quoted"\n', b)
    const missesOf = async () =>
      Object.values((await scrape(t, register)).figures).map((it) => it.memory_cache_misses_total)
    assert.deepEqual(await missesOf(), [1, 2])
    assert.equal(observed.remove('a'), true)
    assert.equal(observed.remove('a'), false)
    assert.deepEqual(await missesOf(), [2])
    observed.add('b "quoted"\n', a)
    assert.deepEqual(await missesOf(), [1])
  })

  test('start anew with the statistics', async (t) => {
    const a = new MemoryCache()
    observeCaches({ caches: { a }, register })
    a.get('x')
    assert.equal((await scrape(t, register)).figures.a.memory_cache_misses_total, 1)
    a.resetStats()
    assert.equal((await scrape(t, register)).figures.a.memory_cache_misses_total, 0)
  })

  test('leave out a cache that is closed or destroyed, and tell of the others', async (t) => {
    const caches = { a: new MemoryCache(), b: new SharedMemoryCache({ name: 'to be destroyed' }) }
    observeCaches({ caches: { ...caches, c: new MemoryCache() }, register })
    caches.a.close()
    SharedMemoryCache.destroy('to be destroyed')
    assert.deepEqual(Object.keys((await scrape(t, register)).figures), ['c'])
  })

  test('tell of a shared store what other threads did, and in every registry what it is told', async (t) => {
    const name = 'of two handles'
    const [mine, theirs] = [new SharedMemoryCache({ name }), new SharedMemoryCache({ name })]
    const other = new Registry()
    observeCaches({ caches: { mine }, register })
    observeCaches({ caches: { theirs }, register: other, prefix: 'shop_' })
    theirs.get('x')
    assert.equal((await scrape(t, register)).figures.mine.memory_cache_misses_total, 1)
    assert.equal((await scrape(t, other)).figures.theirs.shop_misses_total, 1)
  })

  test('are taken back, and may come again', async (t) => {
    register.registerMetric(new Counter({ name: 'own', help: 'own', registers: [] }))
    const caches = { a: new MemoryCache() }
    observeCaches({ caches, register }).stop()
    assert.deepEqual(
      register.getMetricsAsArray().map(({ name }) => name),
      ['own'],
    )
    observeCaches({ caches, register })
    assert.deepEqual(Object.keys((await scrape(t, register)).figures), ['a'])
  })

  test('are left to whoever has them now by one that is stopped again', async () => {
    const caches = { a: new MemoryCache() }
    const first = observeCaches({ caches, register })
    first.stop()
    observeCaches({ caches, register })
    const names = register.getMetricsAsArray().map(({ name }) => name)
    first.stop()
    assert.deepEqual(
      register.getMetricsAsArray().map(({ name }) => name),
      names,
    )
  })
})

test('the registry of prom-client is taken if none is named', async () => {
  const observed = observeCaches({ caches: { a: new MemoryCache() } })
  assert.match(await client.register.metrics(), /^memory_cache_entries\{cache="a"\} 0$/m)
  observed.stop()
  assert.equal(await client.register.metrics(), '\n')
})

test('a prom-client that would never ask for figures is refused', (t) => {
  // Versions before 13 take no notice of `collect`.
  Object.defineProperty(Gauge.prototype, 'collect', { configurable: true, set() {} })
  t.after(() => delete Gauge.prototype.collect)
  const register = new Registry()
  assert.throws(() => observeCaches({ caches: {}, register }), {
    message:
      'native-memory-cache/prom-client needs a newer prom-client: npm install prom-client@15',
  })
  assert.deepEqual(register.getMetricsAsArray(), [])
})

test('what makes no sense is refused, and nothing registered', () => {
  const register = new Registry()
  const refused = [
    [undefined, /options must be an object, received undefined/],
    [{}, /caches must be an object of caches by name, received undefined/],
    [{ caches: { a: 1 } }, /caches\.a must be a MemoryCache or a SharedMemoryCache, received 1/],
    [{ caches: { a: new Map() } }, /caches\.a must be a MemoryCache or a SharedMemoryCache/],
    [{ caches: { '': new MemoryCache() } }, /name must be a string that is not empty/],
    [{ caches: {}, register: {} }, /register must be a registry of prom-client, received {}/],
    [{ caches: {}, prefix: 5 }, /prefix must be a string, received 5/],
  ]
  for (const [options, message] of refused) {
    const attempt = () => observeCaches(options && { register, ...options })
    assert.throws(
      attempt,
      (error) => error instanceof CacheConfigError && message.test(error.message),
    )
  }
  register.registerMetric(new Counter({ name: 'memory_cache_bytes', help: 'own', registers: [] }))
  assert.throws(
    () => observeCaches({ caches: {}, register }),
    /prefix must be one that is free \(there is a metric memory_cache_bytes\), received 'memory_cache_'/,
  )
  assert.equal(register.getMetricsAsArray().length, 1)
  assert.throws(() => observeCaches({ caches: {} }).add('a', {}), CacheConfigError)
  client.register.clear()
})
