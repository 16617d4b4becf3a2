// Kept values that a codec cannot decode any more: they are as good as not there. Kept values as such are in
// staleness.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { deferred, mockClock, openShared, recorder } from './support.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

const SERVED = { staleWhileRevalidate: 50 }

/** A handle with a kept value that cannot be decoded; `whenDecoding` is called when somebody tries. */
function openUndecodable(t, options = {}, whenDecoding = () => {}) {
  const clock = mockClock(t)
  const decode = (text) => {
    if (!text.includes('old')) return JSON.parse(text)
    whenDecoding(cache)
    throw new Error('broken')
  }
  const codec = { name: 'one-way', encode: JSON.stringify, decode }
  const cache = openShared(t, { ttl: 10, staleIfError: 1_000, codec, ...options })
  const other = openShared(t, { name: cache.name, codec })
  cache.set('k', { v: 'old' })
  clock.now += 20
  return { cache, other, clock }
}

const missesOf = (cache) => cache.getStats().misses

test('who would be given it fetches, and one fetch is enough for all', async (t) => {
  const record = recorder(['onMiss', 'onHit'])
  const { cache, other } = openUndecodable(t, { hooks: record.hooks })
  const gate = deferred()
  const told = []
  const fetcher = ({ stale }) => {
    told.push(stale)
    return gate.promise
  }
  const calls = [
    cache.getOrSet('k', fetcher, SERVED),
    cache.getOrSet('k', noFetch, SERVED),
    other.getOrSet('k', noFetch, SERVED),
  ]
  assert.equal(cache.getMetrics().flights, 1)
  assert.equal(missesOf(cache), 3)
  const miss = ['onMiss', { key: 'k', reason: 'expired' }]
  assert.deepEqual(record.take(), [miss, miss])
  gate.resolve('new')
  assert.deepEqual(await Promise.all(calls), ['new', 'new', 'new'])
  assert.deepEqual(told, [undefined])
  assert.equal(await cache.getOrSet('k', noFetch, SERVED), 'new')
  assert.equal(cache.getMetrics().refreshErrors, 0)
})

test('a fetch that fails rejects with its own error, whatever could be decoded instead', async (t) => {
  const { cache, other } = openUndecodable(t)
  const fail = async () => {
    throw new Error('of the fetch')
  }
  for (const options of [undefined, {}, SERVED, { timeout: 1_000 }]) {
    const calls = [cache.getOrSet('k', fail, options), other.getOrSet('k', noFetch, options)]
    for (const call of calls) await assert.rejects(call, { message: 'of the fetch' })
  }
  const late = cache.getOrSet('k', () => new Promise(() => {}), { ...SERVED, timeout: 5 })
  await assert.rejects(late, { name: 'TimeoutError' })
  const { flights, refreshErrors } = cache.getMetrics()
  assert.deepEqual({ flights, refreshErrors }, { flights: 0, refreshErrors: 0 })
})

test('a codec or a hook that closes the handle meanwhile leaves no fetch behind', async (t) => {
  const closing = [
    [{}, (cache) => cache.close()],
    [{ hooks: { onMiss: () => closed.cache.close() } }, () => {}],
  ]
  let closed
  for (const [options, whenDecoding] of closing) {
    closed = openUndecodable(t, options, whenDecoding)
    await assert.rejects(closed.cache.getOrSet('k', noFetch, SERVED), /is closed$/)
    assert.equal(closed.other.getMetrics().flights, 0)
    assert.equal(await closed.other.getOrSet('k', () => 'new', {}), 'new')
  }
  await turn()
})
