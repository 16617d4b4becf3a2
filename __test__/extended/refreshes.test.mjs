// Who joins a fetch that renews what is still valid or kept, and which of these fetches count as failed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { deferred } from '../contract/support.mjs'
import { MemoryCache, clock, eachSetting, openWithHook, withClock } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

eachSetting('a fetch that renews an entry', ({ open }) => {
  const never = () => new Promise(() => {})

  /** A cache with a valid entry that a fetch of either kind is renewing. */
  async function renewing(fetcher, forced) {
    const { cache } = open({ ttl: 100, staleWhileRevalidate: 1_000 })
    cache.set('k', 'old')
    if (forced) {
      const outcome = cache.getOrSet('k', fetcher, { forceRefresh: true })
      outcome.catch(() => {})
      return cache
    }
    clock.advance(101)
    assert.equal(await cache.getOrSet('k', fetcher), 'old')
    cache.set('k', 'new')
    return cache
  }

  for (const forced of [true, false]) {
    const kind = forced ? 'that forceRefresh began' : 'in the background'
    test(`${kind} is not joined while there is a valid entry, which is a hit`, async () => {
      const expected = forced ? 'old' : 'new'
      for (const options of [undefined, {}, { staleIfError: 5 }, { timeout: 5 }]) {
        const cache = await renewing(never, forced)
        const { hits } = cache.getStats()
        assert.equal(await cache.getOrSet('k', noFetch, options), expected)
        assert.equal(cache.getStats().hits, hits + 1)
      }
    })

    test(`${kind} keeps its error from who needs no fetch`, async () => {
      const { promise, reject } = deferred()
      const cache = await renewing(() => promise, forced)
      const outcome = cache.getOrSet('k', noFetch)
      reject(new Error('of the refresh'))
      assert.equal(await outcome, forced ? 'old' : 'new')
    })

    test(`${kind} is joined by who finds nothing valid, uncounted, and by forceRefresh`, async () => {
      const { promise, resolve } = deferred()
      const cache = await renewing(() => promise, forced)
      const anew = cache.getOrSet('k', noFetch, { forceRefresh: true })
      cache.delete('k')
      const { misses } = cache.getStats()
      const joined = cache.getOrSet('k', noFetch)
      assert.equal(cache.getStats().misses, misses)
      resolve('fetched')
      assert.deepEqual(await Promise.all([anew, joined]), ['fetched', 'fetched'])
    })
  }

  test('because there was none is joined whatever was written meanwhile', async () => {
    const { cache } = open()
    const { promise, resolve } = deferred()
    const fetched = cache.getOrSet('k', () => promise)
    cache.set('k', 'written')
    const joined = cache.getOrSet('k', noFetch)
    resolve('fetched')
    assert.deepEqual(await Promise.all([fetched, joined]), ['fetched', 'fetched'])
  })
})

describe('refreshErrors', () => {
  withClock()

  async function refreshed(fetcher, t) {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const cache = new MemoryCache({ ttl: 100, staleWhileRevalidate: 1_000 })
    cache.set('k', 'old')
    clock.advance(101)
    assert.equal(await cache.getOrSet('k', fetcher, { timeout: 50 }), 'old')
    return cache
  }
  const strict = { staleWhileRevalidate: 0 }

  test('does not count a refresh that succeeds for another caller after its own time', async (t) => {
    const { promise, resolve } = deferred()
    const cache = await refreshed(() => promise, t)
    const outcome = cache.getOrSet('k', noFetch, strict)
    t.mock.timers.tick(50)
    await turn()
    resolve('new')
    assert.equal(await outcome, 'new')
    await turn()
    assert.deepEqual([cache.get('k'), cache.getMetrics().refreshErrors], ['new', 0])
  })

  test('counts one that fails then, once', async (t) => {
    const { promise, reject } = deferred()
    const cache = await refreshed(() => promise, t)
    const outcome = cache.getOrSet('k', noFetch, strict)
    t.mock.timers.tick(50)
    reject(new Error('no value'))
    await assert.rejects(outcome, /no value/)
    await turn()
    assert.equal(cache.getMetrics().refreshErrors, 1)
  })

  test('counts one that is given up when its time is over, or the last caller leaves, once', async (t) => {
    const { promise, reject } = deferred()
    const cache = await refreshed(() => promise, t)
    const controller = new AbortController()
    const outcome = cache.getOrSet('k', noFetch, { ...strict, signal: controller.signal })
    t.mock.timers.tick(50)
    await turn()
    assert.equal(cache.getMetrics().refreshErrors, 0)
    controller.abort()
    await assert.rejects(outcome, { name: 'AbortError' })
    assert.equal(cache.getMetrics().refreshErrors, 1)
    reject(new Error('too late'))
    await turn()
    assert.equal(cache.getMetrics().refreshErrors, 1)
  })
})

describe('a fetch that a hook of the miss has begun', () => {
  withClock()

  for (const [name, options] of [
    ['with options', {}],
    ['with a timeout', { timeout: 5 }],
    ['with staleIfError', { staleIfError: 5 }],
  ]) {
    test(`is joined by a call ${name}`, async () => {
      let misses = 0
      let inner
      const cache = openWithHook('onMiss', (own, { key }) => {
        if (++misses === 1) inner = own.getOrSet(key, async () => 'of the hook', {})
      })
      assert.equal(await cache.getOrSet('k', noFetch, options), 'of the hook')
      assert.equal(await inner, 'of the hook')
    })
  }

  test('is one more beside that of a call without options, as in the published package', async () => {
    let misses = 0
    let inner
    const cache = openWithHook('onMiss', (own, { key }) => {
      if (++misses === 1) inner = own.getOrSet(key, async () => 'of the hook')
    })
    assert.equal(await cache.getOrSet('k', async () => 'own'), 'own')
    assert.equal(await inner, 'of the hook')
  })
})
