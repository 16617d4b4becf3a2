// The expiry thread: it frees what has expired without any call, tells subscribers, leaves stores
// under a mocked clock alone, and neither keeps the process alive nor fires after the end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'
import { mockClock, openShared, recorder, until } from './support.mjs'
import { openRemote } from './workers.mjs'

// getMetrics neither reads nor prunes entries: what it no longer counts the thread has freed.

test('expired entries are freed although nobody calls anything', async (t) => {
  for (const shards of [1, 16]) {
    const cache = openShared(t, { maxSize: 0, ttl: 20, shards })
    for (let i = 0; i < 1_000; i++) cache.set(`key:${i}`, { i })
    await until(() => cache.getMetrics().entries === 0)
    assert.equal(cache.getMetrics().bytes, 0)
    const { expirations, hits, misses } = cache.getStats()
    assert.deepEqual({ expirations, hits, misses }, { expirations: 1_000, hits: 0, misses: 0 })
  }
})

test('entries that have not expired stay, and go when their time has come', async (t) => {
  const cache = openShared(t, { ttl: 60_000 })
  cache.set('long', 1)
  for (let i = 0; i < 20; i++) cache.increment(`short:${i}`, 1, { ttl: 50 + i })
  assert.equal(cache.getMetrics().entries, 21)
  await until(() => cache.getMetrics().entries === 1)
  assert.deepEqual(cache.keys(), ['long'])
})

test('an entry that is written again lives on', async (t) => {
  const cache = openShared(t, { ttl: 60_000 })
  const other = openShared(t, { ttl: 30 })
  cache.increment('k', 1, { ttl: 5 })
  cache.set('k', 'renewed')
  other.set('witness', 1)
  await until(() => other.getMetrics().entries === 0)
  assert.equal(cache.getMetrics().entries, 1)
  assert.equal(cache.get('k'), 'renewed')
})

test('a later increment keeps the deadline of the first', async (t) => {
  const cache = openShared(t, { ttl: 0 })
  assert.equal(cache.increment('k', 1, { ttl: 30 }), 1)
  let value
  await until(() => {
    value = cache.increment('k', 1, { ttl: 60_000 })
    return value === 1
  })
})

test('subscribers of every thread get onExpire with source prune, in order of expiry', async (t) => {
  const record = recorder(['onExpire'])
  const cache = openShared(t, { ttl: 15, shards: 1, hooks: record.hooks })
  const remote = await openRemote(t, { name: cache.name, hooks: ['onExpire'] })
  const count = 80
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, { i })
  await until(() => record.count === count)
  const expected = Array.from({ length: count }, (_, i) => [
    'onExpire',
    { key: `key:${i}`, value: { i }, source: 'prune' },
  ])
  assert.deepEqual(record.take(), expected)
  const theirs = []
  await until(async () => theirs.push(...(await remote.events())) === count)
  assert.deepEqual(theirs, expected)
})

test('each expiry is reported once, whoever comes upon it first', async (t) => {
  const record = recorder(['onExpire'])
  const cache = openShared(t, { maxSize: 0, ttl: 5, hooks: record.hooks })
  const count = 2_000
  for (let i = 0; i < count; i++) {
    cache.set(`key:${i}`, i)
    cache.get(`key:${i - 300}`)
    cache.has(`key:${i - 500}`)
    if (i % 200 === 0) cache.prune()
    if (i % 100 === 0) await turn()
  }
  await until(() => record.count >= count)
  await turn()
  const events = record.take()
  assert.equal(new Set(events.map(([, { key }]) => key)).size, count)
  assert.equal(events.length, count)
  assert.equal(cache.getStats().expirations, count)
})

test('nothing fires after close', async (t) => {
  const closed = recorder(['onExpire'])
  const open = recorder(['onExpire'])
  const cache = openShared(t, { ttl: 15, hooks: closed.hooks })
  openShared(t, { name: cache.name, hooks: open.hooks })
  cache.set('k', 1)
  cache.close()
  await until(() => open.count === 1)
  await turn()
  assert.equal(closed.count, 0)
})

