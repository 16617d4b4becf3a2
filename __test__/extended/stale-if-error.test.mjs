// Values that getOrSet returns although they have expired because a fetch has failed or taken too long.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { deferred } from '../contract/support.mjs'
import { clock, eachSetting } from './support.mjs'

const fail = async () => {
  throw new Error('no value')
}

eachSetting('staleIfError', ({ open }) => {
  const late = (options = {}, milliseconds = 50) => {
    const { cache } = open({ ttl: 100, staleIfError: 50, ...options })
    cache.set('k', 'old')
    clock.advance(100 + milliseconds)
    return cache
  }

  test('a value late by at most so much is returned if the fetch fails', async () => {
    const cache = late()
    const failThrowing = () => {
      throw new Error('no value')
    }
    assert.equal(await cache.getOrSet('k', fail), 'old')
    assert.equal(await cache.getOrSet('k', failThrowing), 'old')
    assert.equal(await cache.getOrSet('k', () => 1, { shouldCache: failThrowing }), 'old')
    assert.equal(cache.getMetrics().refreshErrors, 0)
    assert.equal(await cache.getOrSet('k', () => 'new'), 'new')
  })

  test('a value that is later, or none, rejects with the error', async () => {
    for (const cache of [late({}, 51), late({ staleWhileRevalidate: 10, staleIfError: 5 }, 11)]) {
      await assert.rejects(cache.getOrSet('k', fail), /no value/)
      await assert.rejects(cache.getOrSet('absent', fail), /no value/)
    }
  })

  test('lateness counts when the fetch fails', async () => {
    for (const [passes, expected] of [
      [10, 'old'],
      [11, undefined],
    ]) {
      const cache = late({}, 40)
      const { promise, reject } = deferred()
      const outcome = cache.getOrSet('k', () => promise)
      clock.advance(passes)
      reject(new Error('no value'))
      assert.equal(await outcome.catch(() => undefined), expected)
    }
  })

  test('a valid value is returned if forceRefresh fails, and not without the option', async () => {
    const cache = late({}, -50)
    assert.equal(await cache.getOrSet('k', fail, { forceRefresh: true }), 'old')
    const options = { forceRefresh: true, staleIfError: 0 }
    await assert.rejects(cache.getOrSet('k', fail, options), /no value/)
  })

  test('what was written meanwhile is returned', async () => {
    const cache = late()
    const { promise, reject } = deferred()
    const outcome = cache.getOrSet('k', () => promise)
    cache.set('k', 'written')
    reject(new Error('no value'))
    assert.equal(await outcome, 'written')
  })

  test('what was removed meanwhile is not', async () => {
    for (const end of ['delete', 'clear', 'close']) {
      const cache = late()
      const { promise, reject } = deferred()
      const outcome = cache.getOrSet('k', () => promise)
      cache[end]('k')
      reject(new Error('no value'))
      await assert.rejects(outcome, /no value/, end)
    }
  })

  test('the option of each caller counts for it alone', async () => {
    const cache = late()
    const { promise, reject } = deferred()
    const outcomes = Promise.allSettled([
      cache.getOrSet('k', () => promise),
      cache.getOrSet('k', () => promise, { staleIfError: 49 }),
      cache.getOrSet('k', () => promise, { staleIfError: Infinity, timeout: 60_000 }),
    ])
    reject(new Error('no value'))
    const found = (await outcomes).map(({ value, reason }) => value ?? reason.message)
    assert.deepEqual(found, ['old', 'no value', 'old'])
  })

  test('a caller whose time is over gets it, and the fetch is aborted all the same', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const cache = late()
    let signal
    const fetcher = (told) => {
      signal = told.signal
      return new Promise(() => {})
    }
    const outcome = cache.getOrSet('k', fetcher, { timeout: 100 })
    t.mock.timers.tick(100)
    assert.equal(await outcome, 'old')
    assert.equal(signal.reason.name, 'TimeoutError')
  })

  test('a caller that leaves by its signal rejects', async () => {
    const cache = late()
    const controller = new AbortController()
    const { promise, reject } = deferred()
    const options = { signal: controller.signal }
    const outcome = cache.getOrSet('k', () => promise, options)
    controller.abort(new Error('left'))
    reject(new Error('no value'))
    await assert.rejects(outcome, /left/)
  })

  test('no rejection is left unhandled', async () => {
    const unhandled = []
    const note = (error) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const cache = late()
    await cache.getOrSet('k', fail)
    await cache.getOrSet('k', fail, {})
    await cache.getOrSet('k', fail, { timeout: 60_000 })
    await turn()
    await turn()
    process.off('unhandledRejection', note)
    assert.deepEqual(unhandled, [])
  })

  test('a value that is a promise, undefined or null is a value', async () => {
    for (const value of [undefined, null, 0, '']) {
      const { cache } = open({ ttl: 100, staleIfError: 50 })
      cache.set('k', value)
      clock.advance(120)
      assert.equal(await cache.getOrSet('k', fail), value)
    }
  })
})
