// Tags of entries: what carries them, what deleteByTag removes and whom it tells, what is refused.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred } from '../contract/support.mjs'
import {
  KEYS,
  MemoryCache,
  NOT_STRINGS,
  clock,
  eachSetting,
  openWithHook,
  refusal,
  seen,
} from './support.mjs'

const NOT_ARRAYS = ['tag', 7, Number.NaN, true, 5n, {}, new Set(['tag']), () => ['tag']]

eachSetting('tags', ({ hooked, open }) => {
  test('an entry has the tags that it was written with, in their order, each once', () => {
    const { cache } = open()
    const tags = ['b', 'a', 'b', '', 'a']
    cache.set('key', 1, { tags })
    assert.deepEqual(cache.info('key').tags, ['b', 'a', ''])
    cache.set('none', 1)
    assert.deepEqual(cache.info('none').tags, [])
    assert.notEqual(cache.info('key').tags, cache.info('key').tags)
    tags.push('late')
    assert.deepEqual(cache.info('key').tags, ['b', 'a', ''])
  })

  test('any string is a tag, and any key can carry it', () => {
    const { cache } = open({ maxSize: 0 })
    for (const key of KEYS) cache.set(key, key, { tags: [key, 'common'] })
    for (const key of KEYS) assert.deepEqual(cache.info(key).tags, [key, 'common'])
    for (const [i, key] of KEYS.entries()) {
      assert.equal(cache.deleteByTag(key), 1, key)
      assert.equal(cache.size(), KEYS.length - i - 1)
    }
    assert.equal(cache.deleteByTag('common'), 0)
  })

  test('each write replaces the tags, and one without any takes them away', () => {
    const { cache } = open()
    cache.set('key', 1, { tags: ['old'] })
    cache.set('key', 2, { tags: ['new'] })
    assert.equal(cache.deleteByTag('old'), 0)
    cache.set('key', 3)
    assert.equal(cache.deleteByTag('new'), 0)
    cache.set('key', 4, { tags: ['new'] })
    cache.set('key', 5, { tags: [] })
    cache.set('key', 6, { tags: null })
    assert.equal(cache.deleteByTag('new'), 0)
    assert.equal(cache.get('key'), 6)
  })

  test('touch, get and peek leave the tags as they are', () => {
    const { cache } = open({ updateAgeOnGet: true, ttl: 10 })
    cache.set('key', 1, { tags: ['t'] })
    cache.touch('key', 1_000)
    cache.get('key')
    cache.peek('key')
    assert.deepEqual(cache.info('key').tags, ['t'])
  })

  test('deleteByTag removes what carries the tag, or any of several, and nothing else', async () => {
    const { cache, events } = open({ maxSize: 0 })
    cache.set('a', 1, { tags: ['x'] })
    cache.set('b', 2, { tags: ['x', 'y'] })
    cache.set('c', 3, { tags: ['y'] })
    cache.set('d', 4, { tags: ['z'] })
    cache.set('x', 5)
    await events()
    assert.equal(cache.deleteByTag(['x', 'y', 'x', 'unknown']), 3)
    assert.deepEqual(cache.keys(), ['d', 'x'])
    const told = (await events()).toSorted(([, a], [, b]) => (a.key < b.key ? -1 : 1))
    const expected = ['a', 'b', 'c'].map((key, i) => [
      'onDelete',
      { key, value: i + 1, source: 'deleteByTag' },
    ])
    assert.deepEqual(told, hooked ? expected : [])
    assert.equal(cache.deleteByTag(['x', 'y']), 0)
    assert.equal(cache.deleteByTag([]), 0)
    assert.equal(cache.deleteByTag('z'), 1)
    assert.deepEqual(
      await events(),
      hooked ? [['onDelete', { key: 'd', value: 4, source: 'deleteByTag' }]] : [],
    )
  })

  test('expired entries go, too, and are not told of as expired', async () => {
    const { cache, events } = open({ ttl: 10 })
    cache.set('key', 1, { tags: ['t'] })
    await events()
    clock.advance(11)
    assert.equal(cache.deleteByTag('t'), 1)
    assert.equal(cache.getStats().expirations, 0)
    assert.deepEqual(
      await events(),
      hooked ? [['onDelete', { key: 'key', value: 1, source: 'deleteByTag' }]] : [],
    )
  })

  test('statistics and weights are right after deletions by tag', () => {
    const { cache } = open({ maxSize: 0 })
    const before = cache.getStats()
    for (let i = 0; i < 100; i++) cache.set(`k${i}`, i, { tags: [i % 2 ? 'odd' : 'even', 'all'] })
    const full = cache.getStats()
    assert.equal(cache.deleteByTag('odd'), 50)
    assert.deepEqual(cache.getStats(), { ...full, size: 50, weight: full.weight / 2 })
    assert.equal(cache.deleteByTag('all'), 50)
    assert.deepEqual(cache.getStats(), before)
  })

  test('entries that are evicted, deleted, expired or cleared are found by no tag', () => {
    const { cache } = open({ maxSize: 3, ttl: 10 })
    const write = (key) => cache.set(key, key, { tags: ['t'] })
    for (const key of ['a', 'b', 'c', 'd', 'e']) write(key)
    cache.delete('c')
    cache.take('d')
    assert.equal(cache.deleteByTag('t'), 1)
    write('a')
    clock.advance(11)
    cache.prune()
    assert.equal(cache.deleteByTag('t'), 0)
    write('a')
    cache.clear()
    cache.set('a', 1)
    assert.equal(cache.deleteByTag('t'), 0)
    assert.equal(cache.get('a'), 1)
  })

  test('tags go with a lifetime, too, and an expiresAt in the past stores none', () => {
    const { cache } = open()
    cache.set('a', 1, { ttl: 5, tags: ['t'] })
    cache.set('b', 2, { expiresAt: clock.now + 5, tags: ['t'] })
    cache.set('b', 2, { expiresAt: clock.now, tags: ['t'] })
    assert.equal(cache.info('a').ttl, 5)
    assert.equal(cache.deleteByTag('t'), 1)
    assert.equal(cache.size(), 0)
  })

  test('getOrSet stores what was fetched with tags, given or computed', async () => {
    const { cache } = open()
    await cache.getOrSet('a', () => 'A', { tags: ['t', 't'] })
    await cache.getOrSet('b', () => 'B', { tags: (value, key) => [value, key], ttl: 7 })
    await cache.getOrSet('c', () => 'C', { tags: () => {} })
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => cache.info(key).tags),
      [['t'], ['B', 'b'], []],
    )
    assert.equal(cache.info('b').ttl, 7)
    for (const wrong of [() => 'B', () => [1]]) {
      await assert.rejects(
        cache.getOrSet('d', () => 'D', { tags: wrong }),
        TypeError,
      )
    }
    assert.equal(cache.has('d'), false)
  })

  test('tags that are none are refused, and nothing is changed', async () => {
    const { cache, events } = open()
    cache.set('key', 1, { tags: ['t'] })
    const before = seen(cache, ['key'])
    await events()
    const many = Array.from({ length: 65 }, (_, i) => `tag ${i}`)
    const refused = [...NOT_ARRAYS, many, ...NOT_STRINGS.map((wrong) => ['t', wrong])]
    for (const tags of refused) {
      assert.match(
        refusal(() => cache.set('key', 2, { tags })),
        /^set: tags/,
      )
      await assert
        .rejects(
          cache.getOrSet('key', () => 2, { tags }),
          {
            name: 'TypeError',
            message: /^getOrSet: tags/,
          },
        )
        .catch((error) => {
          // A function is allowed there, and not called on a hit.
          if (typeof tags !== 'function') throw error
        })
    }
    for (const wrong of NOT_STRINGS) {
      if (!Array.isArray(wrong))
        assert.match(
          refusal(() => cache.deleteByTag(wrong)),
          /^deleteByTag: tags must be/,
        )
      assert.match(
        refusal(() => cache.deleteByTag(['t', wrong])),
        /^deleteByTag: tags\[1\] must be a string/,
      )
    }
    assert.equal(cache.get('key'), 1)
    cache.resetStats()
    assert.deepEqual(seen(cache, ['key']).slice(1), before.slice(1))
    cache.set('key', 1, { tags: [...many.slice(1), ...many.slice(1)] })
    assert.equal(cache.info('key').tags.length, 64)
  })

  test('a closed cache has nothing to delete by tag', () => {
    const { cache } = open()
    cache.set('key', 1, { tags: ['t'] })
    cache.close()
    assert.throws(() => cache.deleteByTag('t'), /closed/)
  })
})

