// Contract of hooks objects whose members are getters: looking a hook up is the user's code, which may
// use the cache or throw. What hooks are told is in hooks.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { clock, eachImplementation, withClock } from './support.mjs'

eachImplementation('hook look-ups', ({ MemoryCache: Cache }) => {
  withClock()

  test('a hook hears of its own entry although its getter removes another', () => {
    const heard = []
    let armed = false
    let others = 0
    let cache
    const hooks = {
      get onExpire() {
        if (armed) cache.delete(`other ${others++}`)
        return ({ key, value }) => heard.push([key, value])
      },
    }
    cache = new Cache({ ttl: 10, hooks })
    cache.set('first', 'value of first')
    clock.advance(5)
    for (let i = 0; i < 6; i++) cache.set(`other ${i}`, 'x')
    clock.advance(7)
    armed = true
    cache.prune()
    assert.deepEqual(heard, [['first', 'value of first']])
  })

  test('an evicted entry is told by its name although the getter of the hook uses the cache', () => {
    const heard = []
    let armed = false
    let cache
    const hooks = {
      get onEvict() {
        if (armed) cache.delete('not there')
        return ({ key }) => heard.push(key)
      },
    }
    cache = new Cache({ maxSize: 2, hooks })
    armed = true
    for (const key of ['a', 'b', 'c']) cache.set(key, 1)
    assert.deepEqual(heard, ['a'])
  })

  test('a getter that throws costs no write that evicts nothing', () => {
    let armed = false
    const hooks = {
      get onEvict() {
        if (armed) throw new Error('getter')
        return undefined
      },
    }
    const cache = new Cache({ maxSize: 5, hooks })
    armed = true
    cache.set('a', 1)
    assert.deepEqual(cache.keys(), ['a'])
  })

  test('a sizeCalculation is called, whatever it has by the name of call', () => {
    const sizeCalculation = Object.assign((value) => value.length, { call: () => 0 })
    const cache = new Cache({ maxWeight: 3, maxSize: 0, sizeCalculation })
    cache.set('a', 'aa')
    cache.set('b', 'bb')
    assert.deepEqual(cache.keys(), ['b'])
  })
})

test('options that cannot be compared are told as such', () => {
  for (const ttl of [Symbol('x'), Object.create(null), { valueOf: () => -1 }]) {
    assert.throws(() => new MemoryCache({ ttl }), { name: 'CacheConfigError', message: /ttl/ })
  }
})

test('an unknown option is not read', () => {
  const options = {
    ttl: 1,
    get unrelated() {
      throw new Error('it was read')
    },
  }
  assert.equal(new MemoryCache(options).size(), 0)
})

test('a fetch that was begun within one that threw is shared', async () => {
  const cache = new MemoryCache()
  let fetches = 0
  let inner
  const outer = cache.getOrSet('k', () => {
    inner = cache.getOrSet('k', async () => ++fetches)
    throw new Error('thrown')
  })
  const joined = cache.getOrSet('k', async () => ++fetches)
  await assert.rejects(outer, /thrown/)
  assert.deepEqual(await Promise.all([inner, joined]), [1, 1])
})
