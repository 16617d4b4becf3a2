// SharedMemoryCache whose methods are cut off: by stack overflows at every depth and by vm timeouts.
// Afterwards a key has a value that was set for it, or none; events go to the handle they belong to;
// no flight waits for ever. How calls are cut off belongs in overflow.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { CHANNELS, subscribe, withoutUncaught } from '../extended/channels.mjs'
import { freshName, until } from '../shared/support.mjs'
import { isClosed, supply } from './caches.mjs'
import { overflowEverywhere, overflowInEach } from './overflow.mjs'
import { timeOut } from './timeouts.mjs'

const KEYS = ['alice', 'bob', 'carol', 'dave', 'erin', 'a:1', 'a:2']

// Of every kind that travels in its own way: text, structured clone, buffer, number, large.
const KINDS = [
  (key) => ({ key }),
  (key) => ({ key, when: new Date(0) }),
  (key) => Buffer.from(key),
  (key) => KEYS.indexOf(key),
  (key) => ({ key, text: key.repeat(5_000) }),
]

const keyOf = (value) => {
  if (typeof value === 'number') return KEYS[value]
  return Buffer.isBuffer(value) ? value.toString() : value.key
}

let written = 0
const valueFor = (key) => KINDS[written++ % KINDS.length](key)

const CONFIGURATIONS = {
  'expired entries': { maxSize: 3, ttl: 1 },
  'several shards, bounded by bytes': { maxSize: 0, maxBytes: 80_000, ttl: 0, shards: 4 },
  'a near cache': { maxSize: 4, ttl: 0, nearCache: true },
  'hooks and expired entries': { maxSize: 3, ttl: 1, observed: true },
  'hooks and kept entries': { maxSize: 3, ttl: 1, staleIfError: 60_000, observed: true },
}

// Where entries are kept, all else is as where they expire.
const OF_KEPT = /^(get|set|take|getOrSet.*|keys)\b/

// No assert: its own frames, cut off, would throw another error than an overflow.
function scanSoundly(scan) {
  for (const [key, value] of scan) {
    if (key !== 'count' && keyOf(value) !== key) throw new Error(`${key} with another's value`)
  }
}

function* valuesOf(dump) {
  for (const [key, { value }] of dump) yield [key, value]
}

// What a call has returned; it is seen to when there is stack again.
let returned

const METHODS = {
  get: (cache) => cache.get('alice'),
  has: (cache) => cache.has('alice'),
  'set of a new key': (cache) => cache.set('bob', valueFor('bob')),
  'set of a known key': (cache) => cache.set('alice', valueFor('alice')),
  setIfAbsent: (cache) => cache.setIfAbsent('bob', valueFor('bob')),
  take: (cache) => cache.take('alice'),
  getMany: (cache) => cache.getMany(['alice', 'bob']),
  hasMany: (cache) => cache.hasMany(['alice', 'bob']),
  setMany: (cache) => cache.setMany(['bob', 'alice'].map((key) => [key, valueFor(key)])),
  deleteMany: (cache) => cache.deleteMany(['carol', 'bob']),
  replace: (cache) => cache.replace('alice', valueFor('alice')),
  'update of a known key': (cache) => cache.update('alice', () => valueFor('alice')),
  'update of a new key': (cache) => cache.update('bob', () => valueFor('bob')),
  'update that removes': (cache) => cache.update('carol', () => {}),
  increment: (cache) => cache.increment('count'),
  incrementEntry: (cache) => cache.incrementEntry('count'),
  attach: (cache) => SharedMemoryCache.attach(cache.name).close(),
  getOrSet(cache) {
    returned = cache.getOrSet('dave', () => valueFor('dave'))
  },
  'getOrSet that may leave': (cache) => fetchAndLeave(cache, {}),
  'getOrSet of what is stale': (cache) => fetchAndLeave(cache, { staleWhileRevalidate: 60_000 }),
  delete: (cache) => cache.delete('carol'),
  deleteAsync(cache) {
    returned = cache.deleteAsync('carol')
  },
  clear: (cache) => cache.clear(),
  deleteByPrefix: (cache) => cache.deleteByPrefix('c'),
  deleteByMagicString: (cache) => cache.deleteByMagicString('*a*'),
  'set with tags': (cache) => cache.set('bob', valueFor('bob'), { tags: ['some'] }),
  deleteByTag: (cache) => cache.deleteByTag(['some', 'all']),
  size: (cache) => cache.size(),
  keys: (cache) => cache.keys(),
  values: (cache) => cache.values(),
  entries: (cache) => cache.entries(),
  scan: (cache) => scanSoundly(cache.scan()),
  dump: (cache) => scanSoundly(valuesOf(cache.dump())),
  load: (cache) =>
    cache.load(['erin', 'bob', 'a:1'].map((key) => [key, { value: valueFor(key), tags: ['all'] }])),
  'load of a dump': (cache) => cache.load(cache.dump()),
  'scan by pattern': (cache) => scanSoundly(cache.scan('*a*')),
  'resize that evicts': (cache) => cache.resize({ maxSize: 1 }),
  'resize of everything': (cache) => cache.resize({ maxSize: 4, maxBytes: 40_000 }),
  'resize to no limit': (cache) => cache.resize({ maxSize: 0, maxBytes: 0 }),
  getStats: (cache) => cache.getStats(),
  getMetrics: (cache) => cache.getMetrics(),
  resetStats: (cache) => cache.resetStats(),
  prune: (cache) => cache.prune(),
  'set in a view': (cache) => cache.withNamespace('a:').set('1', valueFor('a:1')),
  'clear of a view': (cache) => cache.withNamespace('a').clear(),
  'deleteByMagicString of a view': (cache) => cache.withNamespace('a').deleteByMagicString('*:*'),
  'entries of a view': (cache) => cache.withNamespace('a').entries(),
  'size of a view': (cache) => cache.withNamespace('a').size(),
}