test('what is refused is told as of the caller, by argument and value', () => {
  const cache = new MemoryCache()
  assert.equal(
    refusal(() => cache.set('k', 1, { tags: 'x' })),
    "set: tags must be an array of strings, received 'x'",
  )
  assert.equal(
    refusal(() => cache.set('k', 1, { tags: ['x', 5] })),
    'set: tags[1] must be a string, received 5',
  )
  const many = Array.from({ length: 70 }, (_, i) => `${i}`)
  assert.equal(
    refusal(() => cache.set('k', 1, { tags: many })),
    'set: tags must be at most 64 different strings, received 70',
  )
  assert.equal(
    refusal(() => cache.deleteByTag(7)),
    'deleteByTag: tags must be a string or an array of strings, received 7',
  )
  try {
    cache.deleteByTag(7)
  } catch (error) {
    assert.match(error.stack.split('\n')[1], /tags\.test\.mjs/)
  }
})

test('getters of options and tags may use, and close, the cache', () => {
  const cache = new MemoryCache()
  cache.set('other', 1, { tags: ['t'] })
  const tags = ['t']
  Object.defineProperty(tags, 1, { enumerable: true, get: () => (cache.clear(), 'u') })
  cache.set('key', 1, { tags })
  assert.deepEqual([cache.keys(), cache.info('key').tags], [['key'], ['t', 'u']])
  const closing = new Proxy(['t'], { get: (target, name) => (cache.close(), target[name]) })
  assert.throws(() => cache.deleteByTag(closing), /closed/)
  assert.throws(() => cache.set('key', 1, { tags: closing }), /closed/)
})

