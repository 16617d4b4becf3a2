// Writes and removals while a fetch is under way: the late value reaches those who wait for it, and is
// not stored over what is newer or in place of what was deleted.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred, mockClock, openShared } from './support.mjs'
import { openRemote } from './workers.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

const OVERTAKING = {
  set: (cache) => cache.set('k', 'newer'),
  'set that has expired': (cache) => cache.set('k', 'newer', { expiresAt: 1 }),
  setIfAbsent: (cache) => cache.setIfAbsent('k', 'newer'),
  update: (cache) => cache.update('k', () => 'newer'),
  increment: (cache) => cache.increment('k'),
  incrementEntry: (cache) => cache.incrementEntry('k'),
  delete: (cache) => cache.delete('k'),
  deleteAsync: (cache) => cache.deleteAsync('k'),
  take: (cache) => cache.take('k'),
  clear: (cache) => cache.clear(),
  deleteByPrefix: (cache) => cache.deleteByPrefix('k'),
  deleteByMagicString: (cache) => cache.deleteByMagicString('*'),
}

for (const [name, overtake] of Object.entries(OVERTAKING)) {
  for (const hooks of [undefined, { onDelete() {} }]) {
    const how = hooks === undefined ? '' : ', with hooks'
    test(`${name} during a flight: the late value is returned, not stored${how}`, async (t) => {
      const cache = openShared(t, { hooks })
      const other = openShared(t, { name: cache.name })
      const remote = await openRemote(t, { name: cache.name })
      const { promise, resolve } = deferred()
      const own = cache.getOrSet('k', () => promise)
      const beside = other.getOrSet('k', noFetch)
      const theirs = remote.fetch('k', { value: 'unused' })
      await remote.call('getMetrics')
      await overtake(other)
      const now = cache.peek('k')
      resolve('fetched')
      const outcomes = await Promise.all([own, beside, theirs])
      assert.deepEqual(outcomes, ['fetched', 'fetched', 'fetched'])
      assert.equal(cache.peek('k'), now)
      assert.equal(cache.getMetrics().flights, 0)
    })
  }
}

test('who asks after the write gets what was written and joins no older flight', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const { promise, resolve } = deferred()
  const before = cache.getOrSet('k', () => promise)
  cache.set('k', 'newer')
  assert.equal(await cache.getOrSet('k', noFetch), 'newer')
  assert.equal(await other.getOrSet('k', noFetch), 'newer')
  resolve('older')
  assert.equal(await before, 'older')
  assert.equal(cache.get('k'), 'newer')
})

test('who asks after a deletion fetches anew, and that is stored whichever lands first', async (t) => {
  for (const newerFirst of [true, false]) {
    const cache = openShared(t)
    const fetches = [deferred(), deferred()]
    const older = cache.getOrSet('k', () => fetches[0].promise)
    cache.delete('k')
    const newer = cache.getOrSet('k', () => fetches[1].promise)
    const joined = cache.getOrSet('k', noFetch)
    assert.equal(cache.getMetrics().flights, 2)
    const inOrder = newerFirst ? [1, 0] : [0, 1]
    for (const i of inOrder) {
      fetches[i].resolve(['older', 'newer'][i])
      await [older, newer][i]
    }
    assert.deepEqual(await Promise.all([older, newer, joined]), ['older', 'newer', 'newer'])
    assert.equal(cache.get('k'), 'newer')
    assert.equal(cache.getMetrics().flights, 0)
  }
})

test('what happens to other keys overtakes nothing', async (t) => {
  const cache = openShared(t)
  cache.set('x:1', 1)
  const { promise, resolve } = deferred()
  const call = cache.getOrSet('k', () => promise)
  cache.set('other', 1)
  cache.delete('x:1')
  cache.deleteByPrefix('x:')
  cache.deleteByMagicString('x*')
  cache.setIfAbsent('other', 2)
  const joined = cache.getOrSet('k', noFetch)
  resolve('fetched')
  assert.deepEqual(await Promise.all([call, joined]), ['fetched', 'fetched'])
  assert.equal(cache.get('k'), 'fetched')
})

test('a write for which there must be an entry overtakes a flight only if there is one', async (t) => {
  const changes = {
    replace: (cache) => cache.replace('k', 'newer'),
    'replace that has expired': (cache) => cache.replace('k', 'newer', { expiresAt: 1 }),
    incrementEntry: (cache) => cache.incrementEntry('k', 1, { onlyIfPresent: true }),
  }
  for (const [name, change] of Object.entries(changes)) {
    for (const there of [false, true]) {
      const cache = openShared(t)
      const { promise, resolve } = deferred()
      if (there) cache.set('k', 1)
      const call = cache.getOrSet('k', () => promise, { forceRefresh: true })
      change(cache)
      const now = cache.peek('k')
      resolve('fetched')
      assert.equal(await call, 'fetched')
      assert.equal(cache.peek('k'), there ? now : 'fetched', name)
    }
  }
})

test('a fetcher that writes its own key keeps what it has written', async (t) => {
  const cache = openShared(t)
  const fetched = await cache.getOrSet('k', () => {
    cache.set('k', 'written')
    return 'fetched'
  })
  assert.equal(fetched, 'fetched')
  assert.equal(cache.get('k'), 'written')
})

test('an overtaken flight whose leader is gone is passed on, and still is not stored', async (t) => {
  const cache = openShared(t)
  const remote = await openRemote(t, { name: cache.name })
  remote.fetch('k', { pending: true }).catch(() => {})
  await remote.call('getMetrics')
  const call = cache.getOrSet('k', () => 'mine')
  cache.set('k', 'newer')
  await remote.worker.terminate()
  assert.equal(await call, 'mine')
  assert.equal(cache.get('k'), 'newer')
  assert.equal(cache.getMetrics().flights, 0)
})

test('a clock that closes the handle while a fetch lands, or fails, concerns that fetch alone', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const clock = mockClock(t)
  const landing = (during) => async () => {
    await undefined
    Date.now = during
    return 'fetched'
  }
  const fail = () => {
    throw new Error('no time')
  }
  await assert.rejects(cache.getOrSet('k', landing(fail)), { message: 'no time' })
  const close = () => {
    cache.close()
    return clock.now
  }
  const call = cache.getOrSet('k', landing(close))
  const beside = other.getOrSet('k', noFetch)
  assert.deepEqual(await Promise.all([call, beside]), ['fetched', 'fetched'])
  assert.equal(other.has('k'), false, 'nothing is stored')
  assert.equal(other.getMetrics().flights, 0)
})
