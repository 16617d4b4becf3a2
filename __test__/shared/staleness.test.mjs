// What has expired and is kept for getOrSet: served while somebody fetches it anew, in place of errors, and
// seen by nothing else. Under a clock of the test's, or written long ago and read by threads of today.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { CacheConfigError, SharedMemoryCache } from 'native-memory-cache'
import { openFetcher } from './fetch-workers.mjs'
import { deferred, freshName, mockClock, openShared, recorder, until } from './support.mjs'
import { openRemote } from './workers.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')
const HOUR = 3_600_000

/** A handle whose 'k' has expired some seconds ago, by the clock of all threads. */
function openExpired(t, options) {
  const cache = openShared(t, { ttl: 5_000, ...options })
  const clock = mockClock(t, Date.now() - 10_000)
  cache.set('k', { v: 'old' })
  clock.uninstall()
  return cache
}

const metricsOf = (cache) => {
  const { entries, flights, refreshErrors } = cache.getMetrics()
  return { entries, flights, refreshErrors }
}

test('times that a store keeps entries for are checked, conflict by name, and are the default of attach', (t) => {
  for (const option of ['staleWhileRevalidate', 'staleIfError']) {
    for (const value of [-1, Number.NaN, '5', true]) {
      assert.throws(
        () => new SharedMemoryCache({ name: freshName(), [option]: value }),
        (error) => {
          assert.ok(error instanceof CacheConfigError)
          assert.match(error.message, new RegExp(`^${option} must be a non-negative number`))
          return true
        },
      )
    }
    const cache = openShared(t, { [option]: Infinity })
    assert.throws(
      () => openShared(t, { name: cache.name, [option]: 5 }),
      (error) => error instanceof CacheConfigError && error.message.includes(option),
    )
    openShared(t, { name: cache.name, [option]: Infinity })
    openShared(t, { name: cache.name })
  }
})

test('during its grace an entry is a miss for all but getOrSet, takes room, and info shows it', (t) => {
  for (const nearCache of [false, true]) {
    const clock = mockClock(t)
    const record = recorder()
    const { hooks } = record
    const cache = openShared(t, { ttl: 10, staleIfError: 100, nearCache, hooks })
    cache.set('k', { v: 1 })
    assert.deepEqual(cache.get('k'), { v: 1 })
    record.take()
    for (const late of [1, 100]) {
      clock.now = 1_000_010 + late
      assert.equal(cache.get('k'), undefined)
      assert.deepEqual(record.take(), [['onMiss', { key: 'k', reason: 'expired' }]])
      assert.equal(cache.has('k'), false)
      assert.equal(cache.peek('k'), undefined)
      assert.equal(cache.touch('k'), false)
      assert.equal(cache.getRemainingTTL('k'), 0)
      assert.equal(cache.replace('k', 2), false)
      assert.equal(cache.take('k'), undefined)
      assert.deepEqual(record.take(), [['onMiss', { key: 'k', reason: 'expired' }]])
      assert.deepEqual(
        [cache.keys(), cache.values(), cache.entries(), [...cache]],
        [[], [], [], []],
      )
      assert.deepEqual([...cache.scan()], [])
      cache.forEach(noFetch)
      const info = cache.info('k')
      assert.deepEqual([info.stale, info.value], [true, { v: 1 }])
      assert.equal(cache.prune(), 0)
      assert.equal(cache.size(), 1)
      assert.equal(cache.getStats().size, 1)
      assert.deepEqual(record.take(), [])
    }
    clock.now++
    assert.equal(cache.prune(), 1)
    assert.deepEqual(record.take(), [['onExpire', { key: 'k', value: { v: 1 }, source: 'prune' }]])
    assert.equal(cache.info('k'), undefined)
  }
})

test('kept entries make room before valid ones, as expired ones', (t) => {
  const clock = mockClock(t)
  const record = recorder(['onExpire', 'onEvict'])
  const cache = openShared(t, { maxSize: 2, ttl: 0, staleIfError: 1_000, hooks: record.hooks })
  cache.set('valid', 1)
  cache.set('kept', 1, 10)
  clock.now += 20
  cache.set('new', 1)
  assert.deepEqual(record.take(), [['onExpire', { key: 'kept', value: 1, source: 'prune' }]])
  assert.deepEqual(cache.keys(), ['valid', 'new'])
})

