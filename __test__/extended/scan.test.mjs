// MemoryCache.scan: a walk that takes the entries a few at a time.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { clock, recorder, withClock } from '../contract/support.mjs'

const AT_ONCE = 256

const numbered = (count, options = {}) => {
  const cache = new MemoryCache({ maxSize: 0, ...options })
  for (let i = 0; i < count; i++) cache.set(`key:${i}`, i)
  return cache
}

const byKey = (entries) => [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))

describe('MemoryCache.scan', () => {
  withClock()

  test('every entry comes once, however many there are', () => {
    for (const count of [0, 1, 255, 256, 257, 5_000]) {
      const cache = numbered(count)
      assert.deepEqual(byKey(cache.scan()), byKey(cache.entries()), `${count} entries`)
    }
  })

  test('it is an iterator that can be iterated over, with nothing after the end', () => {
    const cache = numbered(1)
    const scan = cache.scan()
    assert.equal(scan[Symbol.iterator](), scan)
    assert.deepEqual(scan.next(), { value: ['key:0', 0], done: false })
    assert.deepEqual(scan.next(), { value: undefined, done: true })
    assert.deepEqual(scan.next(), { value: undefined, done: true })
  })

  test('keys and values of any kind come as they are', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const value = {}
    const expected = ['', '\0', '\ud800', '😀', 'Ł', '__proto__'].map((key) => [key, value])
    for (const [key] of expected) cache.set(key, value)
    cache.set('undefined', undefined)
    assert.deepEqual([...cache.scan()], [...expected, ['undefined', undefined]])
    assert.equal(cache.scan().next().value[1], value)
  })

  test('a pattern means what it means to deleteByMagicString', () => {
    const keys = ['a:1', 'a:2', 'b:1', '', '*', 'a:\n', 'a:\ud800']
    for (const pattern of ['*', 'a:*', '*:1', 'a:1', '', '**', 'a:\ud800', 'none', '*\n*']) {
      const cache = new MemoryCache()
      for (const key of keys) cache.set(key, key)
      const matching = [...cache.scan(pattern)].map(([key]) => key)
      assert.equal(cache.deleteByMagicString(pattern), matching.length, pattern)
      assert.deepEqual(
        cache.keys(),
        keys.filter((key) => !matching.includes(key)),
        pattern,
      )
    }
  })

  test('a pattern that few keys match is searched for in all of them', () => {
    const cache = numbered(2_000)
    cache.set('other:1', 'found')
    assert.deepEqual([...cache.scan('other:*')], [['other:1', 'found']])
    assert.deepEqual([...cache.scan('none:*')], [])
  })

  test('expired entries are left out, and nothing is pruned, counted, promoted or reported', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('old', 1)
    clock.advance(50)
    cache.set('a', 1)
    cache.set('b', 1)
    clock.advance(51)
    take()
    cache.prune = () => assert.fail('prune was called')
    assert.deepEqual(
      [...cache.scan()].map(([key]) => key),
      ['a', 'b'],
    )
    assert.deepEqual(take(), [])
    delete cache.prune
    clock.advance(-51)
    assert.deepEqual(cache.keys(), ['old', 'a', 'b'])
    const { hits, misses, expirations } = cache.getStats()
    assert.deepEqual([hits, misses, expirations], [0, 0, 0])
  })

  test('entries that live through it come once, with their values, whatever is done meanwhile', () => {
    const cache = numbered(5_000)
    const seen = new Map()
    let steps = 0
    for (const [key, value] of cache.scan()) {
      assert.equal(seen.has(key) && key.startsWith('key:'), false, `${key} comes twice`)
      seen.set(key, value)
      cache.set(`new:${steps}`, steps)
      cache.get(`key:${(steps * 31) % 5_000}`)
      cache.set(`key:${(steps * 17) % 5_000}`, (steps * 17) % 5_000)
      if (steps % 3 === 0) cache.delete(`new:${steps - 1}`)
      steps += 1
    }
    for (let i = 0; i < 5_000; i++) assert.equal(seen.get(`key:${i}`), i)
  })

  test('what is removed, or expires, before its part is taken does not come', () => {
    const cache = numbered(1_000, { ttl: 100 })
    const scan = cache.scan()
    scan.next()
    cache.deleteByPrefix('key:9')
    const keys = [...scan].map(([key]) => key)
    assert.equal(keys.includes('key:999'), false)
    const other = numbered(1_000, { ttl: 100 })
    const aged = other.scan()
    aged.next()
    clock.advance(101)
    assert.ok([...aged].length < AT_ONCE)
  })

  test('a cache that is cleared meanwhile, and filled anew, ends the scan in good order', () => {
    for (const left of [0, 1, 100, 400, 2_000]) {
      const cache = numbered(1_000)
      const scan = cache.scan()
      scan.next()
      cache.clear()
      for (let i = 0; i < left; i++) cache.set(`new:${i}`, `new ${i}`)
      for (const [key, value] of scan) {
        if (key.startsWith('new:')) assert.equal(value, key.replace(':', ' '))
      }
    }
  })

  test('the clock is read once for each part, and not at all without a ttl', () => {
    const cache = numbered(1_000, { ttl: 100 })
    const reads = clock.readsDuring(() => [...cache.scan()])
    assert.ok(reads >= 4 && reads <= 5, `${reads} reads`)
    const lasting = numbered(1_000, { ttl: 0 })
    assert.equal(
      clock.readsDuring(() => [...lasting.scan()]),
      0,
    )
  })

  test('what a replaced clock throws ends the scan and harms nothing', () => {
    const cache = numbered(10, { ttl: 100 })
    const scan = cache.scan()
    Date.now = () => {
      throw new Error('no time')
    }
    assert.throws(() => scan.next(), { message: 'no time' })
    clock.install()
    assert.deepEqual([...scan], [])
    assert.equal([...cache.scan()].length, 10)
  })

  test('it works inside hooks', () => {
    const seen = []
    const cache = new MemoryCache({
      hooks: { onSet: () => seen.push([...cache.scan()].length) },
    })
    cache.set('a', 1)
    cache.set('b', 1)
    assert.deepEqual(seen, [1, 2])
  })

  test('behind a proxy that wraps, values are wrapped', () => {
    const value = {}
    const cache = new MemoryCache()
    cache.set('a', value)
    const proxy = reactive(cache)
    const [[, seen]] = proxy.scan()
    assert.equal(seen, proxy.get('a'))
    assert.notEqual(seen, value)
    assert.deepEqual([...new Proxy(cache, {}).scan()], [['a', value]])
  })

  test('a pattern that is no string is refused at the call, as by the caller', () => {
    const cache = numbered(1)
    for (const [pattern, type] of [
      [null, 'null'],
      [/a/, 'object'],
      [1, 'number'],
      [['a'], 'array'],
    ]) {
      assert.throws(
        () => cache.scan(pattern),
        (error) => {
          const message = `scan: pattern must be a string, received ${type}`
          assert.deepEqual([error.name, error.message], ['TypeError', message])
          assert.match(error.stack.split('\n')[1], /scan\.test\.mjs/)
          return true
        },
      )
    }
    assert.equal(cache.scan.length, 0)
    for (const receiver of [undefined, {}, 'text']) {
      assert.throws(() => MemoryCache.prototype.scan.call(receiver), TypeError)
    }
  })
})
