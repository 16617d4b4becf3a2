// MemoryCache cut off in the middle: by stack overflows at every depth and by vm timeouts, in every
// method. Whatever was cut off, a key has a value that was set for it, or none, then and later.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import native from '../../lib/common/native.js'
import { kState } from '../../lib/memory-cache/memory-cache.js'
import { reactive } from '../contract/membranes.mjs'
import { CHANNELS, subscribe, withoutUncaught } from '../extended/channels.mjs'
import { isClosed, supply } from './caches.mjs'
import { overflowEverywhere, overflowInEach } from './overflow.mjs'
import { timeOut } from './timeouts.mjs'

const KEYS = ['alice', 'bob', 'carol', 'dave', 'erin', 'a:1', 'a:2', 'a:3']

let versions = 0

/** A value that tells for which key it was set. */
const valueFor = (key) => ({ key, version: ++versions })

const noted = () => ({
  onHit() {},
  onMiss() {},
  onSet() {},
  onEvict() {},
  onExpire() {},
  onDelete() {},
})

const weighing = { maxWeight: 6, sizeCalculation: (_value, key) => (key.startsWith('a:') ? 4 : 1) }

// Every way in which the facade works on the native side: fused or step by step, with or without weights.
// `own` is the ttl of the entries themselves.
const CONFIGURATIONS = {
  'a full cache': { maxSize: 3, ttl: 0 },
  'expired entries': { maxSize: 3, ttl: 1 },
  unlimited: { maxSize: 0, ttl: 0 },
  weights: { maxSize: 0, ttl: 0, ...weighing },
  'weights and expired entries': { maxSize: 5, ttl: 1, ...weighing },
  hooks: { maxSize: 3, ttl: 0, hooks: noted() },
  'hooks and expired entries': { maxSize: 3, ttl: 1, hooks: noted() },
  // Bulk deletions in one step, writes step by step.
  'onEvict alone': { maxSize: 6, ttl: 0, hooks: { onEvict() {} } },
  'deferred hooks': { maxSize: 3, ttl: 1, hooks: noted(), hookDelivery: 'deferred' },
  'kept entries': { maxSize: 3, ttl: 1, staleWhileRevalidate: 60_000 },
  'hooks and kept entries': { maxSize: 3, ttl: 1, staleIfError: 60_000, hooks: noted() },
  'own lifetimes': { maxSize: 3, ttl: 0, own: 1 },
  'own lifetimes, renewed by hits': {
    ...weighing,
    maxSize: 5,
    ttl: 0,
    own: 60_000,
    updateAgeOnGet: true,
    hooks: noted(),
  },
}

// No assert: its own frames, cut off, would throw another error than an overflow.
function scanSoundly(scan) {
  for (const [key, value] of scan) {
    if (value?.key !== key) throw new Error(`${key} with another's value`)
  }
}

function* valuesOf(dump) {
  for (const [key, { value }] of dump) yield [key, value]
}

