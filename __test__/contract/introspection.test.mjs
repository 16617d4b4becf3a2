// Contract of size, keys, values and entries: what they list, in which order, and that what they return belongs to
// the caller. That they prune first is in ttl.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, eachImplementation, recorder } from './support.mjs'

eachImplementation('introspection', ({ MemoryCache }) => {
  test('size counts the entries', () => {
    const cache = new MemoryCache()
    assert.equal(cache.size(), 0)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('a', 3)
    assert.equal(cache.size(), 2)
    cache.delete('a')
    assert.equal(cache.size(), 1)
  })

  test('keys, values and entries list from the least to the most recently used, in step', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('c', 3)
    cache.get('a')
    cache.set('b', 4)
    assert.deepEqual(cache.keys(), ['c', 'a', 'b'])
    assert.deepEqual(cache.values(), [3, 1, 4])
    assert.deepEqual(cache.entries(), [
      ['c', 3],
      ['a', 1],
      ['b', 4],
    ])
  })

  test('undefined and null values are listed as what they are', () => {
    const cache = new MemoryCache()
    cache.set('undefined', undefined)
    cache.set('null', null)
    assert.deepEqual(cache.values(), [undefined, null])
    assert.deepEqual(cache.entries(), [
      ['undefined', undefined],
      ['null', null],
    ])
    assert.equal(cache.size(), 2)
  })

  test('lists are dense: a stored undefined is an element, not a hole', () => {
    const cache = new MemoryCache()
    cache.set('undefined', undefined)
    assert.ok(0 in cache.values())
    assert.ok(1 in cache.entries()[0])
  })

  test('lists are genuine arrays of the caller’s realm', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    for (const list of [cache.keys(), cache.values(), cache.entries(), cache.entries()[0]]) {
      assert.ok(Array.isArray(list))
      assert.equal(Object.getPrototypeOf(list), Array.prototype)
    }
    assert.equal(cache.entries()[0].length, 2)
  })

  test('every call makes new lists, and changing them changes nothing', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    for (const method of ['keys', 'values', 'entries']) {
      const list = cache[method]()
      assert.notEqual(cache[method](), list)
      list.length = 0
      list.push('other')
    }
    cache.entries()[0][1] = 'other'
    assert.deepEqual(cache.entries(), [['a', 1]])
    assert.equal(cache.size(), 1)
  })

  test('lists do not follow later changes', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    const keys = cache.keys()
    const entries = cache.entries()
    cache.set('a', 2)
    cache.set('b', 3)
    cache.clear()
    assert.deepEqual(keys, ['a'])
    assert.deepEqual(entries, [['a', 1]])
  })

  test('values and entries hold the stored objects themselves', () => {
    const cache = new MemoryCache()
    const value = {}
    cache.set('a', value)
    assert.equal(cache.values()[0], value)
    assert.equal(cache.entries()[0][1], value)
  })

  test('entries can be destructured and make a Map', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    cache.set('b', 2)
    const [[key, value], ...rest] = cache.entries()
    assert.deepEqual([key, value, rest.length], ['a', 1, 1])
    assert.deepEqual(
      new Map(cache.entries()),
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
  })

  test('a cache may be changed while one of its lists is walked', () => {
    const cache = new MemoryCache()
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    for (const key of cache.keys()) {
      cache.delete(key)
      cache.set(`${key}2`, key)
    }
    assert.deepEqual(cache.keys(), ['a2', 'b2', 'c2'])
  })

  test('lists of every length come out complete and in order', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const expected = []
    for (let i = 0; i < 300; i++) {
      const key = i % 7 === 0 ? `ключ ${i}` : `key ${i}`
      cache.set(key, i)
      expected.push(key)
      assert.deepEqual(cache.keys(), expected)
      assert.equal(cache.values().at(-1), i)
    }
    assert.deepEqual(
      cache.entries(),
      expected.map((key, i) => [key, i]),
    )
  })

  test('ten thousand keys come out complete and in order', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const expected = Array.from({ length: 10_000 }, (_, i) => `session:${i}`)
    for (const [i, key] of expected.entries()) cache.set(key, i)
    assert.deepEqual(cache.keys(), expected)
    assert.deepEqual(
      cache.values(),
      expected.map((_, i) => i),
    )
  })

  test('an empty key is listed in its place, whatever kinds of keys surround it', () => {
    for (const first of ['first', 'первый']) {
      for (const second of ['second', 'второй']) {
        for (const expected of [
          ['', first, second],
          [first, '', second],
          [first, second, ''],
        ]) {
          const cache = new MemoryCache()
          for (const key of expected) cache.set(key, key)
          assert.deepEqual(cache.keys(), expected)
          assert.deepEqual(cache.values(), expected)
        }
      }
    }
  })

  test('keys of any content are listed exactly', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const expected = ['', '\0', 'a,b', 'a\nb', '"', '\ud800', '\udfff', '😀', 'Ł', 'ÿ', '__proto__']
    for (const key of expected) cache.set(key, key)
    assert.deepEqual(cache.keys(), expected)
    assert.deepEqual(cache.values(), expected)
  })

  test('all of them work inside hooks', () => {
    const seen = []
    const cache = new MemoryCache({
      maxSize: 2,
      hooks: {
        onEvict: () => seen.push(['onEvict', cache.size(), cache.keys(), cache.values()]),
        onSet: () => seen.push(['onSet', cache.size(), cache.entries()]),
        onDelete: () => seen.push(['onDelete', cache.size(), cache.keys()]),
      },
    })
    cache.set('a', 1)
    cache.set('b', 2)
    seen.length = 0
    cache.set('c', 3)
    cache.delete('b')
    assert.deepEqual(seen, [
      ['onEvict', 1, ['b'], [2]],
      [
        'onSet',
        2,
        [
          ['b', 2],
          ['c', 3],
        ],
      ],
      ['onDelete', 1, ['c']],
    ])
  })

  test('after clear all of them show an empty cache', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('a', 1)
    cache.clear()
    take()
    clock.advance(101)
    assert.deepEqual([cache.size(), cache.keys(), cache.values(), cache.entries()], [0, [], [], []])
    assert.deepEqual(take(), [])
  })
})
