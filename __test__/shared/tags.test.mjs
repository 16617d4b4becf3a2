// Tags of shared stores: what carries them on any thread, what deleteByTag removes and whom it tells.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEYS, NOT_STRINGS, refusal } from '../extended/support.mjs'
import { deferred, mockClock, openShared, recorder, sharedNumbers, until } from './support.mjs'
import { openRemote, runWorkers } from './workers.mjs'

const noFetch = () => assert.fail('nothing is to be fetched')

for (const shards of [1, 4]) {
  const openTagged = (t, options) => openShared(t, { maxSize: 0, shards, ...options })

  test(`an entry has the tags that it was written with: ${shards} shards`, (t) => {
    const cache = openTagged(t)
    cache.set('key', 1, { tags: ['b', 'a', 'b', ''] })
    assert.deepEqual(cache.info('key').tags, ['b', 'a', ''])
    cache.set('none', 1)
    assert.deepEqual(cache.info('none').tags, [])
    for (const key of KEYS) cache.set(key, key, { tags: [key, 'common'] })
    for (const key of KEYS) assert.deepEqual(cache.info(key).tags, [key, 'common'])
    for (const key of KEYS) assert.equal(cache.deleteByTag(key), 1, key)
    assert.equal(cache.deleteByTag('common'), 0)
    assert.deepEqual(cache.keys(), ['none'])
  })

  test(`deleteByTag removes what carries any of the tags: ${shards} shards`, (t) => {
    const { hooks, take } = recorder(['onDelete', 'onExpire', 'onEvict'])
    const cache = openTagged(t, { hooks })
    for (let i = 0; i < 100; i++) cache.set(`k${i}`, i, { tags: [`${i % 10}`, 'all'] })
    cache.set('0', 'none')
    assert.equal(cache.deleteByTag(['3', '7', '3', 'unknown']), 20)
    const told = take()
    assert.equal(told.length, 20)
    for (const [hook, { key, value, source }] of told) {
      assert.deepEqual([hook, key, source], ['onDelete', `k${value}`, 'deleteByTag'])
      assert.ok(value % 10 === 3 || value % 10 === 7)
    }
    assert.equal(cache.deleteByTag([]), 0)
    assert.equal(cache.deleteByTag('all'), 80)
    assert.deepEqual(cache.entries(), [['0', 'none']])
    const { hits, misses, evictions, expirations } = cache.getStats()
    assert.deepEqual([hits, misses, evictions, expirations], [0, 0, 0, 0])
  })
}

test('each write replaces the tags, whichever method writes', (t) => {
  const cache = openShared(t)
  const tags = () => cache.info('key')?.tags
  cache.setIfAbsent('key', 1, { tags: ['a'] })
  assert.deepEqual(tags(), ['a'])
  cache.replace('key', 2, { tags: ['b'] })
  assert.deepEqual(tags(), ['b'])
  cache.replace('key', 3)
  assert.deepEqual(tags(), [])
  cache.set('key', 4, { tags: ['c'], ttl: 1_000 })
  assert.deepEqual(tags(), ['c'])
  cache.setIfAbsent('key', 5, { tags: ['d'] })
  assert.deepEqual(tags(), ['c'])
  cache.set('key', 6)
  assert.deepEqual(tags(), [])
})

for (const mocked of [false, true]) {
  const under = mocked ? 'a mocked clock' : 'the genuine clock'
  test(`update, increment and touch keep the tags, and update takes others: ${under}`, (t) => {
    if (mocked) mockClock(t)
    const cache = openShared(t)
    const tags = () => cache.info('key')?.tags
    cache.set('key', 1, { tags: ['a', 'b'] })
    cache.update('key', (value) => value + 1)
    cache.update('key', (value) => value + 1, 60_000)
    cache.increment('key')
    cache.incrementEntry('key')
    cache.touch('key', 60_000)
    assert.equal(cache.get('key'), 5)
    assert.deepEqual(tags(), ['a', 'b'])
    cache.update('key', () => 'text', { tags: ['c'] })
    assert.deepEqual(tags(), ['c'])
    cache.update('key', () => 'text', { tags: [] })
    assert.deepEqual(tags(), [])
    cache.set('key', 1, { tags: ['a'] })
    cache.update('key', () => undefined)
    cache.update('key', () => 1)
    assert.deepEqual(tags(), [])
  })
}