const METHODS = {
  get: (cache) => cache.get('alice'),
  has: (cache) => cache.has('alice'),
  'set of a new key': (cache) => cache.set('bob', valueFor('bob')),
  'set of a known key': (cache) => cache.set('alice', valueFor('alice')),
  'set of a heavy key': (cache) => cache.set('a:1', valueFor('a:1')),
  'set with a ttl': (cache) => cache.set('bob', valueFor('bob'), 1),
  'set until some time': (cache) =>
    cache.set('bob', valueFor('bob'), { expiresAt: Date.now() + 1_000 }),
  'set until a time in the past': (cache) =>
    cache.set('carol', valueFor('carol'), { expiresAt: 0 }),
  getMany: (cache) => cache.getMany(['alice', 'carol', 'bob']),
  hasMany: (cache) => cache.hasMany(['alice', 'carol', 'bob']),
  'setMany of new keys and known ones': (cache) =>
    cache.setMany(['bob', 'alice', 'a:1', 'erin', 'bob'].map((key) => [key, valueFor(key)])),
  'setMany with a ttl': (cache) =>
    cache.setMany(
      [
        ['bob', valueFor('bob')],
        ['carol', valueFor('carol')],
      ],
      { ttl: 1 },
    ),
  deleteMany: (cache) => cache.deleteMany(['dave', 'bob', 'alice']),
  peek: (cache) => cache.peek('alice'),
  info: (cache) => cache.info('alice'),
  getRemainingTTL: (cache) => cache.getRemainingTTL('alice'),
  take: (cache) => cache.take('dave'),
  touch: (cache) => cache.touch('carol'),
  'touch with a ttl': (cache) => cache.touch('dave', 2),
  getOrSet: (cache) => void cache.getOrSet('dave', () => valueFor('dave')).catch(() => {}),
  'getOrSet of a caller that may leave': (cache) => {
    const { signal } = new AbortController()
    const options = { signal, timeout: 50, staleIfError: 5, forceRefresh: true }
    void cache.getOrSet('dave', () => valueFor('dave'), options).catch(() => {})
  },
  'getOrSet that is left': (cache) => {
    const controller = new AbortController()
    const options = { signal: controller.signal, staleWhileRevalidate: 5 }
    void cache.getOrSet('bob', ({ signal }) => signal && valueFor('bob'), options).catch(() => {})
    controller.abort()
  },
  delete: (cache) => cache.delete('carol'),
  deleteAsync: (cache) => void cache.deleteAsync('carol').catch(() => {}),
  clear: (cache) => cache.clear(),
  'deleteByPrefix of some': (cache) => cache.deleteByPrefix('c'),
  'deleteByPrefix of all': (cache) => cache.deleteByPrefix(''),
  deleteByMagicString: (cache) => cache.deleteByMagicString('*a*'),
  'set with tags': (cache) => cache.set('bob', valueFor('bob'), { tags: ['some', 'b'] }),
  'set of a known key with tags': (cache) =>
    cache.set('carol', valueFor('carol'), { tags: ['all'] }),
  'deleteByTag of some': (cache) => cache.deleteByTag('some'),
  'deleteByTag of all': (cache) => cache.deleteByTag(['some', 'all']),
  size: (cache) => cache.size(),
  keys: (cache) => cache.keys(),
  values: (cache) => cache.values(),
  entries: (cache) => cache.entries(),
  scan: (cache) => scanSoundly(cache.scan()),
  dump: (cache) => scanSoundly(valuesOf(cache.dump())),
  load: (cache) =>
    cache.load(['erin', 'bob', 'a:1'].map((key) => [key, { value: valueFor(key), tags: ['all'] }])),
  'load of a dump': (cache) => cache.load(cache.dump()),
  'scan that is left, then changes': (cache) => {
    const scan = cache.scan()
    scan.next()
    cache.delete('dave')
    scanSoundly(scan)
  },
  'resize that evicts': (cache) => cache.resize({ maxSize: 1 }),
  'resize of everything'(cache) {
    // Only a cache that was made with weights may have a limit of them.
    const maxWeight = cache[kState].maxWeight > 0 ? 5 : 0
    cache.resize({ maxSize: 4, maxWeight, ttl: 5 })
  },
  'resize to no limit': (cache) => cache.resize({ maxSize: 0 }),
  getStats: (cache) => cache.getStats(),
  resetStats: (cache) => cache.resetStats(),
  prune: (cache) => cache.prune(),
  'set in a view': (cache) => cache.withNamespace('a:').set('1', valueFor('a:1')),
  'clear of a view': (cache) => cache.withNamespace('a').clear(),
  'deleteByMagicString of a view': (cache) => cache.withNamespace('a').deleteByMagicString('*:*'),
  'entries of a view': (cache) => cache.withNamespace('a').entries(),
  'size of a view': (cache) => cache.withNamespace('a').size(),
  flushHooks: (cache) => void cache.flushHooks().catch(() => {}),
}