test('the expiry thread leaves entries alone until their grace is over', async (t) => {
  const cache = openShared(t, { maxSize: 0, ttl: 1, staleIfError: HOUR })
  const brief = openShared(t, { ttl: 1, staleIfError: 1 })
  cache.set('k', 1)
  brief.set('k', 1)
  await until(() => brief.getMetrics().entries === 0)
  await until(() => !cache.has('k'))
  assert.equal(cache.getMetrics().entries, 1)
})

test('what is late by no more than staleWhileRevalidate is returned at once, and fetched once', async (t) => {
  const clock = mockClock(t)
  const record = recorder(['onMiss', 'onSet', 'onHit'])
  const cache = openShared(t, { ttl: 10, hooks: record.hooks })
  const other = openShared(t, { name: cache.name })
  const wanted = { staleWhileRevalidate: 50 }
  await cache.getOrSet('k', () => ({ v: 'old' }), wanted)
  clock.now += 60
  const gate = deferred()
  let told
  const fetcher = (context) => {
    told = context
    return gate.promise
  }
  record.take()
  assert.deepEqual(await cache.getOrSet('k', fetcher, wanted), { v: 'old' })
  assert.deepEqual([told.key, told.stale, told.signal.aborted], ['k', { v: 'old' }, false])
  for (const handle of [cache, other, cache]) {
    assert.deepEqual(await handle.getOrSet('k', noFetch, wanted), { v: 'old' })
  }
  const miss = ['onMiss', { key: 'k', reason: 'expired' }]
  assert.deepEqual(record.take(), [miss, miss, miss])
  assert.equal(cache.getStats().misses, 5)
  assert.equal(cache.getMetrics().flights, 1)
  // Who does not want it stale waits.
  const plain = [cache.getOrSet('k', noFetch), other.getOrSet('k', noFetch)]
  gate.resolve({ v: 'new' })
  assert.deepEqual(await Promise.all(plain), [{ v: 'new' }, { v: 'new' }])
  assert.deepEqual(await other.getOrSet('k', noFetch, wanted), { v: 'new' })
  assert.deepEqual(metricsOf(cache), { entries: 1, flights: 0, refreshErrors: 0 })
})

test('what is later than that is fetched by the caller, whose fetcher still learns of it', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10, staleIfError: 1_000 })
  cache.set('k', 'old')
  clock.now += 61
  let stale
  const fetcher = (told) => {
    ;({ stale } = told)
    return 'new'
  }
  assert.equal(await cache.getOrSet('k', fetcher, { staleWhileRevalidate: 50 }), 'new')
  assert.equal(stale, 'old')
  assert.equal(await cache.getOrSet('k', fetcher, { forceRefresh: true }), 'new')
  assert.equal(stale, 'new')
})

test('the options of the constructor hold for calls without any', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10, staleWhileRevalidate: 50 })
  cache.set('k', 'old')
  clock.now += 20
  const told = []
  const fetcher = (...args) => {
    told.push(args)
    return 'new'
  }
  assert.equal(await cache.getOrSet('k', fetcher), 'old')
  await until(() => cache.get('k') === 'new')
  assert.deepEqual(told, [[]])
  // A call can want less.
  clock.now += 20
  assert.equal(await cache.getOrSet('k', () => 'newer', { staleWhileRevalidate: 0 }), 'newer')
  clock.now += 11
  assert.equal(cache.info('k'), undefined)
})

test('the grace of an entry is what the call that fetched it wanted', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10, staleIfError: 100 })
  await cache.getOrSet('as the store says', () => 1)
  await cache.getOrSet('longer', () => 1, { staleWhileRevalidate: 200 })
  await cache.getOrSet('shorter', () => 1, { staleIfError: 5 })
  await cache.getOrSet('own ttl', () => 1, { ttl: 100, staleIfError: 20 })
  const held = []
  for (const late of [5, 6, 100, 101, 110, 111, 200, 201]) {
    clock.now = 1_000_010 + late
    held.push(cache.size())
  }
  assert.deepEqual(held, [4, 3, 3, 2, 2, 1, 1, 0])
})

