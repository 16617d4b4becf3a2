// Callers of getOrSet that leave by an AbortSignal, what the fetcher hears of it, and what a fetch leaves
// behind.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createContext, runInContext } from 'node:vm'
import { deferred } from '../contract/support.mjs'
import { reactive } from '../contract/membranes.mjs'
import { KEYS, MemoryCache, clock, unhandledIn, withClock } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')
const reason = new Error('left')

/** A fetch under way, what its fetcher was told, and how to end it. */
function fetching(cache, options, key = 'k') {
  const { promise, resolve, reject } = deferred()
  let told
  const outcome = cache.getOrSet(
    key,
    (...context) => {
      told = context
      return promise
    },
    options,
  )
  return { outcome, resolve, reject, told: () => told, signal: () => told[0].signal }
}

describe('the fetcher', () => {
  withClock()

  test('is called with key, signal and stale exactly if the call has options', async () => {
    const cache = new MemoryCache({ staleIfError: 10 })
    const calls = []
    const note = (...context) => calls.push(context)
    await cache.getOrSet('plain', note)
    await cache.getOrSet('undefined', note, undefined)
    await cache.getOrSet('null', note, null)
    await cache.getOrSet('options', note, {})
    assert.deepEqual(
      calls.map(({ length }) => length),
      [0, 0, 0, 1],
    )
    const [context] = calls[3]
    assert.deepEqual(Object.keys(context), ['key', 'signal', 'stale'])
    assert.equal(context.key, 'options')
    assert.equal(context.stale, undefined)
    assert.ok(context.signal instanceof AbortSignal)
    assert.equal(context.signal, context.signal)
    assert.equal(context.signal.aborted, false)
  })

  test('is told any key as it is', async () => {
    const cache = new MemoryCache()
    for (const key of KEYS) assert.equal(await cache.getOrSet(key, (told) => told.key, {}), key)
  })

  test('is told what the cache still has of an entry that has expired, or of a valid one', async () => {
    const cache = new MemoryCache({ ttl: 100, staleIfError: 50 })
    const stale = (context) => context.stale
    cache.set('k', 'old')
    assert.equal(
      await cache.getOrSet('k', stale, { forceRefresh: true, shouldCache: () => false }),
      'old',
    )
    clock.advance(101)
    assert.equal(await cache.getOrSet('k', stale, { shouldCache: () => false }), 'old')
    clock.advance(50)
    assert.equal(await cache.getOrSet('k', stale, { shouldCache: () => false }), undefined)
  })

  test('needs no AbortController unless it asks for the signal', async () => {
    const genuine = globalThis.AbortController
    delete globalThis.AbortController
    try {
      assert.equal(await new MemoryCache().getOrSet('k', ({ key }) => key, { timeout: 10 }), 'k')
    } finally {
      globalThis.AbortController = genuine
    }
  })
})