function assertSound(cache, what) {
  for (const [key, value] of cache.entries()) {
    assert.equal(value?.key, key, `${what}: entries() shows another key's value under ${key}`)
  }
  for (const key of KEYS) {
    const value = cache.get(key)
    // The entry may have expired since the last line; but what is held and has no value is wrong.
    if (value === undefined) assert.equal(cache.has(key), false, `${what}: ${key} has no value`)
    else assert.equal(value.key, key, `${what}: get(${key})`)
  }
  assert.ok(cache.size() >= cache.keys().length, what)
}

/** Looks that change nothing must not show another key's value either. */
function assertLooks(cache, what) {
  for (const key of KEYS) {
    const looked = [cache.peek(key), cache.info(key)?.value]
    for (const value of looked) assert.equal(value?.key ?? key, key, `${what}: a look at ${key}`)
  }
}

/** What goes on after an interruption must not bring up anything wrong either. */
function goOn(cache, what) {
  const { length } = cache.keys()
  assertLooks(cache, what)
  assertSound(cache, what)
  cache.set('erin', valueFor('erin'))
  assertSound(cache, `${what}, after a set`)
  for (const key of KEYS) cache.set(key, valueFor(key))
  assertSound(cache, `${what}, after many sets`)
  cache.prune()
  cache.deleteByMagicString('*e*')
  assertSound(cache, `${what}, after a bulk deletion`)
  for (const key of KEYS) cache.set(key, valueFor(key), { tags: [key, 'late'] })
  cache.deleteByTag(['dave', 'a:1'])
  assertSound(cache, `${what}, after a deletion by tag`)
  for (const key of cache.keys())
    assert.deepEqual(cache.info(key)?.tags ?? [key, 'late'], [key, 'late'])
  cache.deleteByTag('late')
  assert.equal(cache.keys().length, 0, `${what}, after the deletion of all by tag`)
  for (const key of KEYS) cache.set(key, valueFor(key))
  assertSound(cache, `${what}, at the end of it`)
  cache.clear()
  assert.equal(cache.size(), 0)
  return length
}

function filled({ own, ...options }) {
  const cache = new MemoryCache(options)
  const keys = ['alice', 'carol', 'dave', 'a:2']
  for (const [i, key] of keys.entries()) {
    const tags = i % 2 === 0 ? ['all', 'some'] : ['all']
    cache.set(key, valueFor(key), { ttl: own, tags })
  }
  return cache
}

/** Their entries have expired, if that is to be waited for. */
function supplyOf(options) {
  const { ttl, own = ttl } = options
  return supply(() => filled(options), own < 1_000 ? own : 0)
}

/** Brings keys to native code as the facade does. */
function batchOf(keys) {
  for (const [i, key] of keys.entries()) native.batch[i] = key.length
  return keys.join('')
}

let interruptions = 0

// Compiled code checks the stack at other places than interpreted code: functions it has inlined have no
// entry of their own.
function warmUp({ own, ...options }, rounds) {
  const cache = new MemoryCache(options)
  for (let round = 0; round < rounds; round++) {
    for (const key of KEYS) cache.set(key, KEYS, own)
    cache.get('alice')
    cache.has('alice')
    cache.peek('alice')
    cache.info('alice')
    cache.touch('alice', own)
    cache.take('carol')
    cache.delete('alice')
    cache.setMany(
      [
        ['carol', KEYS],
        ['alice', KEYS],
      ],
      own,
    )
    cache.getMany(KEYS)
    cache.hasMany(KEYS)
    cache.deleteMany(['carol', 'bob'])
    cache.deleteByPrefix('a')
    if (round % 10 === 0) cache.prune()
  }
}

// Once it is compiled, code stays so: further configurations of the same code would begin with it compiled.
const COMPILED_BY_AND_BY = new Set(['a full cache', 'hooks and expired entries'])

for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
  test(`stack overflows leave every key its own value or none: ${configuration}`, async () => {
    const before = supplyOf(options)
    for (const rounds of COMPILED_BY_AND_BY.has(configuration) ? [0, 300, 10_000] : [300]) {
      warmUp(options, rounds)
      const after = (cache, method) =>
        goOn(cache, `${configuration}, ${method} after ${rounds} rounds`)
      interruptions += await overflowInEach(METHODS, { before, after })
    }
  })
}

