// What the guides under docs/guide/migrating say beside their rows, in notes and in words, holds.
// What must not live here: the rows, which are tried in migrating.test.mjs.
import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import {
  evaluate,
  ignore,
  later,
  load,
  LRUCache,
  MemoryCache,
  NodeCache,
  pages,
  require,
  rowOf,
} from './tables.mjs'

describe('what docs/guide/migrating/lru-cache.md says of fetches', () => {
  const fetches = ["cache.fetch('x')", "cache.fetch('a', { forceRefresh: true })"]

  /** Both caches of the row of options for fetches, whose fetch the test ends. */
  function begin(old, options = 'new LRUCache({ max: 100, ttl: 60_000, fetchMethod })') {
    const call = rowOf('lru-cache', 'Calls', old)
    const made = rowOf('lru-cache', 'Options', options)
    return ['old', 'made'].map((side) => {
      const fetch = { calls: 0 }
      const fetchMethod = () => {
        fetch.calls++
        return new Promise((resolve, reject) => Object.assign(fetch, { resolve, reject }))
      }
      const cache = evaluate(made[side], { fetchMethod })
      cache.set('a', 1)
      const run = () => Promise.resolve(evaluate(call[side], { cache, fetchMethod }))
      return { cache, fetch, run }
    })
  }

  for (const old of fetches) {
    test(`${old}: undefined is not stored`, async () => {
      for (const { cache, fetch, run } of begin(old)) {
        for (const calls of [1, 2]) {
          const running = run()
          fetch.resolve(undefined)
          assert.equal(await running, undefined)
          assert.equal(fetch.calls, calls)
        }
        assert.deepEqual([...cache.keys()], ['a'])
        assert.equal(cache.get('a'), 1)
      }
    })

    for (const change of ['set', 'delete', 'clear']) {
      test(`${old}: a ${change} during the fetch has the last word`, async () => {
        const [before, here] = begin(old)
        for (const { cache, fetch, run } of [before, here]) {
          const running = run().catch(({ message }) => `rejected: ${message}`)
          const key = /'(.)'/.exec(old)[1]
          if (change === 'clear') cache.clear()
          else cache[change](key, 'new')
          fetch.resolve('late')
          const rejected = `rejected: ${change === 'set' ? 'replaced' : 'deleted'}`
          assert.equal(await running, cache === before.cache ? rejected : 'late')
          assert.equal(cache.get(key), change === 'set' ? 'new' : undefined)
        }
      })
    }
  }

  test('a refresh that fails removes the entry of lru-cache alone, and only there do others wait', async () => {
    const [before, here] = begin("cache.fetch('a', { forceRefresh: true })")
    const messages = [before, here].map(({ run }) => run().catch(({ message }) => message))
    const joined = before.cache.fetch('a').catch(({ message }) => message)
    assert.equal(await here.cache.getOrSet('a', load), 1)
    for (const { fetch } of [before, here]) fetch.reject(new Error('down'))
    assert.deepEqual(await Promise.all(messages), ['down', 'down'])
    assert.equal(await joined, 'down')
    assert.equal(before.cache.has('a'), false)
    assert.equal(here.cache.get('a'), 1)
  })

  test('a stale value is returned in place of an error; without one only lru-cache has no error', async () => {
    const options =
      'new LRUCache({ max: 100, ttl: 60_000, allowStaleOnFetchRejection: true, fetchMethod })'
    const [before, here] = begin("cache.fetch('x')", options)
    for (const { cache } of [before, here]) cache.set('x', 'stale')
    await later(70_000)
    for (const { cache, fetch, run } of [before, here]) {
      const running = run()
      fetch.reject(new Error('down'))
      assert.equal(await running, 'stale')
      cache.delete('x')
    }
    const without = [before, here].map(({ fetch, run }) => {
      const running = run().catch(({ message }) => message)
      fetch.reject(new Error('down'))
      return running
    })
    assert.deepEqual(await Promise.all(without), [undefined, 'down'])
  })

  test('a memoized function does not store undefined', () => {
    const { made } = rowOf('lru-cache', 'Calls', "cache.memo('x')")
    const memoMethod = mock.fn(ignore)
    const cache = new LRUCache({ max: 100, memoMethod })
    const memoized = evaluate(made.replace(/\('x'\)$/, ''), { memoMethod })
    for (const call of [() => cache.memo('x'), () => memoized('x')]) {
      memoMethod.mock.resetCalls()
      call()
      call()
      assert.equal(memoMethod.mock.callCount(), 2)
    }
  })
})