describe('a caller that leaves by its signal', () => {
  test('rejects with the reason of the signal, and the fetch is aborted with it', async () => {
    const cache = new MemoryCache()
    const controller = new AbortController()
    const fetch = fetching(cache, { signal: controller.signal })
    const { signal } = fetch.told()[0]
    controller.abort(reason)
    assert.deepEqual([signal.aborted, signal.reason], [true, reason])
    await assert.rejects(fetch.outcome, reason)
  })

  test('is told so too if it asks for the signal later', async () => {
    const cache = new MemoryCache()
    const controller = new AbortController()
    const fetch = fetching(cache, { signal: controller.signal })
    controller.abort(reason)
    assert.deepEqual([fetch.signal().aborted, fetch.signal().reason], [true, reason])
    await assert.rejects(fetch.outcome, reason)
  })

  test('with a signal that is aborted already rejects before anything is read or counted', async () => {
    const events = []
    const hooks = { onMiss: () => events.push('miss'), onHit: () => events.push('hit') }
    const cache = new MemoryCache({ hooks })
    cache.set('there', 1)
    for (const key of ['there', 'absent']) {
      await assert.rejects(
        cache.getOrSet(key, noFetch, { signal: AbortSignal.abort(reason) }),
        reason,
      )
    }
    assert.deepEqual(events, [])
    assert.deepEqual([cache.getStats().hits, cache.getStats().misses], [0, 0])
    await assert.rejects(cache.getOrSet('k', noFetch, { signal: AbortSignal.abort() }), {
      name: 'AbortError',
    })
  })

  test('leaves alone: the others get the value, which is stored', async () => {
    const cache = new MemoryCache()
    const [one, two] = [new AbortController(), new AbortController()]
    const fetch = fetching(cache, { signal: one.signal })
    const joined = cache.getOrSet('k', noFetch, { signal: two.signal })
    one.abort(reason)
    await assert.rejects(fetch.outcome, reason)
    assert.equal(fetch.signal().aborted, false)
    fetch.resolve('value')
    assert.equal(await joined, 'value')
    assert.equal(cache.get('k'), 'value')
    two.abort(reason)
    assert.equal(fetch.signal().aborted, false)
  })

  test('last has the fetch aborted with its own reason', async () => {
    const cache = new MemoryCache()
    const controllers = [1, 2, 3].map(() => new AbortController())
    const [first, ...others] = controllers.map(({ signal }) => signal)
    const fetch = fetching(cache, { signal: first })
    const outcomes = [
      fetch.outcome,
      ...others.map((signal) => cache.getOrSet('k', noFetch, { signal })),
    ]
    const settled = Promise.allSettled(outcomes)
    for (const i of [1, 0, 2]) {
      assert.equal(fetch.signal().aborted, false)
      controllers[i].abort(i)
    }
    assert.equal(fetch.signal().reason, 2)
    assert.deepEqual(
      (await settled).map((outcome) => outcome.reason),
      [0, 1, 2],
    )
  })

  for (const first of ['that never leaves', 'that may leave']) {
    test(`does not end a fetch of a caller ${first}`, async () => {
      const cache = new MemoryCache()
      const controller = new AbortController()
      const mayLeave = { signal: controller.signal }
      const [own, others] = first === 'that never leaves' ? [{}, mayLeave] : [mayLeave, undefined]
      const fetch = fetching(cache, own)
      const joined = cache.getOrSet('k', noFetch, others)
      const settled = Promise.allSettled([fetch.outcome, joined])
      controller.abort(reason)
      assert.equal(fetch.signal().aborted, false)
      fetch.resolve('value')
      const outcomes = await settled
      assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
      assert.equal(cache.get('k'), 'value')
    })
  }

  test('last: what lands later is discarded, and who asks begins a new fetch', async () => {
    for (const lateFetch of ['store', 'discard']) {
      const asked = []
      const cache = new MemoryCache({ lateFetch })
      const controller = new AbortController()
      const late = fetching(cache, {
        signal: controller.signal,
        shouldCache: () => asked.push('shouldCache'),
      })
      controller.abort(reason)
      const anew = fetching(cache)
      await assert.rejects(late.outcome, reason)
      late.resolve('late')
      await turn()
      assert.equal(cache.has('k'), false)
      assert.deepEqual(asked, [])
      const joined = cache.getOrSet('k', noFetch)
      anew.resolve('new')
      assert.deepEqual(await Promise.all([anew.outcome, joined]), ['new', 'new'])
      assert.equal(cache.get('k'), 'new')
    }
  })

  test('leaves no unhandled rejection, however the fetch ends', async () => {
    const unhandled = await unhandledIn(async () => {
      for (const options of [{}, { staleIfError: 10 }, { staleWhileRevalidate: 10 }]) {
        const cache = new MemoryCache()
        const controller = new AbortController()
        const fetch = fetching(cache, { ...options, signal: controller.signal })
        controller.abort(reason)
        await assert.rejects(fetch.outcome, reason)
        fetch.reject(new Error('late'))
      }
    })
    assert.deepEqual(unhandled, [])
  })

  test('within its fetcher rejects, and the fetch is aborted', async () => {
    const cache = new MemoryCache()
    const controller = new AbortController()
    const told = []
    const outcome = cache.getOrSet(
      'k',
      (context) => {
        controller.abort(reason)
        told.push(context)
        return 'value'
      },
      { signal: controller.signal },
    )
    await assert.rejects(outcome, reason)
    await turn()
    assert.equal(told[0].signal.aborted, true)
    assert.equal(cache.has('k'), false)
  })

  test('in shouldCache or ttl, last, has nothing stored', async () => {
    for (const name of ['shouldCache', 'ttl']) {
      const cache = new MemoryCache()
      const controller = new AbortController()
      const abort = () => {
        controller.abort(reason)
        return 1
      }
      const outcome = cache.getOrSet('k', async () => 1, {
        [name]: abort,
        signal: controller.signal,
      })
      await assert.rejects(outcome, reason)
      await turn()
      assert.equal(cache.has('k'), false, name)
    }
  })

  test('leaves its cache to be used in the abort listener of the fetcher', async () => {
    const cache = new MemoryCache()
    const controller = new AbortController()
    let again
    const outcome = cache.getOrSet(
      'k',
      ({ signal }) => {
        signal.addEventListener('abort', () => {
          again = cache.getOrSet('k', () => 'again')
        })
        return new Promise(() => {})
      },
      { signal: controller.signal },
    )
    controller.abort(reason)
    await assert.rejects(outcome, reason)
    assert.equal(await again, 'again')
  })

  test('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController()
    const cache = new MemoryCache()
    await cache.getOrSet('a', async () => 1, { signal })
    await cache.getOrSet('a', noFetch, { signal })
    await assert.rejects(
      cache.getOrSet('b', () => Promise.reject(reason), { signal }),
      reason,
    )
    await assert.rejects(
      cache.getOrSet(
        'c',
        () => {
          throw reason
        },
        { signal },
      ),
      reason,
    )
    const other = new AbortController()
    const fetch = fetching(cache, { signal: other.signal })
    const joined = cache.getOrSet('k', noFetch, { signal })
    assert.equal(getEventListeners(signal, 'abort').length, 1)
    other.abort(reason)
    await assert.rejects(fetch.outcome, reason)
    fetch.resolve(1)
    await joined
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    assert.deepEqual(getEventListeners(other.signal, 'abort'), [])
  })

  test('may use a signal of another realm, or of a polyfill', async () => {
    const own = { aborted: false, listeners: new Set() }
    own.addEventListener = (_type, listener) => own.listeners.add(listener)
    own.removeEventListener = (_type, listener) => own.listeners.delete(listener)
    const context = createContext({ own })
    const signal = runInContext('Object.assign(Object.create(null), own)', context)
    const fetch = fetching(new MemoryCache(), { signal })
    Object.assign(signal, { aborted: true, reason })
    for (const listener of own.listeners) listener()
    await assert.rejects(fetch.outcome, reason)
    assert.equal(own.listeners.size, 0)
  })

  test('works behind a proxy', async () => {
    const cache = reactive(new MemoryCache())
    const controller = new AbortController()
    const fetch = fetching(cache, { signal: controller.signal })
    const joined = cache.getOrSet('k', noFetch)
    controller.abort(reason)
    await assert.rejects(fetch.outcome, reason)
    fetch.resolve('value')
    assert.equal(await joined, 'value')
    assert.equal(cache.get('k'), 'value')
  })

  test('may leave after clear and close: nothing is stored', async () => {
    for (const end of ['clear', 'close']) {
      const cache = new MemoryCache()
      const controller = new AbortController()
      const fetch = fetching(cache, { signal: controller.signal })
      cache[end]()
      controller.abort(reason)
      await assert.rejects(fetch.outcome, reason)
      assert.equal(fetch.signal().aborted, true)
      fetch.resolve('late')
      await turn()
      if (end === 'clear') assert.equal(cache.size(), 0)
    }
  })

  test('in a hook of its own miss rejects, and nothing is stored', async () => {
    const controller = new AbortController()
    const cache = new MemoryCache({ hooks: { onMiss: () => controller.abort(reason) } })
    const fetch = fetching(cache, { signal: controller.signal })
    await assert.rejects(fetch.outcome, reason)
    fetch.resolve('late')
    await turn()
    assert.equal(cache.has('k'), false)
  })
})