test('a store that is closed or destroyed with entries waiting to expire is just gone', async (t) => {
  const witness = openShared(t, { ttl: 30 })
  for (let i = 0; i < 50; i++) {
    const cache = openShared(t, { ttl: 1 + (i % 20), hooks: recorder().hooks })
    for (let j = 0; j < 20; j++) cache.set(`key:${j}`, j)
    if (i % 2 === 0) cache.close()
    else SharedMemoryCache.destroy(cache.name)
  }
  witness.set('k', 1)
  await until(() => witness.getMetrics().entries === 0)
})

test('a ttl of 0 or Infinity never expires', async (t) => {
  const caches = [openShared(t, { ttl: 0 }), openShared(t, { ttl: Infinity })]
  const witness = openShared(t, { ttl: 10 })
  for (const cache of [...caches, witness]) cache.set('k', 1)
  caches[0].increment('n', 1, { ttl: Infinity })
  caches[1].increment('n', 1, { ttl: 0 })
  await until(() => witness.getMetrics().entries === 0)
  for (const cache of caches) assert.equal(cache.getMetrics().entries, 2)
})

test('a fractional ttl expires', async (t) => {
  const cache = openShared(t, { ttl: 0.5 })
  cache.set('k', 1)
  await until(() => cache.getMetrics().entries === 0)
})

test('under a mocked clock entries expire by it, lazily, and not by the real one', async (t) => {
  const clock = mockClock(t, 50_000)
  const record = recorder(['onExpire'])
  const cache = openShared(t, { ttl: 10, hooks: record.hooks })
  const witness = openShared(t, { ttl: 20 })
  cache.set('a', 1)
  cache.set('b', 1)
  clock.uninstall()
  witness.set('k', 1)
  await until(() => witness.getMetrics().entries === 0)
  // By the real clock the entries are decades old.
  assert.equal(cache.getMetrics().entries, 2)
  clock.install()
  clock.now += 10
  assert.equal(cache.get('a'), 1)
  clock.now += 1
  assert.equal(cache.has('a'), false)
  assert.equal(cache.size(), 0)
  assert.deepEqual(record.take(), [
    ['onExpire', { key: 'a', value: 1, source: 'has' }],
    ['onExpire', { key: 'b', value: 1, source: 'prune' }],
  ])
})

test('fake timers of one thread decide for its reads and writes', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout', 'setInterval', 'setImmediate'], now: 5_000 })
  const record = recorder()
  const cache = openShared(t, { ttl: 100, nearCache: true, hooks: record.hooks })
  cache.set('k', { a: 1 })
  t.mock.timers.tick(100)
  assert.deepEqual(cache.get('k'), { a: 1 })
  assert.equal(cache.increment('n', 1, { ttl: 50 }), 1)
  t.mock.timers.tick(51)
  assert.equal(cache.increment('n', 1, { ttl: 50 }), 1)
  assert.equal(cache.setIfAbsent('k', 2), true)
  t.mock.timers.tick(101)
  assert.equal(cache.take('k'), undefined)
  assert.equal(await cache.getOrSet('k', () => 3), 3)
  assert.equal(cache.prune(), 1)
  t.mock.timers.reset()
  const sources = record.take().filter(([hook]) => hook === 'onExpire')
  assert.deepEqual(
    sources.map(([, { key, source }]) => [key, source]),
    [
      ['n', 'get'],
      ['k', 'has'],
      ['k', 'get'],
      ['n', 'prune'],
    ],
  )
})

test('events of other threads arrive while timers are faked', async (t) => {
  const record = recorder(['onSet'])
  const cache = openShared(t, { hooks: record.hooks })
  const remote = await openRemote(t, { name: cache.name })
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] })
  await remote.call('set', 'k', 1)
  await remote.call('set', 'k', 2)
  while (record.count < 2) await remote.call('has', 'k')
  t.mock.timers.reset()
  assert.equal(record.take()[1][1].value, 2)
})