test('what is touched keeps its own grace, with another ttl, too', async (t) => {
  const clock = mockClock(t)
  for (const staleIfError of [0, 100]) {
    const cache = openShared(t, { ttl: 10, staleIfError })
    for (const [key, grace] of Object.entries({ shorter: 50, longer: 500 })) {
      for (const ttl of [undefined, 10, 30]) {
        await cache.getOrSet(key, () => 1, { ttl: 20, staleIfError: grace })
        assert.equal(cache.touch(key, ttl), true)
        clock.now += (ttl ?? 20) + grace
        assert.equal(cache.info(key).stale, true)
        clock.now++
        assert.equal(cache.info(key), undefined)
      }
    }
  }
})

test('a refresh that fails rejects nobody and is counted; so is one whose time is over', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10, staleWhileRevalidate: 1_000 })
  const other = openShared(t, { name: cache.name })
  cache.set('k', 'old')
  clock.now += 20
  let fetches = 0
  const failing = [
    () => {
      throw new Error('synchronously')
    },
    async () => {
      throw new Error('later')
    },
  ]
  for (const fail of failing) {
    fetches++
    assert.equal(await cache.getOrSet('k', fail), 'old')
    await until(() => other.getMetrics().refreshErrors === fetches)
  }
  let signal
  const pending = (told) => {
    ;({ signal } = told)
    return new Promise(() => {})
  }
  assert.equal(await cache.getOrSet('k', pending, { timeout: 1 }), 'old')
  // It keeps no process alive, so somebody else has to.
  await until(() => signal.aborted)
  assert.deepEqual(metricsOf(cache), { entries: 1, flights: 0, refreshErrors: 3 })
  assert.equal(await cache.getOrSet('k', () => 'new'), 'old')
  await until(() => cache.get('k') === 'new')
})

test('a refresh that is overtaken or whose handle is closed is not stored', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10, staleWhileRevalidate: 1_000 })
  const other = openShared(t, { name: cache.name })
  const overtaken = deferred()
  cache.set('k', 'old')
  clock.now += 20
  assert.equal(await cache.getOrSet('k', () => overtaken.promise), 'old')
  other.set('k', 'newer')
  overtaken.resolve('late')
  await turn()
  assert.equal(cache.get('k'), 'newer')
  clock.now += 20
  const closed = deferred()
  assert.equal(await cache.getOrSet('k', () => closed.promise), 'newer')
  cache.close()
  closed.resolve('late')
  await turn()
  assert.deepEqual(metricsOf(other), { entries: 1, flights: 0, refreshErrors: 0 })
  assert.equal(await other.getOrSet('k', () => 'next'), 'newer')
  await until(() => other.get('k') === 'next')
})

test('of eight threads that find it stale one fetches, and all are given it at once', async (t) => {
  const cache = openExpired(t, { staleWhileRevalidate: HOUR })
  const open = () => openFetcher(t, { name: cache.name })
  const threads = await Promise.all(Array.from({ length: 8 }, open))
  const calls = await Promise.all(threads.map((thread) => thread.begin('k')))
  const outcomes = threads.map((thread, i) => thread.outcome(calls[i]))
  for (const outcome of outcomes) assert.deepEqual(await outcome, { v: 'old' })
  const seen = await Promise.all(threads.map((thread, i) => thread.seen(calls[i])))
  const fetching = seen.findIndex(({ fetches }) => fetches === 1)
  assert.equal(
    seen.reduce((sum, { fetches }) => sum + fetches, 0),
    1,
  )
  assert.deepEqual(seen[fetching].stale, { v: 'old' })
  assert.deepEqual(await cache.getOrSet('k', noFetch), { v: 'old' })
  await threads[fetching].settle(calls[fetching], { value: { v: 'new' } })
  await until(() => cache.get('k') !== undefined)
  assert.deepEqual(cache.get('k'), { v: 'new' })
  assert.deepEqual(metricsOf(cache), { entries: 1, flights: 0, refreshErrors: 0 })
})

test('a thread that is terminated while it refreshes leaves it to the next who asks', async (t) => {
  const cache = openExpired(t, { staleWhileRevalidate: HOUR })
  const thread = await openFetcher(t, { name: cache.name })
  await thread.outcome(await thread.begin('k'))
  assert.deepEqual(await cache.getOrSet('k', noFetch), { v: 'old' })
  // One who waits takes it over.
  const waiting = cache.getOrSet('k', () => 'mine', { staleWhileRevalidate: 0 })
  await thread.worker.terminate()
  assert.equal(await waiting, 'mine')

  const again = openExpired(t, { staleWhileRevalidate: HOUR })
  const other = await openFetcher(t, { name: again.name })
  await other.outcome(await other.begin('k'))
  await other.worker.terminate()
  assert.deepEqual(await again.getOrSet('k', () => 'mine'), { v: 'old' })
  await until(() => again.get('k') === 'mine')
  assert.equal(again.getMetrics().refreshErrors, 0)
})