describe('options of getOrSet that make no sense', () => {
  const SIGNALS = [1, 'signal', true, {}, new AbortController(), { aborted: false }, () => {}]
  const DURATIONS = [-1, Number.NaN, -Infinity, '5', true, 5n, {}, Symbol('duration')]

  test('reject before anything is read, as called by the caller', async () => {
    const cache = new MemoryCache()
    for (const signal of SIGNALS) {
      const { message, stack } = await cache
        .getOrSet('k', noFetch, { signal })
        .catch((error) => error)
      assert.match(message, /^getOrSet: signal must be an AbortSignal, received /)
      assert.match(stack.split('\n')[1], /fetch-signals/)
    }
    for (const name of ['timeout', 'staleWhileRevalidate', 'staleIfError']) {
      for (const value of DURATIONS) {
        const error = await cache.getOrSet('k', noFetch, { [name]: value }).catch((e) => e)
        assert.ok(error instanceof TypeError)
        assert.match(error.message, new RegExp(`^getOrSet: ${name} must be a non-negative number`))
      }
    }
    assert.equal(cache.getStats().misses, 0)
  })

  test('are not there if they are undefined or null', async () => {
    const cache = new MemoryCache()
    for (const none of [undefined, null]) {
      const names = ['signal', 'timeout', 'staleWhileRevalidate', 'staleIfError', 'ttl']
      const options = Object.fromEntries(names.map((name) => [name, none]))
      assert.equal(await cache.getOrSet(String(none), () => 1, options), 1)
      assert.equal(cache.info(String(none)).ttl, 300_000)
    }
  })
})