function fetchAndLeave(cache, options) {
  const { signal } = new AbortController()
  const fetcher = ({ stale }) => {
    if (stale !== undefined && keyOf(stale) !== 'dave') wrong.push(`stale: ${keyOf(stale)}`)
    return valueFor('dave')
  }
  returned = cache.getOrSet('dave', fetcher, { signal, ...options })
}

const wrong = []

/** Hooks that note every event whose key and value do not belong together. */
function checking(name) {
  const check = ({ key, value }) => {
    if (key === 'count') return
    if (keyOf(value) !== key) wrong.push(`${name}: ${key} with the value of ${keyOf(value)}`)
  }
  return { onSet: check, onEvict: check, onExpire: check, onDelete: check, onHit: check }
}

function open({ observed, ...options }) {
  const name = freshName('interrupted')
  const hooks = observed ? checking(name) : undefined
  const cache = new SharedMemoryCache({ name, ...options, ...(hooks && { hooks }) })
  for (const key of ['alice', 'carol', 'dave', 'a:2'])
    cache.set(key, valueFor(key), { tags: ['all'] })
  return cache
}

const supplyOf = (options) => supply(() => open(options), options.ttl)

function assertSound(cache, what) {
  for (const [key, value] of cache.entries()) {
    if (key === 'count') assert.equal(typeof value, 'number', what)
    else assert.equal(keyOf(value), key, `${what}: entries()`)
  }
  for (const key of KEYS) {
    const value = cache.get(key)
    if (value !== undefined) assert.equal(keyOf(value), key, `${what}: get(${key})`)
  }
  assert.deepEqual(wrong, [], what)
}

function goOn(cache, what) {
  returned?.catch(() => {})
  assertSound(cache, what)
  for (const key of KEYS) cache.set(key, valueFor(key))
  assertSound(cache, `${what}, after many sets`)
  cache.deleteByMagicString('*e*')
  cache.prune()
  assertSound(cache, `${what}, after a bulk deletion`)
  for (const key of KEYS) cache.set(key, valueFor(key), { tags: ['late'] })
  cache.deleteByTag('late')
  const left = cache.keys().filter((key) => key !== 'count')
  assert.deepEqual(left, [], `${what}, after a deletion by tag`)
  cache.clear()
  assert.equal(cache.size(), 0, what)
  cache.close()
}

let interruptions = 0

// First, since compiled code may have no entries of functions that it calls.
test('an overflow in close leaves a handle that is closed, or one that works and can be closed', () => {
  let closed = 0
  for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
    interruptions += overflowEverywhere({
      before: supplyOf(options),
      attempt: (cache) => cache.close(),
      after(cache) {
        const what = `${configuration}, close`
        const { name } = cache
        if (isClosed(cache)) closed++
        else assertSound(cache, what)
        cache.close()
        assert.ok(isClosed(cache), what)
        assert.ok(!SharedMemoryCache.names().includes(name), `${what}: the store has ended`)
      },
    })
  }
  assert.ok(closed > 0)
})