test('what is refused leaves the store as it was', async (t) => {
  const cache = openShared(t)
  cache.set('key', 1, { tags: ['t'] })
  const before = { ...cache.info('key') }
  const many = Array.from({ length: 65 }, (_, i) => `${i}`)
  for (const tags of ['t', 7, {}, new Set(), many, ...NOT_STRINGS.map((wrong) => [wrong])]) {
    for (const method of ['set', 'setIfAbsent', 'replace']) {
      assert.match(
        refusal(() => cache[method]('key', 2, { tags })),
        new RegExp(`^${method}: tags`),
      )
    }
    assert.match(
      refusal(() => cache.update('key', assert.fail, { tags })),
      /^update: tags/,
    )
    await assert.rejects(cache.getOrSet('key', noFetch, { tags }), /getOrSet: tags/)
  }
  for (const wrong of NOT_STRINGS) {
    assert.match(
      refusal(() => cache.deleteByTag(['t', wrong])),
      /deleteByTag: tags\[1\]/,
    )
    if (!Array.isArray(wrong)) assert.throws(() => cache.deleteByTag(wrong), TypeError)
  }
  const { remainingTtl, ...after } = cache.info('key')
  assert.ok(remainingTtl <= before.remainingTtl)
  delete before.remainingTtl
  assert.deepEqual(after, before)
  const error = (() => {
    try {
      cache.deleteByTag(7)
    } catch (thrown) {
      return thrown
    }
  })()
  assert.match(error.stack.split('\n')[1], /tags\.test\.mjs/)
  cache.close()
  assert.throws(() => cache.deleteByTag('t'), /closed/)
  assert.throws(() => cache.deleteByTag(7), /closed/)
})

test('expired entries that the expiry thread has not seen go, too', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 10 })
  cache.set('key', 1, { tags: ['t'] })
  clock.now += 11
  assert.equal(cache.deleteByTag('t'), 1)
  assert.equal(cache.getStats().expirations, 0)
})

test('an update of a key whose entry is only kept takes over none of its tags', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 100, staleIfError: 1_000 })
  cache.set('key', 1, { tags: ['gone'] })
  clock.now += 200
  assert.deepEqual(cache.info('key').tags, ['gone'])
  assert.equal(
    cache.update('key', (value) => value ?? 'anew'),
    'anew',
  )
  assert.deepEqual(cache.info('key').tags, [])
  assert.equal(cache.deleteByTag('gone'), 0)
  cache.set('key', 1, { tags: ['gone'] })
  clock.now += 200
  cache.update('key', () => 'anew', { tags: ['own'] })
  assert.deepEqual(cache.info('key').tags, ['own'])
})

test('maxBytes counts what tags take, and deleteByTag gives it back', (t) => {
  const maxBytes = 100_000
  const cache = openShared(t, { maxSize: 0, maxBytes })
  for (let i = 0; i < 1_000; i++) {
    cache.set(`k${i}`, i, { tags: ['common', `own ${i} ${'t'.repeat(100)}`] })
    assert.ok(cache.getMetrics().bytes <= maxBytes)
  }
  const { entries, bytes } = cache.getMetrics()
  assert.ok(bytes > maxBytes * 0.9 && entries > 50 && entries < 400, `${entries} in ${bytes}`)
  cache.deleteByTag('common')
  assert.deepEqual([cache.getMetrics().bytes, cache.getMetrics().entries], [0, 0])
})

