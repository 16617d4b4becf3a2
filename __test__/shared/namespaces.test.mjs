// SharedMemoryCache.withNamespace: a view of the keys with a prefix, the same on every thread. What views of
// both kinds do is in ../extended/namespaces.test.mjs as well.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { inspect, isDeepStrictEqual } from 'node:util'
import { SharedMemoryCache } from 'native-memory-cache'
import { membrane, reactive } from '../contract/membranes.mjs'
import { clock } from '../contract/support.mjs'
import { compareAll } from '../extended/views.mjs'
import {
  chooseSeed,
  deferred,
  freshName,
  mockClock,
  openShared,
  recorder,
  until,
} from './support.mjs'
import { openRemote, runWorkers } from './workers.mjs'

// What comes with jest.
const require = createRequire(import.meta.url)
const { expect } = createRequire(require.resolve('jest'))('expect')

const seed = chooseSeed('VIEWS_SEED')

test(`a view does what a MemoryCache does, and leaves all other keys alone (VIEWS_SEED=${seed})`, async (t) => {
  t.after(() => clock.restore())
  await compareAll((options) => openShared(t, { ...options, shards: 1 }), { seed })
  await compareAll((options) => openShared(t, { ...options, shards: 1, nearCache: true }), {
    seed,
    runs: 1,
  })
})

test('with several shards it sees and removes the same', (t) => {
  const cache = openShared(t, { maxSize: 0, ttl: 0, shards: 7 })
  const views = ['a:', 'b*', 'b'].map((prefix) => cache.withNamespace(prefix))
  const [a, asterisk, b] = views
  for (const view of [a, asterisk]) for (let i = 0; i < 9_000; i++) view.set(`${i}`, i)
  assert.equal(a.size(), 9_000)
  assert.equal(new Set(a.keys()).size, 9_000)
  assert.equal(new Map(a.scan()).get('8999'), 8_999)
  assert.equal(new Map(a).size, 9_000)
  assert.deepEqual(new Set(b.keys()), new Set(asterisk.keys().map((key) => `*${key}`)))
  assert.equal(asterisk.deleteByMagicString('*99'), 90)
  assert.equal(a.size(), 9_000)
  asterisk.clear()
  assert.deepEqual([asterisk.size(), b.size(), cache.size()], [0, 0, 9_000])
})

test('conditional writes, updates and additions are those of the whole key', (t) => {
  const cache = openShared(t, { ttl: 0 })
  const view = cache.withNamespace('v:')
  assert.equal(view.replace('a', 1), false)
  assert.equal(view.setIfAbsent('a', 1), true)
  assert.equal(view.setIfAbsent('a', 2), false)
  assert.equal(view.replace('a', { n: 3 }), true)
  assert.deepEqual(
    view.update('a', ({ n }) => ({ n: n + 1 })),
    { n: 4 },
  )
  assert.equal(
    view.update('a', () => {}),
    undefined,
  )
  assert.equal(view.increment('n', 2, { ttl: 50_000 }), 2)
  assert.equal(view.increment('n'), 3)
  const { value, created } = view.incrementEntry('n', -1)
  assert.deepEqual([value, created], [2, false])
  assert.equal(view.incrementEntry('none', 1, { onlyIfPresent: true }), undefined)
  assert.deepEqual(cache.entries(), [['v:n', 2]])
  assert.equal(view.name, cache.name)
})

test('hooks of every handle get whole keys and the source clear', (t) => {
  const { hooks, take } = recorder(['onDelete'])
  const cache = openShared(t, { shards: 1, hooks })
  const view = cache.withNamespace('v:')
  cache.set('other', 1)
  for (const key of ['a', 'b', 'c']) view.set(key, key)
  view.deleteByMagicString('a*')
  view.deleteByPrefix('b')
  view.clear()
  assert.deepEqual(
    take().map(([, { key, value, source }]) => [key, value, source]),
    [
      ['v:a', 'a', 'deleteByMagicString'],
      ['v:b', 'b', 'deleteByPrefix'],
      ['v:c', 'c', 'clear'],
    ],
  )
  assert.deepEqual(cache.keys(), ['other'])
})

test('deleteByTag of a view removes what carries the tag within it alone', async (t) => {
  const { hooks, take } = recorder(['onDelete'])
  const cache = openShared(t, { hooks })
  const view = cache.withNamespace('v*:')
  view.set('a', 1, { tags: ['red', 'blue'] })
  await view.getOrSet('b', () => 2, { tags: (value, key) => [key] })
  cache.set('vv:a', 3, { tags: ['red', 'b'] })
  assert.equal(view.deleteByTag(['red', 'b']), 2)
  assert.deepEqual(cache.keys(), ['vv:a'])
  assert.deepEqual(
    take()
      .map(([, { key, source }]) => [key, source])
      .toSorted(),
    [
      ['v*:a', 'deleteByTag'],
      ['v*:b', 'deleteByTag'],
    ],
  )
  assert.throws(() => view.deleteByTag([1]), {
    name: 'TypeError',
    message: /^deleteByTag: tags\[0\]/,
  })
})

