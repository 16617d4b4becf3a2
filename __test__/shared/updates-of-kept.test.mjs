// `update` where there is no live entry, but one that has expired and is kept, or a fetch under way: neither is
// what the function is given, and neither outlives the update.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred, mockClock, openShared, recorder } from './support.mjs'

const CLOCKS = ['of the system', 'of the test']

/** A handle of a store whose 'k', with a tag, has expired and is kept. */
function openKept(t, which, options) {
  const clock = mockClock(t, Date.now() - 10_000)
  const cache = openShared(t, { ttl: 5_000, staleWhileRevalidate: 60_000, ...options })
  cache.set('k', 'dead', { tags: ['old'] })
  clock.now += 10_000
  if (which === 'of the system') clock.uninstall()
  assert.equal(cache.info('k').stale, true)
  return cache
}

for (const which of CLOCKS) {
  test(`the new entry has no tags of the dead one: clock ${which}`, (t) => {
    const cache = openKept(t, which)
    cache.update('k', (value) => ({ value }))
    assert.deepEqual(cache.peek('k'), { value: undefined })
    assert.deepEqual(cache.info('k').tags, [])
    assert.equal(cache.deleteByTag('old'), 0)
    cache.update('k', () => 1, { tags: ['new'] })
    cache.update('k', () => 2)
    assert.deepEqual(cache.info('k').tags, ['new'], 'a live one keeps its own')
  })

  test(`an update to nothing removes what is kept, as delete does: clock ${which}`, async (t) => {
    const record = recorder()
    const cache = openKept(t, which, { hooks: record.hooks })
    record.take()
    assert.equal(
      cache.update('k', () => undefined),
      undefined,
    )
    assert.deepEqual(record.take(), [['onDelete', { key: 'k', value: 'dead', source: 'delete' }]])
    assert.deepEqual([cache.info('k'), cache.getMetrics().entries], [undefined, 0])
    assert.equal(await cache.getOrSet('k', () => 'fetched'), 'fetched')
  })

  test(`an update up to a time that is past removes it as expired: clock ${which}`, (t) => {
    const record = recorder()
    const cache = openKept(t, which, { hooks: record.hooks })
    record.take()
    assert.equal(
      cache.update('k', () => 'new', { expiresAt: 1 }),
      undefined,
    )
    assert.deepEqual(record.take(), [['onExpire', { key: 'k', value: 'dead', source: 'prune' }]])
    assert.equal(cache.info('k'), undefined)
  })
}

const CHANGES = {
  'that stores': (cache) => cache.update('k', () => 'newer'),
  'to nothing': (cache) => cache.update('k', () => undefined),
  'that is past': (cache) => cache.update('k', () => 'newer', { expiresAt: 1 }),
}

for (const [name, change] of Object.entries(CHANGES)) {
  for (const there of [false, true]) {
    test(`an update ${name} overtakes a fetch of a key that is ${there ? '' : 'not '}there`, async (t) => {
      const cache = openShared(t)
      const { promise, resolve } = deferred()
      if (there) cache.set('k', 1)
      const call = cache.getOrSet('k', () => promise, { forceRefresh: true })
      change(cache)
      const left = cache.peek('k')
      resolve('late')
      assert.equal(await call, 'late')
      assert.equal(cache.peek('k'), left)
    })
  }
}

test('an update to nothing begins anew if another handle writes meanwhile', (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const seen = []
  cache.update('k', (value) => {
    seen.push(value)
    if (seen.length === 1) other.set('k', 'written')
    return undefined
  })
  assert.deepEqual(seen, [undefined, 'written'])
  assert.equal(cache.peek('k'), undefined)
})