test('a fetch of a key that carries the tag, or begun with it, is not stored', async (t) => {
  for (const [before, options] of [
    [(cache) => cache.set('k', 'old', { tags: ['t'] }), { forceRefresh: true }],
    [() => {}, { tags: ['u', 't'] }],
  ]) {
    const cache = openShared(t)
    const other = openShared(t, { name: cache.name })
    before(cache)
    const { promise, resolve } = deferred()
    const own = cache.getOrSet('k', () => promise, options)
    const beside = other.getOrSet('k', noFetch, { forceRefresh: true })
    other.deleteByTag('t')
    resolve('late')
    assert.deepEqual(await Promise.all([own, beside]), ['late', 'late'])
    assert.equal(cache.peek('k'), undefined)
    assert.equal(cache.getMetrics().flights, 0)
  }
})

test('other fetches are stored, with their tags', async (t) => {
  const cache = openShared(t)
  const { promise, resolve } = deferred()
  const given = cache.getOrSet('a', () => promise, { tags: ['other'] })
  const computed = cache.getOrSet('b', () => promise, { tags: (value, key) => [value, key] })
  cache.deleteByTag(['t', 'fetched'])
  resolve('fetched')
  await Promise.all([given, computed])
  assert.deepEqual(cache.info('a').tags, ['other'])
  assert.deepEqual(cache.info('b').tags, ['fetched', 'b'])
  await assert.rejects(
    cache.getOrSet('c', () => 1, { tags: () => 'no array' }),
    /getOrSet: tags/,
  )
  assert.equal(cache.has('c'), false)
})

test('who takes a fetch over brings its own tags', async (t) => {
  const cache = openShared(t)
  const remote = await openRemote(t, { name: cache.name })
  remote.fetch('k', { pending: true }).catch(() => {})
  await remote.call('getMetrics')
  const { promise, resolve } = deferred()
  let begun = false
  const fetcher = () => ((begun = true), promise)
  const own = cache.getOrSet('k', fetcher, { tags: ['t'] })
  await remote.worker.terminate()
  await until(() => begun)
  cache.deleteByTag('t')
  resolve('late')
  assert.equal(await own, 'late')
  assert.equal(cache.peek('k'), undefined)
})

test('threads see tags, deletions and their events', async (t) => {
  const { hooks, take } = recorder(['onDelete'])
  const cache = openShared(t, { hooks, nearCache: true })
  const remote = await openRemote(t, { name: cache.name })
  await remote.call('set', 'k', { a: 1 }, { tags: ['t'] })
  assert.deepEqual(cache.get('k'), { a: 1 })
  assert.deepEqual(cache.info('k').tags, ['t'])
  assert.equal(await remote.call('deleteByTag', 't'), 1)
  assert.equal(cache.get('k'), undefined)
  await until(() => take().some(([, { key, source }]) => key === 'k' && source === 'deleteByTag'))
})

test('four threads that write tagged entries and delete by tag lose and double none', async (t) => {
  for (const hooked of [false, true]) {
    const { hooks, take } = recorder(['onDelete'])
    const options = { maxSize: 0, ttl: 0, shards: 2, ...(hooked ? { hooks } : {}) }
    const cache = openShared(t, options)
    const outcomes = await runWorkers(4, 'tagAndDelete', {
      name: cache.name,
      gate: sharedNumbers(2),
      rounds: 40,
      size: 60,
    })
    const sum = (name) => outcomes.reduce((total, outcome) => total + outcome[name], 0)
    const { entries } = cache.getMetrics()
    assert.equal(sum('written'), sum('deleted') + entries)
    let carried = 0
    for (const key of cache.keys()) {
      const { tags } = cache.info(key)
      assert.equal(tags.length, 2)
      carried++
    }
    assert.equal(carried, entries)
    assert.equal(cache.deleteByTag(['even', 'odd']), entries)
    assert.deepEqual([cache.size(), cache.getMetrics().bytes], [0, 0])
    let told = 0
    if (hooked) await until(() => (told += take().length) === sum('written'))
  }
})
