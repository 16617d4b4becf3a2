// Where the stacks of errors begin: with the line of the program that is wrong, not with the package's own code.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MemoryCache, SharedMemoryCache, cached } from 'native-memory-cache'

const own = fileURLToPath(import.meta.url)

function assertBeginsHere(error, expected) {
  assert.equal(error?.name, expected)
  const first = error.stack.split('\n').find((line) => /^ +at /.test(line))
  assert.ok(first?.includes(own), error.stack)
  assert.ok(error.stack.startsWith(`${expected}: ${error.message}`), error.stack)
}

async function errorOf(call) {
  try {
    await call()
  } catch (error) {
    return error
  }
  return assert.fail('nothing was thrown')
}

const CONFIGURATIONS = [{}, { hooks: { onMiss() {} } }, { maxWeight: 1, sizeCalculation: () => 1 }]

test('errors of arguments begin with the frame of the caller, in every method', async (t) => {
  const methods = {
    get: 'key',
    has: 'key',
    set: 'key',
    delete: 'key',
    deleteAsync: 'key',
    getOrSet: 'key',
    deleteByPrefix: 'prefix',
    deleteByMagicString: 'pattern',
  }
  for (const options of CONFIGURATIONS) {
    for (const mocked of [false, true]) {
      if (mocked) t.mock.timers.enable({ apis: ['Date'] })
      for (const method of Object.keys(methods)) {
        const cache = new MemoryCache(options)
        assertBeginsHere(await errorOf(() => cache[method](7)), 'TypeError')
        const spied = new MemoryCache(options)
        t.mock.method(spied, method)
        const error = await errorOf(() => spied[method](7))
        assert.match(error.stack, /^ +at /m, `a spied ${method}`)
      }
      t.mock.timers.reset()
    }
  }
})

const WRONG = [
  7,
  { maxSize: -1 },
  { ttl: 'long' },
  { maxWeight: 1 },
  { hooks: { onHit: 1 } },
  { hookDelivery: 'late' },
]

test('errors of options begin with the frame of whoever calls new or cached', async () => {
  class Sessions extends MemoryCache {}
  for (const options of WRONG) {
    for (const make of [
      () => new MemoryCache(options),
      () => new Sessions(options),
      () => cached(options),
    ]) {
      assertBeginsHere(await errorOf(make), 'CacheConfigError')
    }
  }
  const shared = new SharedMemoryCache({ name: 'stacks', maxSize: 1 })
  for (const options of [7, {}, { name: 'stacks', maxSize: 2 }, { name: 'stacks', codec: 'xml' }]) {
    assertBeginsHere(await errorOf(() => new SharedMemoryCache(options)), 'CacheConfigError')
  }
  shared.close()
  assertBeginsHere(await errorOf(() => cached({ keyGenerator: 1 })), 'CacheConfigError')
})

test('errors of arguments of a shared cache begin with the frame of whoever calls', async (t) => {
  const shared = new SharedMemoryCache({ name: 'stacks of arguments' })
  t.after(() => shared.close())
  shared.set('text', 'no number')
  for (const call of [
    () => shared.get(1),
    () => shared.has(1),
    () => shared.set(1, 2),
    () => shared.setIfAbsent(1, 2),
    () => shared.take(1),
    () => shared.delete(1),
    () => shared.deleteAsync(1),
    () => shared.deleteByPrefix(1),
    () => shared.deleteByMagicString(1),
    () => shared.getOrSet(1, () => 2),
    () => shared.increment(1),
    () => shared.increment('k', 'one'),
    () => shared.increment('k', 1, { ttl: -1 }),
    () => shared.increment('text'),
    () => shared.replace(1, 2),
    () => shared.replace('k', 2, -1),
    () => shared.update(1, () => 2),
    () => shared.update('k', 2),
    () => shared.update('k', () => 2, -1),
    () => shared.update('k', async () => 2),
    () => shared.incrementEntry(1),
    () => shared.incrementEntry('k', 'one'),
    () => shared.incrementEntry('k', 1, 1),
    () => shared.incrementEntry('k', 1, { ttl: -1 }),
    () => shared.incrementEntry('k', 1, { onlyIfPresent: 1 }),
    () => shared.incrementEntry('text'),
    () => SharedMemoryCache.attach(1),
    () => SharedMemoryCache.destroy(1),
  ]) {
    assertBeginsHere(await errorOf(call), 'TypeError')
  }
})

test('a decorator on something else than a method blames the decoration', async () => {
  for (const args of [
    [{}, 'field'],
    [{}, 'accessor', { get: () => 1 }],
    [() => {}, { kind: 'getter', name: 'accessor' }],
  ]) {
    assertBeginsHere(await errorOf(() => cached()(...args)), 'TypeError')
  }
})

test('what a getter among the options throws keeps its stack', async () => {
  const failure = new Error('mine')
  const { stack } = failure
  const options = {
    get ttl() {
      throw failure
    },
  }
  assert.equal(await errorOf(() => new MemoryCache(options)), failure)
  assert.equal(failure.stack, stack)
})

test('without Error.captureStackTrace the errors are the same but for the stack', async () => {
  const { captureStackTrace } = Error
  try {
    Error.captureStackTrace = undefined
    assert.equal((await errorOf(() => new MemoryCache({ ttl: -1 }))).name, 'CacheConfigError')
    assert.equal((await errorOf(() => new MemoryCache().get(1))).name, 'TypeError')
  } finally {
    Error.captureStackTrace = captureStackTrace
  }
})
