// Callers of getOrSet that leave, by a signal or after a time, within a thread and across threads: who goes on
// waiting is answered, and with the last one the fetch is over.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'
import { openFetcher } from './fetch-workers.mjs'
import { deferred, mockClock, openShared, recorder, until, untilCollected } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

/** A fetch of this thread that the test settles. */
function controlled() {
  const gate = deferred()
  const fetch = { ...gate, calls: 0, signal: undefined }
  fetch.fetcher = (told) => {
    fetch.calls++
    // So that it exists before anybody leaves.
    fetch.signal = told?.signal
    return gate.promise
  }
  return fetch
}

const flightsOf = (cache) => cache.getMetrics().flights

test('a caller that leaves is rejected with the reason of its signal, and the fetch is over', async (t) => {
  const cache = openShared(t)
  const own = new AbortController()
  const led = controlled()
  const call = cache.getOrSet('k', led.fetcher, { signal: own.signal })
  const reason = new Error('enough')
  own.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  assert.equal(led.signal.aborted, true)
  assert.equal(led.signal.reason, reason)
  assert.equal(flightsOf(cache), 0)
  // Who asks from then on starts a new one, and what lands late is nobody's.
  const next = cache.getOrSet('k', () => 'new')
  led.resolve('late')
  assert.equal(await next, 'new')
  await turn()
  assert.equal(cache.get('k'), 'new')
  assert.equal(led.calls, 1)
})

test('a signal that is aborted already rejects before anything is read, counted or fetched', async (t) => {
  const record = recorder()
  const cache = openShared(t, { hooks: record.hooks })
  const reason = { why: 'no error' }
  const signal = AbortSignal.abort(reason)
  await assert.rejects(cache.getOrSet('k', noFetch, { signal }), (error) => error === reason)
  const { hits, misses } = cache.getStats()
  assert.deepEqual({ hits, misses }, { hits: 0, misses: 0 })
  assert.deepEqual(record.take(), [])
})

test('a time that is over rejects with a TimeoutError and aborts the fetch with it', async (t) => {
  const cache = openShared(t)
  const led = controlled()
  await assert.rejects(cache.getOrSet('k', led.fetcher, { timeout: 1 }), { name: 'TimeoutError' })
  assert.equal(led.signal.reason.name, 'TimeoutError')
  led.reject(new Error('late, and nobody hears of it'))
  await turn()
  assert.equal(cache.has('k'), false)
  assert.equal(flightsOf(cache), 0)
})

test('of several callers of one handle each leaves alone', async (t) => {
  const cache = openShared(t)
  const led = controlled()
  const [first, second] = [new AbortController(), new AbortController()]
  const calls = [
    cache.getOrSet('k', led.fetcher, { signal: first.signal }),
    cache.getOrSet('k', noFetch, { signal: second.signal }),
    cache.getOrSet('k', noFetch, { timeout: 60_000 }),
  ]
  first.abort()
  await assert.rejects(calls[0], { name: 'AbortError' })
  second.abort()
  await assert.rejects(calls[1], { name: 'AbortError' })
  assert.equal(led.signal.aborted, false)
  led.resolve('value')
  assert.equal(await calls[2], 'value')
  assert.equal(cache.get('k'), 'value')
})

test('a caller without signal and timeout never leaves, whoever it waits for', async (t) => {
  for (const sameHandle of [true, false]) {
    const cache = openShared(t)
    const other = sameHandle ? cache : openShared(t, { name: cache.name })
    const led = controlled()
    const controller = new AbortController()
    const leader = cache.getOrSet('k', led.fetcher, { signal: controller.signal })
    const call = other.getOrSet('k', noFetch)
    controller.abort()
    await assert.rejects(leader, { name: 'AbortError' })
    await turn()
    assert.equal(led.signal.aborted, false)
    led.resolve('value')
    assert.equal(await call, 'value')
    assert.equal(cache.get('k'), 'value')
  }
})

test('what was left can be joined again while others wait, by the handle that fetches too', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const led = controlled()
  const [first, second] = [new AbortController(), new AbortController()]
  const leader = cache.getOrSet('k', led.fetcher, { signal: first.signal })
  const waiter = other.getOrSet('k', noFetch, { signal: second.signal })
  first.abort()
  await assert.rejects(leader)
  const again = cache.getOrSet('k', noFetch)
  second.abort()
  await assert.rejects(waiter)
  await turn()
  assert.equal(led.signal.aborted, false)
  led.resolve('value')
  assert.equal(await again, 'value')
})