test('stack overflows under a mocked clock leave every key its own value or none', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
  for (const hooks of [undefined, noted()]) {
    interruptions += await overflowInEach(METHODS, {
      before() {
        const cache = filled({ maxSize: 3, ttl: 10, hooks })
        t.mock.timers.tick(11)
        return cache
      },
      after: (cache, method) => goOn(cache, `mocked clock, ${method}`),
    })
  }
})

test('stack overflows in proxies that wrap everything leave every key its own value or none', async () => {
  for (const configuration of ['a full cache', 'hooks']) {
    interruptions += await overflowInEach(METHODS, {
      before: supplyOf(CONFIGURATIONS[configuration]),
      seen: reactive,
      after: (cache, method) => goOn(cache, `${configuration} through a proxy, ${method}`),
    })
  }
})

test('stack overflows among subscribers of channels leave every key its own value or none', async (t) => {
  const wrong = []
  for (const name of CHANNELS) {
    subscribe(t, name, ({ key, value }) => {
      if (value !== undefined && value.key !== key) wrong.push(`${name}: ${key}`)
    })
  }
  for (const configuration of ['a full cache', 'expired entries']) {
    interruptions += await overflowInEach(METHODS, {
      before: supplyOf(CONFIGURATIONS[configuration]),
      attempt: withoutUncaught,
      after: (cache, method) => goOn(cache, `${configuration} with subscribers, ${method}`),
    })
  }
  assert.deepEqual(wrong, [])
})

test('an overflow in a bulk deletion takes no value from entries that come later', () => {
  interruptions += overflowEverywhere({
    before: supplyOf(CONFIGURATIONS.unlimited),
    attempt: (cache) => cache.deleteByPrefix(''),
    after(cache) {
      const values = KEYS.map((key) => [key, valueFor(key)])
      for (const [key, value] of values) cache.set(key, value)
      cache.deleteByPrefix('nothing')
      cache.prune()
      cache.deleteByPrefix('erin')
      for (const [key, value] of values.filter(([name]) => name !== 'erin')) {
        assert.equal(cache.get(key), value)
      }
    },
  })
})

test('a native step that the facade never completed takes no value from entries that come later', () => {
  const steps = {
    deleteMatching: (id) => native.deleteMatching(id, 'a', false),
    'deleteMatching of all': (id) => native.deleteMatching(id, '', false),
    prune: (id) => native.prune(id, Infinity),
    delete: (id) => native.delete(id, 'carol'),
    expireNext: (id) => native.expireNext(id, Date.now() + 1_000),
    evict: (id) => native.evict(id, 'carol'),
    expire: (id) => native.expire(id, 'carol'),
    take: (id) => native.take(id, 'carol'),
    'take of an expired entry': (id) => native.take(id, 'carol', Date.now() + 1_000),
    'get of an expired entry': (id) => native.getAt(id, 'carol', Date.now() + 1_000),
    deleteTagged: (id) => native.deleteTagged(id, ['some'], ''),
    'deleteTagged of all': (id) => native.deleteTagged(id, ['all'], ''),
    freed: (id) => native.freed(id),
    setMany: (id) => native.setMany(id, batchOf(['carol', 'bob', 'a:1', 'bob']), 4, Number.NaN),
    getMany: (id) => native.getMany(id, batchOf(['carol', 'bob']), 2),
    hasMany: (id) => native.hasMany(id, batchOf(['carol', 'bob']), 2),
    deleteMany: (id) => native.deleteMany(id, batchOf(['carol', 'bob']), 2),
  }
  for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
    const supplied = supplyOf(options)
    for (const [name, step] of Object.entries(steps)) {
      const cache = supplied()
      step(cache[kState].id)
      goOn(cache, `${configuration}, ${name}`)
      interruptions++
    }
  }
})