describe('what docs/guide/migrating says of single entries', () => {
  test('lru-cache.md: info has the time left under another name', async () => {
    const [old, made] = [pages['lru-cache'].before, pages['lru-cache'].here].map(({ make }) => {
      const cache = make()
      cache.set('a', 1)
      return cache
    })
    await later(20_000)
    assert.deepEqual(old.info('a'), { value: 1, ttl: 40_000, start: Date.now() })
    const { remainingTtl, start, ttl } = made.info('a')
    assert.deepEqual(
      { remainingTtl, start, ttl },
      { remainingTtl: 40_000, start: Date.now() - 20_000, ttl: 60_000 },
    )
  })

  test('lru-cache.md: what noUpdateTTL becomes shortens a sliding lifetime', async () => {
    const { old, made } = rowOf('lru-cache', 'Calls', "cache.set('a', 2, { noUpdateTTL: true })")
    const options = { ttl: 60_000, updateAgeOnGet: true }
    const left = []
    for (const [code, cache] of [
      [old, new LRUCache({ max: 100, ...options })],
      [made, new MemoryCache(options)],
    ]) {
      cache.set('a', 1)
      await later(40_000)
      evaluate(code, { cache })
      cache.get('a')
      left.push(cache.getRemainingTTL('a'))
    }
    assert.deepEqual(left, [60_000, 20_000])
  })

  test('lru-cache.md: what noUpdateTTL becomes gives a kept entry a new lifetime', async () => {
    const { made } = rowOf('lru-cache', 'Calls', "cache.set('a', 2, { noUpdateTTL: true })")
    const cache = new MemoryCache({ ttl: 60_000, staleWhileRevalidate: Infinity })
    cache.set('a', 1)
    await later(70_000)
    evaluate(made, { cache })
    assert.equal(cache.get('a'), 2)
    assert.equal(cache.getRemainingTTL('a'), 60_000)
  })

  test('node-cache.md: copies in set and in get are what useClones does, but for classes and functions', () => {
    class User {
      name = 'ada'
      greet() {}
    }
    const clone = require('clone')
    const old = new NodeCache()
    const cache = new MemoryCache()
    for (const copy of [structuredClone, clone]) {
      const value = { n: 1 }
      old.set('a', value)
      cache.set('a', copy(value))
      value.n = 2
      old.get('a').n = 3
      copy(cache.get('a')).n = 3
      assert.deepEqual(copy(cache.get('a')), old.get('a'))
    }
    old.set('b', new User())
    assert.ok(old.get('b') instanceof User)
    assert.ok(clone(new User()) instanceof User)
    assert.deepEqual(structuredClone(new User()), { name: 'ada' })
    old.set('c', { greet: ignore })
    assert.equal(old.get('c').greet, ignore)
    assert.equal(clone({ greet: ignore }).greet, ignore)
    assert.throws(() => structuredClone({ greet: ignore }), { name: 'DataCloneError' })
  })

  test('node-cache.md: ttl without a lifetime gives an entry that of the cache', () => {
    for (const call of ["cache.ttl('a')", "cache.ttl('a', 0)"]) {
      const { before, here } = pages['node-cache']
      const [old, cache] = [before.make(), here.make()]
      old.set('a', 1, 10)
      cache.set('a', 1, 10_000)
      const row = rowOf('node-cache', 'Calls', call)
      evaluate(row.old, { cache: old })
      evaluate(row.made, { cache })
      assert.equal(old.getTtl('a') - Date.now(), 60_000)
      assert.equal(cache.getRemainingTTL('a'), 60_000)
    }
  })

  test('node-cache.md: undefined becomes null in node-cache alone', () => {
    const old = new NodeCache()
    const cache = new MemoryCache()
    for (const each of [old, cache]) each.set('a', undefined)
    assert.deepEqual([old.take('a'), old.has('a')], [null, true])
    assert.deepEqual([cache.take('a'), cache.has('a')], [undefined, false])
  })
})
