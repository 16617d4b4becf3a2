// MemoryCache.close and `using`: what is left of a cache afterwards. Needs --expose-gc.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { MemoryCache } from 'native-memory-cache'
import native from '../../lib/common/native.js'
import { reactive } from '../contract/membranes.mjs'
import {
  HOOK_NAMES,
  METHOD_NAMES,
  clock,
  deferred,
  recorder,
  withClock,
} from '../contract/support.mjs'

const METHODS = [
  ...METHOD_NAMES,
  'flushHooks',
  'forEach',
  'getMetrics',
  'getRemainingTTL',
  'info',
  'peek',
  'resize',
  'scan',
  'take',
  'touch',
]
const ASYNC = new Set(['getOrSet', 'deleteAsync', 'flushHooks'])

async function assertClosed(cache) {
  const expected = { name: 'Error', message: 'the cache is closed' }
  for (const method of METHODS) {
    const first = { forEach: () => {}, resize: {} }[method] ?? 'key'
    const call = () => cache[method](first, () => assert.fail('nothing is fetched'))
    if (ASYNC.has(method)) await assert.rejects(call, expected, method)
    else assert.throws(call, expected, String(method))
  }
}

describe('MemoryCache.close', () => {
  withClock()

  test('every method throws afterwards, whatever the cache was made with', async () => {
    for (const options of [
      {},
      { ttl: 0 },
      { hooks: recorder().hooks },
      { maxWeight: 5, sizeCalculation: () => 1 },
      { hookDelivery: 'deferred', hooks: recorder().hooks, checkInterval: 1000 },
    ]) {
      const cache = new MemoryCache(options)
      cache.set('key', 1)
      assert.equal(cache.close(), undefined)
      await assertClosed(cache)
      cache.close()
      await assertClosed(cache)
    }
  })

  test('using closes, where the language has it', async () => {
    const cache = new MemoryCache()
    if (Symbol.dispose === undefined) return
    cache[Symbol.dispose]()
    await assertClosed(cache)
    const { enumerable } = Object.getOwnPropertyDescriptor(MemoryCache.prototype, Symbol.dispose)
    assert.equal(enumerable, false)
  })

  test('entries are dropped without hooks', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('a', 1)
    take()
    cache.close()
    assert.deepEqual(take(), [])
  })

  test('native memory and values are given up at once', async () => {
    clock.restore()
    const cache = new MemoryCache({ maxSize: 0 })
    const before = native.externalBytes()
    const collected = []
    const registry = new FinalizationRegistry((key) => collected.push(key))
    for (let i = 0; i < 50_000; i++) cache.set(`${i}`.padStart(30, 'key '), i)
    const keep = (value, key) => {
      registry.register(value, key)
      cache.set(key, value)
    }
    for (let i = 0; i < 10; i++) keep({}, `object ${i}`)
    assert.ok(native.externalBytes() > before + 5_000_000)
    cache.close()
    assert.ok(native.externalBytes() < before + 1_000_000)
    for (let i = 0; i < 50 && collected.length < 9; i++) {
      globalThis.gc()
      await turn()
    }
    // The last one may still be on the stack.
    assert.ok(collected.length >= 9, `${collected}`)
    cache.close()
  })

  test('other caches are left alone, those made since too', () => {
    const other = new MemoryCache()
    other.set('a', 1)
    const cache = new MemoryCache()
    cache.set('a', 2)
    cache.close()
    const since = new MemoryCache()
    since.set('a', 3)
    cache.close()
    assert.deepEqual([other.get('a'), since.get('a')], [1, 3])
  })

  test('a fetch under way still answers all who wait, and stores nothing', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    const { promise, resolve } = deferred()
    const first = cache.getOrSet('key', () => promise)
    const second = cache.getOrSet('key', () => assert.fail('fetched twice'))
    const failing = cache.getOrSet('other', () =>
      promise.then(() => Promise.reject(new RangeError())),
    )
    take()
    cache.close()
    resolve('value')
    assert.deepEqual(await Promise.all([first, second]), ['value', 'value'])
    await assert.rejects(failing, RangeError)
    assert.deepEqual(take(), [])
  })

  test('every hook may close, and what it was called for ends in good order', async () => {
    for (const hook of HOOK_NAMES) {
      for (const options of [{}, { maxWeight: 2, sizeCalculation: () => 1 }]) {
        const cache = new MemoryCache({
          ...options,
          maxSize: 2,
          ttl: 100,
          hooks: { [hook]: () => cache.close() },
        })
        const since = []
        const calls = [
          () => cache.set('a', 1),
          () => cache.set('b', 1),
          () => cache.get('a'),
          () => cache.get('absent'),
          () => cache.set('c', 1),
          () => cache.set('d', 1),
          () => cache.delete('d'),
          () => cache.set('old', 1),
          () => clock.advance(101),
          () => cache.set('e', 1),
          () => cache.set('f', 1),
          () => cache.clear(),
        ]
        let closed = 0
        for (const call of calls) {
          try {
            call()
          } catch (error) {
            assert.equal(error.message, 'the cache is closed', error.stack)
            closed += 1
          }
          since.push(new MemoryCache())
          since.at(-1).set('a', 'other')
        }
        assert.ok(closed > 0 || hook === 'onDelete', hook)
        for (const other of since) assert.deepEqual(other.entries(), [['a', 'other']])
        cache.close()
        await assertClosed(cache)
      }
    }
  })

  test('what closes in the middle of a write has nothing stored', async () => {
    const closing = {
      sizeCalculation: (cache) => ({ maxWeight: 5, sizeCalculation: () => (cache().close(), 1) }),
      'a getter of hooks': (cache) => ({
        hooks: {
          get onEvict() {
            cache().close()
            return undefined
          },
        },
      }),
    }
    for (const [what, optionsFor] of Object.entries(closing)) {
      let done = false
      const cache = new MemoryCache(optionsFor(() => (done ? cache : { close() {} })))
      done = true
      cache.set('a', 1)
      await assertClosed(cache)
      assert.match(inspect(cache), /MemoryCache/, what)
    }
    const cache = new MemoryCache({ maxSize: 1 })
    Date.now = () => {
      cache.close()
      return 1
    }
    cache.set('a', 1)
    clock.install()
    await assertClosed(cache)
    const fetched = new MemoryCache({
      maxWeight: 5,
      sizeCalculation: () => (fetched.close(), 1),
    })
    assert.equal(await fetched.getOrSet('a', () => 'value'), 'value')
  })

  test('a walk may close: forEach goes on, a scan ends with the error', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    for (let i = 0; i < 1_000; i++) cache.set(`key:${i}`, i)
    const scan = cache.scan()
    scan.next()
    let seen = 0
    cache.forEach((_value, _key, same) => {
      seen += 1
      same.close()
    })
    assert.equal(seen, 1_000)
    assert.throws(() => [...scan], { message: 'the cache is closed' })
  })

  test('deferred hooks that wait still run', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks, hookDelivery: 'deferred' })
    cache.set('a', 1)
    const flushed = cache.flushHooks()
    cache.close()
    await flushed
    assert.deepEqual(
      take().map(([hook]) => hook),
      ['onSet'],
    )
  })

  test('a closed cache can be compared and printed, and closes through proxies', async () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    new Proxy(cache, {}).close()
    await assertClosed(cache)
    assert.deepEqual(cache, cache)
    assert.ok(inspect(cache).length > 0)
    const other = new MemoryCache()
    reactive(other).close()
    await assertClosed(other)
    await assertClosed(reactive(other))
    for (const receiver of [undefined, {}, 'text']) {
      assert.throws(() => MemoryCache.prototype.close.call(receiver), TypeError)
    }
    assert.equal(MemoryCache.prototype.close.length, 0)
  })
})
