// checkInterval of MemoryCache: the owner's thread is woken and removes what has expired, a
// thousand entries a turn, for as long as the cache lives. Needs --expose-gc.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import { kState } from '../../lib/memory-cache/memory-cache.js'
import native from '../../lib/common/native.js'
import { mockClock, recorder, until, untilCollected } from './support.mjs'
import { runProgram } from './subprocess.mjs'

const MOST = 1_000

/** Entries held, without looking for expired ones. */
function held(cache) {
  return native.size(cache[kState].id)
}

function fill(cache, count) {
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, { i })
}

/** Blocks the thread until all that was written has expired. */
function blockFor(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

test('what the look-up of a hook throws in a check is nobody’s', async () => {
  let throwing = false
  let looked = 0
  const hooks = {
    get onExpire() {
      if (throwing && ++looked < 3) throw new Error('getter')
      return undefined
    },
  }
  const cache = new MemoryCache({ ttl: 1, checkInterval: 5, hooks })
  fill(cache, 3)
  throwing = true
  await until(() => held(cache) === 0)
})

test('expired entries are removed although nobody calls anything', async () => {
  for (const hooks of [undefined, {}, { onExpire() {} }]) {
    const cache = new MemoryCache({ ttl: 5, checkInterval: 2, hooks })
    fill(cache, 50)
    await until(() => held(cache) === 0)
    assert.equal(cache.getStats().expirations, 50)
  }
})

test('values are released', async () => {
  const cache = new MemoryCache({ ttl: 5, checkInterval: 2 })
  const reference = (() => {
    const value = {}
    cache.set('k', value)
    return new WeakRef(value)
  })()
  await untilCollected(() => reference.deref() === undefined)
  assert.equal(held(cache), 0)
})

test('onExpire is told with source prune, in order of expiry', async () => {
  const record = recorder()
  const cache = new MemoryCache({ ttl: 5, checkInterval: 2, hooks: record.hooks })
  fill(cache, 3)
  record.take()
  await until(() => record.count === 3)
  assert.deepEqual(
    record.take(),
    [0, 1, 2].map((i) => ['onExpire', { key: `key:${i}`, value: { i }, source: 'prune' }]),
  )
})

test('entries that have not expired stay', async () => {
  const cache = new MemoryCache({ ttl: 60_000, checkInterval: 1 })
  const witness = new MemoryCache({ ttl: 5, checkInterval: 1 })
  fill(cache, 10)
  fill(witness, 10)
  await until(() => held(witness) === 0)
  assert.equal(held(cache), 10)
})

for (const hooked of [true, false]) {
  test(`at most 1,000 entries go in one turn, ${hooked ? 'with' : 'without'} hooks`, async () => {
    const hooks = hooked ? { onExpire() {} } : undefined
    // So short an interval lets many checks fall due while the thread is busy.
    const cache = new MemoryCache({ maxSize: 0, ttl: 5, checkInterval: 1, hooks })
    const count = 20_000
    fill(cache, count)
    const sizes = [held(cache)]
    blockFor(60)
    for (let turns = 0; turns < 100_000 && sizes.at(-1) > 0; turns++) {
      await turn()
      sizes.push(held(cache))
    }
    assert.equal(sizes.at(-1), 0)
    for (let i = 1; i < sizes.length; i++) {
      const gone = sizes[i - 1] - sizes[i]
      assert.ok(gone <= MOST, `${gone} entries went in one turn`)
    }
  })
}

test('deferred hooks are told of checks as well', async () => {
  const record = recorder(['onExpire'])
  const options = { ttl: 5, checkInterval: 2, hookDelivery: 'deferred', hooks: record.hooks }
  const cache = new MemoryCache(options)
  fill(cache, 100)
  await until(() => record.count === 100)
  await cache.flushHooks()
  assert.equal(record.count, 100)
})

test('a hook that throws does not stop the checks', async () => {
  let count = 0
  const hooks = {
    onExpire() {
      count++
      throw new Error('thrown by a hook')
    },
  }
  const cache = new MemoryCache({ ttl: 5, checkInterval: 2, hooks })
  cache.set('a', 1)
  await until(() => count === 1)
  cache.set('b', 1)
  await until(() => count === 2)
})

test('under a mocked clock the checks go by it', async (t) => {
  const clock = mockClock(t)
  const record = recorder(['onExpire'])
  const cache = new MemoryCache({ ttl: 10, checkInterval: 1, hooks: record.hooks })
  const witness = new MemoryCache({ ttl: 5, checkInterval: 1 })
  cache.set('k', 1)
  clock.uninstall()
  witness.set('k', 1)
  clock.install()
  clock.now += 10
  for (let i = 0; i < 5; i++) await pause(2)
  assert.equal(record.count, 0)
  clock.now += 1
  await until(() => record.count === 1)
})

test('off by default: nothing is removed before somebody looks', async () => {
  const witness = new MemoryCache({ ttl: 5, checkInterval: 1 })
  for (const options of [
    {},
    { checkInterval: 0 },
    { checkInterval: null },
    { checkInterval: Infinity },
  ]) {
    const cache = new MemoryCache({ ttl: 5, ...options })
    cache.set('k', 1)
    fill(witness, 1)
    await until(() => held(witness) === 0)
    assert.equal(held(cache), 1)
  }
})

test('a cache that is being checked is collected like any other, and told no more', async () => {
  let calls = 0
  const open = () => {
    const cache = new MemoryCache({
      ttl: 60_000,
      checkInterval: 1,
      hooks: { onExpire: () => calls++ },
    })
    cache.set('k', 1)
    return new WeakRef(cache)
  }
  const reference = open()
  await untilCollected(() => reference.deref() === undefined)
  for (let i = 0; i < 5; i++) await pause(2)
  assert.equal(calls, 0)
})

test('a check of a bad interval is refused', () => {
  for (const [checkInterval, message] of [
    [-1, 'checkInterval must be a non-negative number'],
    [Number.NaN, 'checkInterval must be a non-negative number, received NaN'],
    ['5', "checkInterval must be a non-negative number, received '5'"],
    [true, 'checkInterval must be a non-negative number, received true'],
  ]) {
    assert.throws(
      () => new MemoryCache({ checkInterval }),
      (error) => {
        assert.ok(error instanceof CacheConfigError)
        assert.equal(error.message, message)
        return true
      },
    )
  }
})

describe('a process', () => {
  test('is not kept alive by checks', async () => {
    const source = `
      const { MemoryCache } = require('native-memory-cache')
      globalThis.cache = new MemoryCache({ maxSize: 0, ttl: 3, checkInterval: 1, hooks: { onExpire() {} } })
      for (let i = 0; i < 5_000; i++) cache.set('key:' + i, i)
      setTimeout(() => console.log('done'), 20)`
    const { code, stdout, stderr } = await runProgram(source)
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'done\n', stderr: '' })
  })

  test('that is idle removes all that has expired, not a thousand in each interval', async () => {
    // 80 intervals would be longer than the program may run.
    const source = `
      const { MemoryCache } = require('native-memory-cache')
      setTimeout(() => {}, 60_000)
      let left = 80_500
      const onExpire = () => { if (--left === 0) process.exit() }
      globalThis.cache = new MemoryCache({ maxSize: 0, ttl: 5, checkInterval: 300, hooks: { onExpire } })
      for (let i = 0; i < 80_500; i++) cache.set('key:' + i, i)`
    const { code, stderr } = await runProgram(source)
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  })
})