for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
  test(`stack overflows leave every key its own value or none: ${configuration}`, async () => {
    const methods = Object.entries(METHODS).filter(
      ([method]) => !options.staleIfError || OF_KEPT.test(method),
    )
    interruptions += await overflowInEach(Object.fromEntries(methods), {
      before: supplyOf(options),
      after: (cache, method) => goOn(cache, `${configuration}, ${method}`),
    })
  })
}

test('stack overflows among subscribers of channels leave every key its own value or none', async (t) => {
  for (const name of CHANNELS) {
    subscribe(t, name, ({ key, value, hit }) => {
      if (key === 'count' || hit === false || keyOf(value) === key) return
      wrong.push(`${name}: ${key} with the value of ${keyOf(value)}`)
    })
  }
  interruptions += await overflowInEach(METHODS, {
    before: supplyOf(CONFIGURATIONS['expired entries']),
    attempt: withoutUncaught,
    after: (cache, method) => goOn(cache, `with subscribers, ${method}`),
  })
})

test('an event of a call that was cut off goes to its own handle', () => {
  const told = new Map()
  const note = (cache) => ({ onSet: ({ key }) => told.set(key, cache) })
  interruptions += overflowEverywhere({
    before: () => ({
      first: new SharedMemoryCache({ name: freshName(), hooks: note('first') }),
      second: new SharedMemoryCache({ name: freshName(), hooks: note('second') }),
    }),
    attempt: ({ first }) => first.set('of the first', 1),
    after({ first, second }) {
      second.set('of the second', 2)
      assert.notEqual(told.get('of the first'), 'second')
      assert.equal(told.get('of the second'), 'second')
      first.close()
      second.close()
    },
  })
})

test('no caller waits for a refresh that was cut off, and no waiter that left is waited for', async () => {
  const waiting = []
  interruptions += overflowEverywhere({
    before() {
      const name = freshName('refreshed')
      const cache = new SharedMemoryCache({ name, staleWhileRevalidate: 60_000 })
      const genuineNow = Date.now
      Date.now = () => genuineNow() - 10_000
      cache.set('k', 'old', 1)
      Date.now = genuineNow
      return cache
    },
    attempt(cache) {
      const controller = new AbortController()
      const { signal } = controller
      cache.getOrSet('k', () => 'new').catch(() => {})
      returned = cache.getOrSet('k', () => 'new', { signal, staleWhileRevalidate: 0 })
      returned.catch(() => {})
      controller.abort()
    },
    after(cache) {
      returned?.catch(() => {})
      const call = cache.getOrSet('k', () => 'newer')
      waiting.push(call.then((value) => [cache, value]))
    },
  })
  const settle = async (call) => {
    const [cache, value] = await call
    assert.ok(['old', 'new', 'newer'].includes(value), value)
    // Who was given it has asked the thread of the refresh for it; the next begins another.
    await until(async () => (await cache.getOrSet('k', () => 'newer')) !== 'old')
    await until(() => cache.getMetrics().flights === 0)
    cache.close()
  }
  await Promise.all(waiting.map(settle))
})

test('no caller waits for a flight that was cut off before it began', async () => {
  const cut = []
  interruptions += overflowEverywhere({
    before: () => new SharedMemoryCache({ name: freshName() }),
    attempt(cache) {
      returned = cache.getOrSet('k', () => 'first')
    },
    after(cache) {
      returned?.catch(() => {})
      cut.push(cache)
    },
  })
  // Each is asked by two callers at once: one of them comes to lead, if nobody does. Else they hear
  // how the first call ended, perhaps with the overflow.
  const settled = await Promise.allSettled(
    cut.flatMap((cache) => [
      cache.getOrSet('k', () => 'second'),
      new SharedMemoryCache({ name: cache.name }).getOrSet('k', () => 'third'),
    ]),
  )
  for (const { value, reason } of settled) {
    if (reason !== undefined) assert.match(reason.message, /call stack/)
    else assert.ok(['first', 'second', 'third'].includes(value), value)
  }
  assert.ok(
    settled.some(({ value }) => value === 'second'),
    'some flights were given up',
  )
  await until(() => cut.every((cache) => cache.getMetrics().flights === 0))
  for (const cache of cut) cache.close()
})

for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
  test(`vm timeouts leave every key its own value or none: ${configuration}`, () => {
    interruptions += timeOut({
      keys: KEYS,
      methods: METHODS,
      valueFor,
      open: () => open(options),
      after: (cache, number) => goOn(cache, `${configuration}, timeout ${number}`),
    })
  })
}

test('there were interruptions enough for the above to mean something', () => {
  assert.ok(interruptions > 5_000, `${interruptions} interruptions`)
})