test('of two threads one leaves, and the other gets the value', async (t) => {
  for (const leaderLeaves of [true, false]) {
    const cache = openShared(t)
    const threads = await Promise.all([1, 2].map(() => openFetcher(t, { name: cache.name })))
    const [leader, waiter] = threads
    const led = await leader.begin('k', { leaves: true })
    const waited = await waiter.begin('k', { leaves: true })
    const [leaving, left] = leaderLeaves ? [leader, led] : [waiter, waited]
    const [staying, stayed] = leaderLeaves ? [waiter, waited] : [leader, led]
    await leaving.abort(left, 'enough')
    await assert.rejects(leaving.outcome(left), { message: 'enough' })
    assert.equal((await leader.seen(led)).aborted, false)
    await leader.settle(led, { value: { a: 1 } })
    assert.deepEqual(await staying.outcome(stayed), { a: 1 })
    assert.deepEqual(cache.get('k'), { a: 1 })
    assert.equal((await waiter.seen(waited)).fetches, 0)
    assert.equal(flightsOf(cache), 0)
  }
})

for (const order of ['leader first', 'waiter first']) {
  test(`both of two threads leave, ${order}: the signal of the leader is aborted with the last reason`, async (t) => {
    const cache = openShared(t)
    const [leader, waiter] = await Promise.all(
      [1, 2].map(() => openFetcher(t, { name: cache.name })),
    )
    const led = await leader.begin('k', { leaves: true })
    const waited = await waiter.begin('k', { leaves: true })
    const leave = {
      leader: () => leader.abort(led, 'the leader left'),
      waiter: () => waiter.abort(waited, 'the waiter left'),
    }
    const [first, last] = order === 'leader first' ? ['leader', 'waiter'] : ['waiter', 'leader']
    await leave[first]()
    assert.equal((await leader.seen(led)).aborted, false)
    await leave[last]()
    await until(async () => (await leader.seen(led)).aborted)
    const { reason } = await leader.seen(led)
    assert.equal(reason.message, `the ${last} left`)
    assert.equal(flightsOf(cache), 0)
    // What lands late is not stored, over what is newer neither.
    const next = cache.getOrSet('k', () => 'new')
    await leader.settle(led, { value: 'late' })
    assert.equal(await next, 'new')
    await leader.call('getMetrics')
    assert.equal(cache.get('k'), 'new')
    const seen = [await leader.seen(led), await waiter.seen(waited)]
    assert.deepEqual(
      seen.map(({ unhandled }) => unhandled),
      [0, 0],
    )
  })
}

test('a timeout in a worker that waits for this thread, the last one, aborts the fetch here', async (t) => {
  const cache = openShared(t)
  const thread = await openFetcher(t, { name: cache.name })
  const led = controlled()
  const controller = new AbortController()
  const own = cache.getOrSet('k', led.fetcher, { signal: controller.signal })
  // Long enough for this thread to leave before it, also on a busy machine.
  const waited = await thread.begin('k', { timeout: 300 })
  controller.abort()
  await assert.rejects(own, { name: 'AbortError' })
  await assert.rejects(thread.outcome(waited), {
    message: /^getOrSet: there is no value of .k. after 300 ms$/,
  })
  await until(() => led.signal.aborted)
  assert.equal(led.signal.reason.name, 'TimeoutError')
  assert.equal((await thread.seen(waited)).fetches, 0)
})

test('a worker that is terminated while it waits has left', async (t) => {
  const cache = openShared(t)
  const thread = await openFetcher(t, { name: cache.name })
  const led = controlled()
  const controller = new AbortController()
  const own = cache.getOrSet('k', led.fetcher, { signal: controller.signal })
  await thread.begin('k', { leaves: true })
  controller.abort()
  await assert.rejects(own, { name: 'AbortError' })
  await turn()
  assert.equal(led.signal.aborted, false)
  await thread.worker.terminate()
  await until(() => led.signal.aborted)
  assert.equal(led.signal.reason.name, 'AbortError')
  assert.equal(flightsOf(cache), 0)
})