describe('async contexts', () => {
  const requests = new AsyncLocalStorage()

  test('a fetcher runs in the context of who began it, and each waiter goes on in its own', async () => {
    const cache = new MemoryCache()
    const controller = new AbortController()
    const { promise, resolve } = deferred()
    const seen = []
    const wait = (name, options) =>
      requests.run(name, async () => {
        const fetcher = () => {
          seen.push(`fetch in ${requests.getStore()}`)
          return promise
        }
        await cache.getOrSet('k', fetcher, options).catch(() => {})
        seen.push(`${name} in ${requests.getStore()}`)
      })
    const { signal } = controller
    const waits = [wait('a', { signal }), wait('b', { timeout: 60_000 }), wait('c', {}), wait('d')]
    requests.run('aborter', () => controller.abort())
    await waits[0]
    requests.run('resolver', () => resolve(1))
    await Promise.all(waits)
    assert.deepEqual(seen.slice(0, 2), ['fetch in a', 'a in a'])
    assert.deepEqual(seen.slice(2).toSorted(), ['b in b', 'c in c', 'd in d'])
  })

  test(
    'no store is kept alive by a fetch that its caller has left',
    { skip: !globalThis.gc },
    async () => {
      const cache = new MemoryCache()
      const { promise, resolve } = deferred()
      const fetch = cache.getOrSet('k', () => promise)
      let left
      const stores = []
      const call = async () => {
        const controller = new AbortController()
        const store = { request: 1 }
        stores.push(new WeakRef(store))
        await requests.run(store, async () => {
          left = cache.getOrSet('k', noFetch, { signal: controller.signal, timeout: 60_000 })
          controller.abort(reason)
          await assert.rejects(left, reason)
        })
      }
      await call()
      left = undefined
      for (let i = 0; i < 10 && stores[0].deref() !== undefined; i++) {
        await turn()
        globalThis.gc()
      }
      assert.equal(stores[0].deref(), undefined)
      resolve(1)
      await fetch
    },
  )
})
