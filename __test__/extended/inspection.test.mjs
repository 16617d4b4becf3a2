// What console.log and util.inspect show of caches of both kinds.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { format, inspect } from 'node:util'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { clock, recorder, withClock } from '../contract/support.mjs'
import { openShared } from '../shared/support.mjs'

const COUNTED = 'statistics: { hits: 0, misses: 0, evictions: 0, expirations: 0 }'
const LIMITS = 'limits: { maxSize: 100, ttl: 300000, maxWeight: 0 }'

describe('inspection', () => {
  withClock()

  test('a MemoryCache shows size, limits and statistics in one line', () => {
    const cache = new MemoryCache()
    const shown = (size) => `MemoryCache { size: ${size}, weight: 0, ${LIMITS}, ${COUNTED} }`
    assert.equal(inspect(cache), shown(0))
    cache.set('secret key', 'secret value')
    for (const text of [inspect(cache), format('%O', cache), inspect(new Proxy(cache, {}))]) {
      assert.equal(text, shown(1))
    }
    assert.equal(inspect(reactive(cache)), shown(1))
    assert.equal(cache[inspect.custom](), shown(1))
    cache.resize({ maxSize: 7 })
    assert.match(inspect(cache), /maxSize: 7,/)
    cache.close()
    assert.equal(inspect(cache), 'MemoryCache { closed: true }')
  })

  test('neither options nor depth bring keys or values out', () => {
    const cache = new MemoryCache()
    cache.set('secret', { secret: 'secret' })
    const options = { depth: Infinity, showHidden: true, getters: true, colors: true }
    assert.doesNotMatch(inspect({ deep: [cache] }, options), /secret/)
    assert.equal(inspect({ a: { b: { c: cache } } }), '{ a: { b: { c: [MemoryCache] } } }')
  })

  test('a subclass shows its name', () => {
    class Sessions extends MemoryCache {}
    assert.match(inspect(new Sessions()), /^Sessions \{ size: 0,/)
  })

  test('nothing is pruned, counted or told to a hook', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('a', 1)
    clock.advance(101)
    take()
    cache.prune = () => assert.fail('prune was called')
    assert.match(inspect(cache), /^MemoryCache \{ size: 1,.*expirations: 0/)
    assert.deepEqual(take(), [])
  })

  test('a shared store shows its name too, also when it is closed or destroyed', (t) => {
    const cache = openShared(t, { name: "it's shown", maxBytes: 5000 })
    cache.set('secret', 'secret')
    const { bytes } = cache.getMetrics()
    const limits = 'limits: { maxSize: 100, maxBytes: 5000, ttl: 300000 }'
    const expected = `SharedMemoryCache { name: "it's shown", size: 1, bytes: ${bytes}, ${limits}, ${COUNTED} }`
    assert.equal(inspect(cache), expected)
    const other = openShared(t, { name: cache.name })
    other.resize({ maxSize: 7 })
    assert.match(inspect(cache), /maxSize: 7,/)
    other.close()
    assert.equal(inspect(other), `SharedMemoryCache { name: "it's shown", closed: true }`)
    SharedMemoryCache.destroy(cache.name)
    assert.equal(inspect(cache), `SharedMemoryCache { name: "it's shown", destroyed: true }`)
  })

  test('copies, prototypes and other objects can be shown', () => {
    for (const Class of [MemoryCache, SharedMemoryCache]) {
      const copy = Object.create(Class.prototype)
      assert.equal(inspect(copy), `${Class.name} {}`)
      assert.equal(inspect(Object.assign(copy, { a: 1 })), `${Class.name} {}`)
      assert.ok(inspect(Class.prototype).length > 0)
      const { enumerable } = Object.getOwnPropertyDescriptor(Class.prototype, inspect.custom)
      assert.equal(enumerable, false)
    }
  })
})