test('a worker that is terminated while it leads: who waits takes over, and can leave then', async (t) => {
  const cache = openShared(t)
  const thread = await openFetcher(t, { name: cache.name })
  await thread.begin('k', { leaves: true })
  const led = controlled()
  const controller = new AbortController()
  const own = cache.getOrSet('k', led.fetcher, { signal: controller.signal })
  await thread.worker.terminate()
  await until(() => led.calls === 1)
  controller.abort()
  await assert.rejects(own, { name: 'AbortError' })
  assert.equal(led.signal.aborted, true)
  assert.equal(flightsOf(cache), 0)
})

test('who left before a flight was passed on to it leads nothing', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const thread = await openFetcher(t, { name: cache.name })
  await thread.begin('k')
  const controller = new AbortController()
  const left = cache.getOrSet('k', noFetch, { signal: controller.signal })
  const call = other.getOrSet('k', () => 'mine')
  controller.abort()
  await assert.rejects(left, { name: 'AbortError' })
  await thread.worker.terminate()
  assert.equal(await call, 'mine')
  assert.equal(flightsOf(cache), 0)
})

test('a handle that is closed, or a store that is destroyed, leaves nobody waiting', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const led = controlled()
  const controller = new AbortController()
  const own = cache.getOrSet('k', led.fetcher, { signal: controller.signal })
  const waiting = new AbortController()
  const waited = other.getOrSet('k', noFetch, { signal: waiting.signal })
  cache.close()
  other.close()
  waiting.abort()
  await assert.rejects(waited, { name: 'AbortError' })
  controller.abort()
  await assert.rejects(own, { name: 'AbortError' })
  assert.equal(led.signal.aborted, true)

  const store = openShared(t)
  const joined = openShared(t, { name: store.name })
  const flight = controlled()
  const last = new AbortController()
  const leader = store.getOrSet('k', flight.fetcher, { signal: last.signal })
  const follower = joined.getOrSet('k', noFetch, { timeout: 60_000 })
  SharedMemoryCache.destroy(store.name)
  await assert.rejects(follower, /was destroyed/)
  last.abort()
  await assert.rejects(leader, { name: 'AbortError' })
  assert.equal(flight.signal.aborted, true)
})

test('the listener on a long-lived signal is removed with the end of the last wait', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const listeners = new Set()
  const signal = {
    aborted: false,
    addEventListener: (_type, listener) => listeners.add(listener),
    removeEventListener: (_type, listener) => listeners.delete(listener),
  }
  const led = controlled()
  const calls = [
    cache.getOrSet('k', led.fetcher, { signal }),
    cache.getOrSet('k', noFetch, { signal }),
    other.getOrSet('k', noFetch, { signal }),
  ]
  assert.equal(listeners.size, 1)
  led.resolve(1)
  await Promise.all(calls)
  assert.equal(listeners.size, 0)
})

test('a fetcher is told of key and signal only where the call has options', async (t) => {
  const cache = openShared(t)
  let told
  const note = (...args) => void (told = args)
  await cache.getOrSet('a', note)
  assert.deepEqual(told, [])
  await cache.getOrSet('b', note, undefined)
  assert.deepEqual(told, [])
  await cache.getOrSet('c\ud800', note, {})
  const [{ key, signal, stale }] = told
  assert.deepEqual([key, signal.aborted, stale], ['c\ud800', false, undefined])
})

test('a signal or a time that is none rejects before anything is done', async (t) => {
  const cache = openShared(t)
  for (const signal of [1, 'x', {}, new EventTarget()]) {
    await assert.rejects(cache.getOrSet('k', noFetch, { signal }), {
      name: 'TypeError',
      message: /^getOrSet: signal must be an AbortSignal, received /,
    })
  }
  for (const name of ['timeout', 'staleWhileRevalidate', 'staleIfError']) {
    for (const value of [-1, Number.NaN, '5', {}]) {
      await assert.rejects(cache.getOrSet('__proto__', noFetch, { [name]: value }), {
        name: 'TypeError',
        message: new RegExp(`^getOrSet: ${name} must be a non-negative number, received `),
      })
    }
  }
  assert.equal(cache.getStats().misses, 0)
  assert.equal(flightsOf(cache), 0)
})