test('errors of a refresh on another thread are counted for all', async (t) => {
  const cache = openExpired(t, { staleWhileRevalidate: HOUR })
  const thread = await openFetcher(t, { name: cache.name })
  const call = await thread.begin('k')
  await thread.settle(call, { error: 'no' })
  await until(() => cache.getMetrics().refreshErrors === 1)
  assert.equal((await thread.seen(call)).unhandled, 0)
  assert.deepEqual(await thread.outcome(call), { v: 'old' })
})

test('staleIfError: every caller who wants it gets what there is, on whatever thread the fetch failed', async (t) => {
  const cache = openExpired(t, { staleIfError: HOUR })
  const strict = openShared(t, { name: cache.name })
  const thread = await openFetcher(t, { name: cache.name })
  const call = await thread.begin('k')
  const calls = [cache.getOrSet('k', noFetch), strict.getOrSet('k', noFetch, { timeout: 1 })]
  const refused = [0, 1].map((staleIfError) =>
    assert.rejects(strict.getOrSet('k', noFetch, { staleIfError }), { message: 'no' }),
  )
  assert.deepEqual(await calls[1], { v: 'old' })
  await thread.settle(call, { error: 'no' })
  assert.deepEqual(await calls[0], { v: 'old' })
  await Promise.all(refused)
  assert.deepEqual(await thread.outcome(call), { v: 'old' })
  // An abort rejects, whatever there is.
  const controller = new AbortController()
  const left = cache.getOrSet('k', () => new Promise(() => {}), { signal: controller.signal })
  controller.abort()
  await assert.rejects(left, { name: 'AbortError' })
  assert.deepEqual(metricsOf(cache), { entries: 1, flights: 0, refreshErrors: 0 })
})

test('staleIfError: a valid entry is returned if a forced fetch fails; nothing after a removal', async (t) => {
  const cache = openShared(t, { staleIfError: 1_000 })
  const fail = async () => {
    throw new Error('no')
  }
  cache.set('k', 'valid')
  assert.equal(await cache.getOrSet('k', fail, { forceRefresh: true }), 'valid')
  const options = { forceRefresh: true, staleIfError: 0 }
  await assert.rejects(cache.getOrSet('k', fail, options), { message: 'no' })
  const removing = async () => {
    cache.delete('k')
    throw new Error('no')
  }
  await assert.rejects(cache.getOrSet('k', removing, { forceRefresh: true }), { message: 'no' })
  await assert.rejects(cache.getOrSet('none', fail), { message: 'no' })
  cache.set('k', 'valid')
  const closing = async () => {
    cache.close()
    throw new Error('no')
  }
  await assert.rejects(cache.getOrSet('k', closing, { forceRefresh: true }), { message: 'no' })
})

test('a destroyed store has nothing stale to give', async (t) => {
  const cache = openExpired(t, { staleIfError: HOUR })
  const other = openShared(t, { name: cache.name })
  const gate = deferred()
  const led = cache.getOrSet('k', () => gate.promise)
  const waited = other.getOrSet('k', noFetch)
  SharedMemoryCache.destroy(cache.name)
  await assert.rejects(waited, /was destroyed/)
  gate.reject(new Error('no'))
  await assert.rejects(led, { message: 'no' })
})

test('a write of another thread over what is stale is what all get', async (t) => {
  const cache = openExpired(t, { staleWhileRevalidate: HOUR, nearCache: true })
  const remote = await openRemote(t, { name: cache.name })
  assert.equal(cache.get('k'), undefined)
  const gate = deferred()
  assert.deepEqual(await cache.getOrSet('k', () => gate.promise), { v: 'old' })
  await remote.call('set', 'k', { v: 'theirs' })
  gate.resolve({ v: 'late' })
  await turn()
  assert.deepEqual(cache.get('k'), { v: 'theirs' })
  assert.deepEqual(await cache.getOrSet('k', noFetch), { v: 'theirs' })
})
