// Callers of getOrSet that wait for so long and no longer. Time is node:test's.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { deferred } from '../contract/support.mjs'
import { KEYS, MemoryCache } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

function mockTime(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 })
  return (milliseconds) => t.mock.timers.tick(milliseconds)
}

/** How many timers are set and cleared. */
function countTimers(t) {
  const counts = { set: 0, cleared: 0 }
  const { setTimeout, clearTimeout } = globalThis
  t.after(() => Object.assign(globalThis, { setTimeout, clearTimeout }))
  globalThis.setTimeout = (...args) => {
    counts.set++
    return setTimeout(...args)
  }
  globalThis.clearTimeout = (...args) => {
    counts.cleared++
    return clearTimeout(...args)
  }
  return counts
}

test('a caller whose time is over rejects with a TimeoutError, and the fetch is aborted with it', async (t) => {
  const tick = mockTime(t)
  for (const key of KEYS) {
    const cache = new MemoryCache()
    let signal
    const outcome = cache.getOrSet(
      key,
      (told) => {
        signal = told.signal
        return new Promise(() => {})
      },
      { timeout: 100 },
    )
    tick(99)
    assert.equal(signal.aborted, false)
    tick(1)
    assert.equal(signal.aborted, true)
    const error = await outcome.catch((reason) => reason)
    assert.equal(error, signal.reason)
    assert.ok(error instanceof Error)
    assert.equal(error.name, 'TimeoutError')
    assert.match(error.message, /^getOrSet: there is no value of .* after 100 ms$/)
    assert.match(error.stack, /^TimeoutError: /)
    assert.equal(cache.size(), 0)
  }
})

test('a value in time clears the timer, and so does a failure, and who leaves otherwise', async (t) => {
  const counts = countTimers(t)
  const cache = new MemoryCache()
  assert.equal(await cache.getOrSet('value', async () => 1, { timeout: 1_000 }), 1)
  await assert.rejects(
    cache.getOrSet('k', () => Promise.reject(new Error('no')), { timeout: 1_000 }),
  )
  const controller = new AbortController()
  const left = cache.getOrSet('k', () => new Promise(() => {}), {
    timeout: 1_000,
    signal: controller.signal,
  })
  controller.abort()
  await assert.rejects(left, { name: 'AbortError' })
  assert.deepEqual(counts, { set: 3, cleared: 3 })
})

test('a hit, and a fetcher that throws at once, need no timer', async (t) => {
  const counts = countTimers(t)
  const cache = new MemoryCache()
  cache.set('k', 1)
  assert.equal(await cache.getOrSet('k', noFetch, { timeout: 1_000 }), 1)
  const fail = () => {
    throw new Error('no')
  }
  await assert.rejects(cache.getOrSet('other', fail, { timeout: 1_000 }), /no/)
  assert.equal(counts.set, 0)
})

test('0, Infinity and times that timers cannot count mean as long as it takes', async (t) => {
  const counts = countTimers(t)
  for (const timeout of [0, Infinity, 2 ** 31, Number.MAX_VALUE]) {
    const { promise, resolve } = deferred()
    const outcome = new MemoryCache().getOrSet('k', () => promise, { timeout })
    resolve(1)
    assert.equal(await outcome, 1)
  }
  assert.equal(counts.set, 0)
})

test('each caller has its own time: the fetch goes on while somebody waits', async (t) => {
  const tick = mockTime(t)
  const cache = new MemoryCache()
  const { promise, resolve } = deferred()
  let signal
  const first = cache.getOrSet(
    'k',
    (told) => {
      signal = told.signal
      return promise
    },
    { timeout: 100 },
  )
  const second = cache.getOrSet('k', noFetch, { timeout: 200 })
  tick(100)
  await assert.rejects(first, { name: 'TimeoutError' })
  assert.equal(signal.aborted, false)
  resolve('value')
  assert.equal(await second, 'value')
  assert.equal(cache.get('k'), 'value')
  tick(1_000)
  assert.equal(signal.aborted, false)
})

test('what lands after the time of the last is discarded, and who asks then begins anew', async (t) => {
  const tick = mockTime(t)
  const cache = new MemoryCache()
  const late = deferred()
  const first = cache.getOrSet('k', () => late.promise, { timeout: 100 })
  tick(100)
  await assert.rejects(first, { name: 'TimeoutError' })
  const { promise, resolve } = deferred()
  const second = cache.getOrSet('k', () => promise, { timeout: 100 })
  late.resolve('late')
  await late.promise
  await turn()
  assert.equal(cache.peek('k'), undefined)
  resolve('in time')
  assert.equal(await second, 'in time')
  assert.equal(cache.peek('k'), 'in time')
})

test('a timer is that of the call: clocks that are replaced meanwhile do no harm', async (t) => {
  const cache = new MemoryCache()
  const { promise, resolve } = deferred()
  const outcome = cache.getOrSet('k', () => promise, { timeout: 60_000 })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  resolve(1)
  assert.equal(await outcome, 1)
})