test('within a hook, behind a proxy and from a detached context getOrSet works with options', async (t) => {
  let nested
  const cache = openShared(t, {
    hooks: {
      onMiss({ key }) {
        if (key === 'outer') nested = cache.getOrSet('inner', () => 'in', { timeout: 60_000 })
      },
    },
  })
  assert.equal(await cache.getOrSet('outer', () => 'out', { timeout: 60_000 }), 'out')
  assert.equal(await nested, 'in')
  const proxy = new Proxy(cache, {})
  assert.equal(await proxy.getOrSet('p', () => 1, { timeout: 60_000 }), 1)
  cache.close()
  await assert.rejects(cache.getOrSet('k', noFetch, { timeout: 5 }), /is closed|was closed/)
})

test('fetchers run in the context of their caller, and every caller goes on in its own', async (t) => {
  const requests = new AsyncLocalStorage()
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const thread = await openFetcher(t, { name: cache.name })
  await thread.begin('k')
  const led = controlled()
  let context
  const fetcher = (told) => {
    context = requests.getStore()
    return led.fetcher(told)
  }
  const call = async (handle, options) => {
    await handle.getOrSet('k', fetcher, options).catch(() => {})
    return requests.getStore()
  }
  const calls = [
    requests.run('first', call, cache, { timeout: 60_000 }),
    requests.run('second', call, other, { timeout: 60_000 }),
    requests.run('third', call, other, { timeout: 1 }),
  ]
  assert.equal(await calls[2], 'third')
  await thread.worker.terminate()
  await until(() => led.calls === 1)
  assert.equal(context, 'first')
  led.resolve(1)
  assert.deepEqual(await Promise.all(calls), ['first', 'second', 'third'])
})

test('who has left is kept by nothing, however long the fetch and the signal live', async (t) => {
  const requests = new AsyncLocalStorage()
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const pending = cache.getOrSet('k', () => new Promise(() => {}))
  const { signal } = new AbortController()
  const leave = async (handle) => {
    const request = { of: 'a request' }
    const call = requests.run(request, () => handle.getOrSet('k', noFetch, { signal, timeout: 1 }))
    await assert.rejects(call, { name: 'TimeoutError' })
    return new WeakRef(request)
  }
  const left = [await leave(cache), await leave(other)]
  await untilCollected(() => left.every((request) => request.deref() === undefined))
  assert.equal(flightsOf(cache), 1)
  assert.ok(pending instanceof Promise)
})

test('times go by the timers that there are when the call is made', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const led = controlled()
  const calls = [
    cache.getOrSet('k', led.fetcher, { timeout: 1_000 }),
    other.getOrSet('k', noFetch, { timeout: 3_000 }),
  ]
  const rejected = calls.map((call) => assert.rejects(call, { name: 'TimeoutError' }))
  t.mock.timers.tick(1_000)
  await rejected[0]
  assert.equal(led.signal.aborted, false)
  t.mock.timers.tick(2_000)
  await rejected[1]
  await until(() => led.signal.aborted)
})

test('a Date.now that was replaced decides what is late, and any object may be the reason', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10, staleWhileRevalidate: 50 })
  cache.set('k', 'old')
  clock.now += 60
  assert.equal(await cache.getOrSet('k', () => new Promise(() => {})), 'old')
  clock.now += 1
  const other = openShared(t, { name: cache.name })
  for (const reason of [{ toJSON: noFetch }, 0, null, Symbol('no clone')]) {
    const controller = new AbortController()
    const calls = [cache, other].map((handle) =>
      handle.getOrSet('k', noFetch, { signal: controller.signal }),
    )
    const rejected = calls.map((call) => assert.rejects(call, (error) => Object.is(error, reason)))
    controller.abort(reason)
    await Promise.all(rejected)
  }
})

test('what the thread of a leader hears too late does no harm', async (t) => {
  const cache = openShared(t)
  const thread = await openFetcher(t, { name: cache.name })
  const led = controlled()
  const controller = new AbortController()
  const own = cache.getOrSet('k', led.fetcher, { signal: controller.signal })
  const waited = await thread.begin('k', { leaves: true })
  controller.abort()
  await assert.rejects(own)
  await thread.abort(waited, 'the last')
  // The flight is over now, natively; that it is may have been heard of here or not.
  const next = cache.getOrSet('k', () => 'new')
  led.resolve('late')
  assert.equal(await next, 'new')
  await turn()
  assert.equal(cache.get('k'), 'new')
  assert.equal(flightsOf(cache), 0)
})