test('a hook of a deletion by tag sees what is left, and what it rescues stays', () => {
  const left = []
  const cache = openWithHook('onDelete', (own, { key, source }) => {
    left.push([key, own.keys().length, source])
    if (left.length > 1) return
    // One is written anew without the tag, one with it, one is deleted, one is new.
    own.set('b', 'anew')
    own.set('c', 'anew', { tags: ['t'] })
    own.delete('d')
    own.set('e', 'new', { tags: ['t'] })
  })
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, key, { tags: ['t'] })
  assert.equal(cache.deleteByTag('t'), 2)
  assert.deepEqual(left, [
    ['a', 3, 'deleteByTag'],
    ['d', 2, 'delete'],
    ['c', 2, 'deleteByTag'],
  ])
  assert.deepEqual(cache.entries(), [
    ['b', 'anew'],
    ['e', 'new'],
  ])
})

test('a hook may close the cache in a deletion by tag', () => {
  const cache = openWithHook('onDelete', (own) => own.close())
  for (const key of ['a', 'b', 'c']) cache.set(key, key, { tags: ['t'] })
  assert.equal(cache.deleteByTag('t'), 1)
})

test('what onDelete throws stops no deletion by tag', () => {
  const cache = openWithHook('onDelete', () => {
    throw new Error('thrown by a hook')
  })
  for (const key of ['a', 'b', 'c']) cache.set(key, key, { tags: ['t'] })
  assert.equal(cache.deleteByTag('t'), 3)
})

test('tags work where room is made step by step', () => {
  const evicted = []
  const hooks = { onEvict: ({ key }) => evicted.push(key) }
  const cache = new MemoryCache({ maxSize: 2, hooks })
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, key, { tags: [key, 't'] })
  assert.deepEqual(evicted, ['a', 'b'])
  assert.deepEqual(cache.info('d').tags, ['d', 't'])
  assert.equal(cache.deleteByTag(['a', 'b', 'd']), 1)
  assert.equal(cache.deleteByTag('t'), 1)
})

test('a value that is too heavy leaves no tags behind', () => {
  const cache = new MemoryCache({ maxWeight: 10, sizeCalculation: (value) => value })
  cache.set('k', 1, { tags: ['t'] })
  cache.set('k', 11, { tags: ['t'] })
  assert.equal(cache.deleteByTag('t'), 0)
  assert.equal(cache.getStats().weight, 0)
})

test('getMetrics counts what tags take, and nothing where there are none', () => {
  const cache = new MemoryCache({ maxSize: 0 })
  for (let i = 0; i < 1_000; i++) cache.set(`k${i}`, i)
  const { bytes } = cache.getMetrics()
  for (let i = 0; i < 1_000; i++) cache.set(`k${i}`, i, { tags: [] })
  assert.equal(cache.getMetrics().bytes, bytes)
  for (let i = 0; i < 1_000; i++) cache.set(`k${i}`, i, { tags: ['common', 't'.repeat(1_000) + i] })
  const tagged = cache.getMetrics().bytes
  assert.ok(tagged > bytes + 1_000 * 1_000, `${bytes} and then ${tagged}`)
  cache.deleteByTag('common')
  assert.ok(cache.getMetrics().bytes < tagged - 1_000 * 1_000)
})

const OVERTAKEN = {
  'of a key that carries the tag': {
    before: (cache) => cache.set('k', 'old', { tags: ['t'] }),
    options: { forceRefresh: true },
  },
  'begun with the tag': { before() {}, options: { tags: ['u', 't'] } },
}

for (const [name, { before, options }] of Object.entries(OVERTAKEN)) {
  for (const hooks of [undefined, { onDelete() {} }]) {
    test(`a late fetch ${name} is not stored${hooks ? ', with hooks' : ''}`, async () => {
      for (const lateFetch of ['discard', 'store']) {
        const cache = new MemoryCache({ lateFetch, hooks })
        before(cache)
        const { promise, resolve } = deferred()
        const late = cache.getOrSet('k', () => promise, options)
        cache.deleteByTag('t')
        resolve('late')
        assert.equal(await late, 'late')
        assert.equal(cache.get('k'), lateFetch === 'discard' ? undefined : 'late')
      }
    })
  }
}

test('a deletion by tag leaves other fetches alone', async () => {
  const cache = new MemoryCache({ lateFetch: 'discard' })
  cache.set('k', 'old', { tags: ['other'] })
  const { promise, resolve } = deferred()
  const options = { forceRefresh: true, tags: () => ['t'] }
  const late = cache.getOrSet('k', () => promise, options)
  cache.deleteByTag('t')
  assert.equal(cache.getOrSet('k', assert.fail) instanceof Promise, true)
  resolve('late')
  await late
  assert.deepEqual([cache.get('k'), cache.info('k').tags], ['late', ['t']])
})