test('what a batch has written without its values is gone for whatever looks next', () => {
  const looks = {
    get: (cache) => cache.get('bob'),
    has: (cache) => cache.has('bob') || undefined,
    peek: (cache) => cache.peek('bob'),
    entries: (cache) => cache.entries().find(([key]) => key === 'bob'),
    scan: (cache) => [...cache.scan()].find(([key]) => key === 'bob'),
    info: (cache) => cache.info('bob'),
    getMany: (cache) => cache.getMany(['bob'])[0],
    size: (cache) => cache.size() - 3 || undefined,
    'a step on another cache': (cache) => {
      new MemoryCache().get('key')
      return cache.get('bob')
    },
  }
  for (const [name, look] of Object.entries(looks)) {
    const cache = filled({ maxSize: 0, ttl: 0 })
    native.setMany(cache[kState].id, batchOf(['carol', 'bob', 'bob']), 3, Number.NaN)
    assert.equal(look(cache), undefined, name)
    goOn(cache, name)
    interruptions++
  }
})

test('a batch that was cut off before its values had a place is made up for', () => {
  const cache = new MemoryCache({ maxSize: 0, ttl: 0 })
  // All that the first chunk of values has room for.
  for (let i = 1; i < 4_096; i++) cache.set(`key ${i}`, i)
  native.setMany(cache[kState].id, batchOf(['bob', 'carol']), 2, Number.NaN)
  assert.equal(cache.deleteByPrefix('key 1'), 1_111)
  assert.equal(cache.get('bob'), undefined)
  cache.setMany([
    ['bob', 1],
    ['carol', 2],
    ['dave', 3],
  ])
  assert.deepEqual(cache.getMany(['bob', 'carol', 'dave', 'key 2']), [1, 2, 3, 2])
})

test('a cache that comes after one with a batch cut off keeps what it has', async () => {
  let id
  ;(() => {
    const cache = new MemoryCache({ maxSize: 0, ttl: 0 })
    ;({ id } = cache[kState])
    native.setMany(id, batchOf(['bob', 'carol']), 2, Number.NaN)
  })()
  for (let tries = 0; tries < 1_000; tries++) {
    globalThis.gc?.()
    await new Promise((resolve) => void setImmediate(resolve))
    const cache = new MemoryCache({ maxSize: 0, ttl: 0 })
    cache.set('alice', 1)
    cache.set('dave', 2)
    assert.deepEqual(cache.getMany(['alice', 'dave']), [1, 2])
    if (cache[kState].id === id) return
  }
})

test('an overflow in close leaves a cache that is closed, or one that works and can be closed', () => {
  let closed = 0
  for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
    interruptions += overflowEverywhere({
      before: supplyOf(options),
      attempt: (cache) => cache.close(),
      after(cache) {
        const what = `${configuration}, close`
        if (isClosed(cache)) closed++
        else goOn(cache, what)
        // Whatever is left of it works on no other cache.
        const next = filled(options)
        cache.close()
        assert.ok(isClosed(cache), what)
        assert.throws(() => cache.set('alice', 1), /is closed/, what)
        goOn(next, `${what}, the next cache`)
      },
    })
  }
  assert.ok(closed > 0)
})

test('values of entries that are gone are dropped by the next bulk step, if not by their own', () => {
  let late = 0
  interruptions += overflowEverywhere({
    before: supplyOf({ maxSize: 0, ttl: 0 }),
    attempt: (cache) => cache.deleteByMagicString('*a*'),
    after(cache) {
      if (cache.has('dave')) return
      late++
      cache.set('alice', valueFor('alice'))
      cache.deleteByPrefix('alice')
      assertSound(cache, 'after the next bulk step')
    },
  })
  assert.ok(late > 0)
})

for (const [configuration, options] of Object.entries(CONFIGURATIONS)) {
  test(`vm timeouts leave every key its own value or none: ${configuration}`, () => {
    interruptions += timeOut({
      keys: KEYS,
      methods: METHODS,
      valueFor,
      open: () => filled(options),
      after: (cache, number) => goOn(cache, `${configuration}, timeout ${number}`),
    })
  })
}

test('there were interruptions enough for the above to mean something', () => {
  assert.ok(interruptions > 10_000, `${interruptions} interruptions`)
})