test('a hook may use the view that it is called for', (t) => {
  const cache = openShared(t, { hooks: { onDelete: () => view.set('new', view.size()) } })
  const view = cache.withNamespace('v:')
  view.set('a', 1)
  view.clear()
  assert.deepEqual(view.entries(), [['new', 0]])
})

test('weight is in bytes with maxBytes, and 0 without', (t) => {
  const bounded = openShared(t, { maxSize: 0, maxBytes: 1 << 20 })
  const unbounded = openShared(t, { maxSize: 0 })
  for (const cache of [bounded, unbounded]) {
    cache.set('other', 'x'.repeat(1_000))
    const view = cache.withNamespace('v:')
    view.set('a', 'x'.repeat(2_000))
    view.get('a')
    const { hits, size, weight } = view.getStats()
    const expected = cache === bounded ? view.info('a').weight : 0
    assert.deepEqual([hits, size, weight], [1, 1, expected])
  }
})

test('fetches are shared with the store and other views, and their functions get the key of the view', async (t) => {
  const cache = openShared(t)
  const view = cache.withNamespace('v:')
  const { promise, resolve } = deferred()
  const told = []
  const options = {
    ttl: (value, key) => told.push(['ttl', value, key]) && 7_000,
    shouldCache: (value, key) => told.push(['shouldCache', value, key]) > 0,
  }
  const first = view.getOrSet('a', () => promise, options)
  const second = cache.getOrSet('v:a', () => assert.fail('it is under way'))
  resolve('fetched')
  assert.deepEqual(await Promise.all([first, second]), ['fetched', 'fetched'])
  assert.deepEqual(told, [
    ['shouldCache', 'fetched', 'a'],
    ['ttl', 'fetched', 'a'],
  ])
  assert.ok(cache.getRemainingTTL('v:a') > 0)
})

test('a deletion within the view overtakes its late fetches and no others', async (t) => {
  for (const method of ['clear', 'deleteByMagicString', 'deleteByPrefix']) {
    const cache = openShared(t)
    const view = cache.withNamespace('v*:')
    const { promise, resolve } = deferred()
    const fetches = [view.getOrSet('a', () => promise), cache.getOrSet('vv:a', () => promise)]
    view[method](method === 'deleteByMagicString' ? '*' : '')
    resolve(1)
    await Promise.all(fetches)
    assert.deepEqual(cache.keys(), ['vv:a'], method)
  }
})

test('arguments that are wrong are named as the store names them, with the caller on top of the stack', async (t) => {
  const cache = openShared(t)
  const view = cache.withNamespace('v:')
  view.set('text', 'text')
  const calls = {
    'get: key must be a string, received number': () => view.get(Number.NaN),
    'setIfAbsent: key must be a string, received undefined': () => view.setIfAbsent(),
    'replace: ttl must be a non-negative number, received NaN': () =>
      view.replace('a', 1, Number.NaN),
    'update: fn must be a function, received 1': () => view.update('a', 1),
    "increment: the entry 'v:text' holds something else than a number": () =>
      view.increment('text'),
    'incrementEntry: by must be a number, received NaN': () => view.incrementEntry('a', Number.NaN),
    'deleteByMagicString: pattern must be a string, received null': () =>
      view.deleteByMagicString(null),
    'scan: pattern must be a string, received number': () => view.scan(1),
    'maxBytes must be a non-negative number': () => view.resize({ maxBytes: -1 }),
    'withNamespace: prefix must be a string, received undefined': () => cache.withNamespace(),
  }
  for (const [message, call] of Object.entries(calls)) {
    assert.throws(call, (error) => {
      assert.equal(error.message, message)
      const top = error.stack.split('\n').find((line) => /^ +at /.test(line))
      assert.ok(top.includes('namespaces.test.mjs'), error.stack)
      return true
    })
  }
  await assert.rejects(view.getOrSet(1), { name: 'TypeError' })
  await assert.rejects(view.deleteAsync(1), { name: 'TypeError' })
  assert.throws(() => view.set('a', () => {}), { name: 'DataCloneError' })
  assert.deepEqual(cache.keys(), ['v:text'])
})

