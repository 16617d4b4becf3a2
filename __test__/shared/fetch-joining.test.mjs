// Who joins a fetch and who does not: one that no miss has begun is only for those who find nothing valid. What
// callers that join are given, and how they leave, is in single-flight.test.mjs and leaving.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFetcher } from './fetch-workers.mjs'
import { deferred, mockClock, openShared, recorder, until } from './support.mjs'
import { openRemote } from './workers.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

const hitsAndMisses = (cache) => {
  const { hits, misses } = cache.getStats()
  return [hits, misses]
}

test('who finds a valid entry is given it, although a forced fetch is under way', async (t) => {
  const record = recorder(['onHit', 'onMiss'])
  const cache = openShared(t, { hooks: record.hooks, nearCache: true })
  const other = openShared(t, { name: cache.name })
  const remote = await openRemote(t, { name: cache.name })
  cache.set('k', 'valid')
  const gate = deferred()
  const forced = cache.getOrSet('k', () => gate.promise, { forceRefresh: true })
  for (const options of [undefined, { timeout: 5_000 }, { staleWhileRevalidate: 5_000 }]) {
    assert.equal(await cache.getOrSet('k', noFetch, options), 'valid')
    assert.equal(await other.getOrSet('k', noFetch, options), 'valid')
  }
  assert.equal(await remote.fetch('k', { pending: true }), 'valid')
  assert.deepEqual(hitsAndMisses(cache), [7, 0])
  assert.deepEqual(
    record.take(),
    Array.from({ length: 3 }, () => ['onHit', { key: 'k', value: 'valid' }]),
  )
  const joined = [cache, other].map((handle) =>
    handle.getOrSet('k', noFetch, { forceRefresh: true }),
  )
  gate.reject(new Error('no'))
  for (const call of [forced, ...joined]) await assert.rejects(call, { message: 'no' })
  assert.equal(cache.get('k'), 'valid')
  assert.equal(cache.getMetrics().flights, 0)
})

test('so is who finds one while another thread fetches it anew', async (t) => {
  const cache = openShared(t)
  cache.set('k', 'valid')
  const thread = await openFetcher(t, { name: cache.name })
  const call = await thread.begin('k', { forceRefresh: true })
  assert.equal(await cache.getOrSet('k', noFetch), 'valid')
  const joined = cache.getOrSet('k', noFetch, { forceRefresh: true })
  await thread.settle(call, { value: 'new' })
  assert.equal(await joined, 'new')
  assert.equal(await cache.getOrSet('k', noFetch), 'new')
})

test('who finds nothing valid any more joins a forced fetch', async (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10 })
  const other = openShared(t, { name: cache.name })
  cache.set('k', 'valid')
  const gate = deferred()
  const forced = cache.getOrSet('k', () => gate.promise, { forceRefresh: true })
  clock.now += 11
  const joined = [cache, other].map((handle) => handle.getOrSet('k', noFetch))
  gate.resolve('new')
  assert.deepEqual(await Promise.all([forced, ...joined]), ['new', 'new', 'new'])
  const anew = cache.getOrSet('none', async () => 'fetched', { forceRefresh: true })
  assert.deepEqual(
    await Promise.all([anew, cache.getOrSet('none', noFetch), other.getOrSet('none', noFetch)]),
    ['fetched', 'fetched', 'fetched'],
  )
})

test('a refresh that never settles concerns nobody who finds what a hook of its miss has written', async (t) => {
  const clock = mockClock(t)
  const hooks = { onMiss: () => cache.set('k', 'by the hook', 60_000) }
  const cache = openShared(t, { ttl: 10, staleWhileRevalidate: 60_000, hooks })
  const other = openShared(t, { name: cache.name })
  cache.set('k', 'old')
  clock.now += 20
  assert.equal(await cache.getOrSet('k', () => new Promise(() => {}), { timeout: 5 }), 'old')
  for (const handle of [cache, other]) {
    assert.equal(await handle.getOrSet('k', noFetch), 'by the hook')
  }
  await until(() => cache.getMetrics().flights === 0)
  assert.equal(cache.getMetrics().refreshErrors, 1)
})

test('callers join the fetch of a miss before anything is read, as in the published package', async (t) => {
  const hooks = { onMiss: () => cache.set('k', 'by the hook') }
  const cache = openShared(t, { hooks })
  const other = openShared(t, { name: cache.name })
  const gate = deferred()
  const led = cache.getOrSet('k', () => gate.promise)
  const joined = [cache, other].map((handle) => handle.getOrSet('k', noFetch))
  gate.resolve('fetched')
  assert.deepEqual(await Promise.all([led, ...joined]), ['fetched', 'fetched', 'fetched'])
})
