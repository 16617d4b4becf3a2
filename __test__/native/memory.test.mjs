// What the native side holds: freed with its object, with its worker, and known to V8.
// Needs --expose-gc.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { MemoryCache, cached } from 'native-memory-cache'
import { kState } from '../../lib/memory-cache/memory-cache.js'
import native from '../../lib/common/native.js'
import { runWorker } from './workers.mjs'

const MB = 1024 * 1024

/** Collects garbage and lets finalizers run, until the condition holds; false if it never does. */
async function collectUntil(condition) {
  for (let attempt = 0; attempt < 50; attempt++) {
    // `deref` in the condition keeps its target until the turn is over.
    await turn()
    globalThis.gc()
    await turn()
    if (condition()) return true
  }
  return false
}

function isOpen(id) {
  try {
    native.size(id)
    return true
  } catch {
    return false
  }
}

function fill(cache, count) {
  for (let i = 0; i < count; i++) cache.set(`key:${i}:some-more-text`, i)
  return cache
}

test('the native side is freed when the cache object is collected', async () => {
  const ids = Array.from({ length: 20 }, () => fill(new MemoryCache(), 50)[kState].id)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(await collectUntil(() => ids.every((id) => !isOpen(id))))
})

test('the native side stays for as long as the cache object is reachable', async () => {
  const cache = fill(new MemoryCache(), 50)
  for (let i = 0; i < 5; i++) {
    globalThis.gc()
    await turn()
  }
  assert.equal(cache.size(), 50)
})

test('the cache of a decorator lives as long as the decorated class', async () => {
  let calls = 0
  class Service {
    read(key) {
      return `${key} ${++calls}`
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Service.prototype, 'read')
  Object.defineProperty(Service.prototype, 'read', cached()(Service.prototype, 'read', descriptor))
  const service = new Service()
  assert.equal(service.read('a'), 'a 1')
  globalThis.gc()
  await turn()
  assert.equal(service.read('a'), 'a 1')
})

test('V8 is told what the native side holds, and what it has given back', async () => {
  await collectUntil(() => true)
  const before = native.externalBytes()
  const cache = fill(new MemoryCache({ maxSize: 0 }), 100_000)
  const held = native.externalBytes() - before
  assert.ok(held >= 100_000 * 80, `${held} bytes reported for 100,000 entries`)
  assert.ok(held <= 100_000 * 160, `${held} bytes reported for 100,000 entries`)
  cache.clear()
  const left = native.externalBytes() - before
  assert.ok(left < MB, `${left} bytes still reported after clear`)

  fill(cache, 100_000)
  assert.equal(cache.deleteByPrefix('key:'), 100_000)
  const kept = native.externalBytes() - before
  assert.ok(kept < 4 * MB, `${kept} bytes still reported after deleteByPrefix`)
})

test('collecting a cache takes its bytes off the account', async () => {
  await collectUntil(() => true)
  const before = native.externalBytes()
  let cache = fill(new MemoryCache({ maxSize: 0 }), 100_000)
  assert.ok(native.externalBytes() - before >= 8 * MB)
  assert.equal(cache.size(), 100_000)
  cache = undefined
  assert.ok(await collectUntil(() => native.externalBytes() - before < MB))
})

/** Caches a value under 'k' and removes it; in a frame of its own, so that nothing else holds it. */
function valueAfter(options, remove) {
  const cache = new MemoryCache({ maxSize: 1, ...options })
  const value = {}
  const reference = new WeakRef(value)
  cache.set('k', value)
  remove(cache)
  return { cache, reference }
}

async function assertReleased({ cache, reference }, message) {
  const released = await collectUntil(() => reference.deref() === undefined)
  assert.ok(released, message)
  assert.ok(cache.size() <= 1)
}

test('a value that is still cached is not released', async () => {
  const { cache, reference } = valueAfter({}, () => {})
  assert.equal(await collectUntil(() => reference.deref() === undefined), false)
  assert.equal(cache.get('k'), reference.deref())
})

test('values are released by every way that an entry can go', async () => {
  const ways = {
    delete: (cache) => cache.delete('k'),
    clear: (cache) => cache.clear(),
    deleteByPrefix: (cache) => cache.deleteByPrefix('k'),
    deleteByMagicString: (cache) => cache.deleteByMagicString('*'),
    'set over it': (cache) => cache.set('k', 'other'),
    eviction: (cache) => cache.set('other', 1),
  }
  for (const [way, remove] of Object.entries(ways)) {
    for (const hooks of [undefined, { onDelete() {}, onEvict() {}, onExpire() {} }]) {
      const outcome = valueAfter({ hooks }, remove)
      await assertReleased(outcome, `${way}, ${hooks ? 'with' : 'without'} hooks`)
    }
  }
})

test('expired values are released by get, has, prune and set at capacity', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 })
  for (const method of ['get', 'has', 'prune', 'set']) {
    for (const hooks of [undefined, { onExpire() {} }]) {
      const outcome = valueAfter({ ttl: 10, hooks }, (cache) => {
        t.mock.timers.tick(11)
        cache[method](method === 'set' ? 'other' : 'k')
      })
      await assertReleased(outcome, method)
    }
  }
})

test('a key that the user keeps pins no more than 4 KB', async () => {
  const cache = fill(new MemoryCache({ maxSize: 0, ttl: 0 }), 50_000)
  await collectUntil(() => true)
  const before = process.memoryUsage().heapUsed
  // One key of each 500: were they slices of one string, they would pin all of it.
  const keysOf = (round) => cache.keys().filter((_, i) => i % 500 === round)
  const kept = Array.from({ length: 10 }, (_, round) => keysOf(round))
  await collectUntil(() => true)
  const pinned = process.memoryUsage().heapUsed - before
  assert.ok(pinned < 1_000 * 4_400 + MB, `${pinned} bytes for 1,000 keys`)
  assert.equal(kept.flat().length, 1_000)
  assert.equal(cache.size(), 50_000)
})

test('memory stays flat over workers that end without clearing their caches', async () => {
  const round = () => runWorker('fill', { entries: 100_000 })
  for (let i = 0; i < 3; i++) await round()
  const before = process.memoryUsage().rss
  for (let i = 0; i < 12; i++) await round()
  const growth = process.memoryUsage().rss - before
  // Leaked, 12 times 100,000 entries of 100 bytes and more would be 120 MB.
  assert.ok(growth < 60 * MB, `${Math.round(growth / MB)} MB more after 12 workers`)
})