test('closing a view leaves the handle open; a closed handle or destroyed store throws as without a view', async (t) => {
  const cache = openShared(t)
  const view = cache.withNamespace('v:')
  const other = cache.withNamespace('v:')
  view.close()
  view.close()
  assert.throws(() => view.get('a'), { name: 'Error', message: 'the view is closed' })
  await assert.rejects(
    view.getOrSet('a', () => 1),
    { message: 'the view is closed' },
  )
  assert.throws(() => [...view], { message: 'the view is closed' })
  assert.equal(view.name, cache.name)
  other.set('a', 1)
  assert.deepEqual(cache.keys(), ['v:a'])
  SharedMemoryCache.destroy(cache.name)
  for (const method of ['get', 'keys', 'size', 'clear', 'deleteByMagicString', 'getStats']) {
    const errorOf = (called) => {
      try {
        called[method]('*')
      } catch ({ message }) {
        return message
      }
      return assert.fail(method)
    }
    assert.equal(errorOf(other), errorOf(cache), method)
  }
  cache.close()
  const closed = { message: `the shared cache '${cache.name}' is closed` }
  for (const method of ['get', 'keys', 'size', 'clear', 'scan', 'withNamespace']) {
    assert.throws(() => other[method]('a'), closed, method)
  }
  assert.equal(inspect(other), "SharedCacheView { prefix: 'v:', closed: true }")
})

test('a clock that closes the handle while a scan is under way ends it with its error', (t) => {
  const cache = openShared(t, { maxSize: 0 })
  const view = cache.withNamespace('v:')
  view.set('a', 1)
  const time = mockClock(t)
  const scan = view.scan()
  time.uninstall()
  const { now } = Date
  Date.now = () => {
    cache.close()
    return 1
  }
  try {
    assert.throws(() => scan.next(), { message: `the shared cache '${cache.name}' is closed` })
  } finally {
    Date.now = now
  }
})

test('inspection and comparisons, those of jest too, change nothing', (t) => {
  const time = mockClock(t)
  const { hooks, take } = recorder()
  const open = () => {
    const cache = openShared(t, { ttl: 100, hooks })
    cache.set('v:a', 'secret')
    return cache
  }
  const [one, other] = [open(), open()]
  time.now += 101
  take()
  assert.equal(inspect(one.withNamespace('v:')), "SharedCacheView { prefix: 'v:', size: 1 }")
  assert.ok(isDeepStrictEqual(one.withNamespace('v:'), other.withNamespace('v:')))
  assert.ok(!isDeepStrictEqual(one.withNamespace('v:'), other.withNamespace('v')))
  expect(one.withNamespace('v:')).toEqual(other.withNamespace('v:'))
  expect(one.withNamespace('v:')).toStrictEqual(other.withNamespace('v:'))
  expect(one.withNamespace('v:')).not.toEqual(one.withNamespace('w:'))
  assert.deepEqual(take(), [])
  assert.deepEqual([one.getMetrics().entries, other.getMetrics().entries], [1, 1])
})

test('a view works through proxies of itself and of the handle', (t) => {
  for (const wrap of [reactive, membrane, (seen) => new Proxy(seen, {})]) {
    const cache = openShared(t, { ttl: 0 })
    for (const view of [wrap(cache).withNamespace('v:'), wrap(cache.withNamespace('v:'))]) {
      view.set('a', { b: 1 })
      assert.deepEqual(view.entries(), [['a', { b: 1 }]])
      assert.equal(view.increment('n'), 1)
      assert.deepEqual([...view.scan('a')], [['a', { b: 1 }]])
      assert.equal(view.deleteByMagicString('*'), 2)
    }
  }
})

test('another thread sees the same through a handle, and events of a view reach it', async (t) => {
  const name = freshName('views')
  const cache = openShared(t, { name, ttl: 0 })
  const remote = await openRemote(t, { name, hooks: ['onDelete'] })
  const view = cache.withNamespace('v:')
  view.set('a', 1)
  assert.deepEqual(await remote.call('entries'), [['v:a', 1]])
  await remote.call('set', 'v:b', 2)
  assert.deepEqual(view.keys().toSorted(), ['a', 'b'])
  view.clear()
  const events = []
  await until(async () => events.push(...(await remote.events())) === 2, 'both events')
  assert.deepEqual(events.map(([hook, { key, source }]) => [hook, key, source]).toSorted(), [
    ['onDelete', 'v:a', 'clear'],
    ['onDelete', 'v:b', 'clear'],
  ])
})

test('threads that clear their own views take nothing from each other', async (t) => {
  const name = freshName('views')
  const cache = openShared(t, { name, maxSize: 0, ttl: 0, shards: 4 })
  const gate = new Int32Array(new SharedArrayBuffer(8))
  const count = 4
  const operations = 2_000
  const outcomes = await runWorkers(count, 'namespaces', { name, gate, operations })
  for (const { wrong } of outcomes) assert.deepEqual(wrong, [])
  const sums = cache.withNamespace('sums:')
  assert.equal(sums.get('all'), count * operations)
  assert.equal(sums.size(), 1)
  for (let id = 0; id < count; id++) {
    assert.equal(cache.withNamespace(`thread ${id}*`).size(), outcomes[id].left)
  }
  assert.equal(cache.size(), 1 + outcomes.reduce((sum, { left }) => sum + left, 0))
})
