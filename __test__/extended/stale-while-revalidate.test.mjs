// Values that getOrSet returns although they have expired, while a fetch in the background renews them.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { deferred } from '../contract/support.mjs'
import { MemoryCache, clock, eachSetting, openWithHook, withClock } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

eachSetting('staleWhileRevalidate', ({ hooked, open }) => {
  const late = (options, milliseconds = 30) => {
    const opened = open({ ttl: 100, staleWhileRevalidate: 30, ...options })
    opened.cache.set('k', 'old')
    clock.advance(100 + milliseconds)
    return opened
  }

  test('a value late by at most so much is returned at once, and renewed by one fetch', async () => {
    const { cache, events } = late({})
    await events()
    const { promise, resolve } = deferred()
    let fetches = 0
    const fetcher = () => {
      fetches++
      return promise
    }
    for (let i = 0; i < 3; i++) assert.equal(await cache.getOrSet('k', fetcher), 'old')
    assert.equal(fetches, 1)
    assert.equal(cache.getStats().misses, 3)
    const missed = [1, 2, 3].map(() => ['onMiss', { key: 'k', reason: 'expired' }])
    assert.deepEqual(await events(), hooked ? missed : [])
    resolve('new')
    await turn()
    assert.equal(cache.peek('k'), 'new')
    assert.equal(await cache.getOrSet('k', noFetch), 'new')
  })

  test('a value that is later is fetched and waited for', async () => {
    const { cache } = late({ staleIfError: 1_000 }, 31)
    assert.equal(await cache.getOrSet('k', async () => 'new'), 'new')
  })

  test('the option of a call goes before that of the cache', async () => {
    const strict = late({})
    assert.equal(await strict.cache.getOrSet('k', () => 'new', { staleWhileRevalidate: 0 }), 'new')
    const lenient = late({ staleWhileRevalidate: 0, staleIfError: 100 }, 80)
    const options = { staleWhileRevalidate: 80 }
    assert.equal(await lenient.cache.getOrSet('k', () => 'new', options), 'old')
    await turn()
    assert.equal(lenient.cache.peek('k'), 'new')
  })

  test('an error of the refresh reaches nobody and is counted, and the next call tries again', async () => {
    const { cache } = late({})
    const unhandled = []
    const note = (error) => unhandled.push(error)
    process.on('unhandledRejection', note)
    const failures = [
      () => Promise.reject(new Error('rejected')),
      () => {
        throw new Error('thrown')
      },
    ]
    for (const [i, fail] of failures.entries()) {
      assert.equal(await cache.getOrSet('k', fail), 'old')
      await turn()
      assert.equal(cache.getMetrics().refreshErrors, i + 1)
    }
    process.off('unhandledRejection', note)
    assert.deepEqual(unhandled, [])
    assert.equal(cache.info('k').value, 'old')
    cache.resetStats()
    assert.equal(cache.getMetrics().refreshErrors, 2)
  })

  test('who takes nothing stale joins the refresh, and gets its error', async () => {
    const { cache } = late({})
    const { promise, reject } = deferred()
    assert.equal(await cache.getOrSet('k', () => promise), 'old')
    const strict = cache.getOrSet('k', noFetch, { staleWhileRevalidate: 0 })
    const anew = cache.getOrSet('k', noFetch, { forceRefresh: true })
    reject(new Error('no value'))
    await assert.rejects(strict, /no value/)
    await assert.rejects(anew, /no value/)
    assert.equal(cache.getMetrics().refreshErrors, 1)
  })

  test('while anybody fetches, others get what is stale', async () => {
    const { cache } = late({})
    const { promise, resolve } = deferred()
    const strict = cache.getOrSet('k', () => promise, { staleWhileRevalidate: 0 })
    assert.equal(await cache.getOrSet('k', noFetch), 'old')
    resolve('new')
    assert.equal(await strict, 'new')
  })

  test('a refresh outlives the signal of the call that began it, and not its timeout', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { cache } = late({})
    const controller = new AbortController()
    let told
    const fetcher = (context) => {
      told = context
      return new Promise(() => {})
    }
    const options = { signal: controller.signal, timeout: 100 }
    assert.equal(await cache.getOrSet('k', fetcher, options), 'old')
    assert.deepEqual([told.key, told.stale], ['k', 'old'])
    const { signal } = told
    controller.abort()
    assert.equal(signal.aborted, false)
    t.mock.timers.tick(100)
    assert.equal(signal.reason.name, 'TimeoutError')
    await turn()
    assert.equal(cache.getMetrics().refreshErrors, 1)
    assert.equal(await cache.getOrSet('k', () => 'new'), 'old')
    await turn()
    assert.equal(cache.peek('k'), 'new')
  })

  test('a refresh that stores nothing leaves the old value as it is', async () => {
    const { cache } = late({})
    assert.equal(await cache.getOrSet('k', () => 'new', { shouldCache: () => false }), 'old')
    await turn()
    assert.equal(cache.info('k').value, 'old')
    assert.equal(cache.getMetrics().refreshErrors, 0)
  })

  test('what is written or removed during a refresh is overwritten, or stays with lateFetch: discard', async () => {
    for (const lateFetch of ['store', 'discard']) {
      for (const change of ['set', 'delete', 'clear', 'take']) {
        const { cache } = late({ lateFetch })
        const { promise, resolve } = deferred()
        assert.equal(await cache.getOrSet('k', () => promise), 'old')
        cache[change]('k', 'written')
        const expected = lateFetch === 'store' ? 'late' : change === 'set' ? 'written' : undefined
        resolve('late')
        await turn()
        assert.equal(cache.peek('k'), expected, `${lateFetch} ${change}`)
      }
    }
  })

  test('a refresh that ends after close does nothing', async () => {
    const { cache } = late({})
    const { promise, resolve } = deferred()
    assert.equal(await cache.getOrSet('k', () => promise), 'old')
    cache.close()
    resolve('late')
    await turn()
    assert.throws(() => cache.get('k'), /closed/)
  })

  test('forceRefresh waits for what is fetched', async () => {
    const { cache } = late({})
    assert.equal(await cache.getOrSet('k', async () => 'new', { forceRefresh: true }), 'new')
  })
})

describe('a background refresh', () => {
  withClock()

  test('runs in the context of the call that began it, and may read its own key', async () => {
    const cache = new MemoryCache({ ttl: 100, staleWhileRevalidate: 30 })
    const requests = new AsyncLocalStorage()
    cache.set('k', 'old')
    clock.advance(110)
    const seen = []
    const fetcher = async () => {
      seen.push(requests.getStore())
      await turn()
      seen.push(await cache.getOrSet('k', noFetch))
      return 'new'
    }
    assert.equal(await requests.run('request', () => cache.getOrSet('k', fetcher)), 'old')
    await turn()
    await turn()
    assert.deepEqual(seen, ['request', 'old'])
    assert.equal(cache.peek('k'), 'new')
  })

  test('that a hook of its miss has begun is the only one', async () => {
    let fetches = 0
    const fetcher = () => {
      fetches++
      return new Promise(() => {})
    }
    let inner
    let misses = 0
    const cache = openWithHook(
      'onMiss',
      (own, { key }) => {
        if (++misses === 1) inner = own.getOrSet(key, fetcher)
      },
      { ttl: 100, staleWhileRevalidate: 30 },
    )
    cache.set('k', 'old')
    clock.advance(110)
    assert.equal(await cache.getOrSet('k', fetcher), 'old')
    assert.equal(await inner, 'old')
    assert.equal(fetches, 1)
  })
})
