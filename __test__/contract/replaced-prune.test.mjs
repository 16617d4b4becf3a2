// Contract of who calls `prune` when it has been replaced: by a spy on an instance or on the prototype, by a subclass,
// by a proxy. What pruning removes is in ttl.test.mjs.

import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { clock, eachImplementation, native, published, recorder } from './support.mjs'

/** Ways to see the calls of `prune`: each makes a cache that reports them to `seen`. */
const WAYS = {
  'a spy on the instance': ({ MemoryCache }, options, seen) => {
    const cache = new MemoryCache(options)
    const { prune } = cache
    mock.method(cache, 'prune', function (...args) {
      seen(this === cache, args)
      return prune.call(this)
    })
    return cache
  },
  'a spy on the prototype': ({ MemoryCache }, options, seen, t) => {
    const { prune } = MemoryCache.prototype
    const cache = new MemoryCache(options)
    t.mock.method(MemoryCache.prototype, 'prune', function (...args) {
      seen(this === cache, args)
      return prune.call(this)
    })
    return cache
  },
  'a subclass': ({ MemoryCache }, options, seen) => {
    class Pruning extends MemoryCache {
      prune(...args) {
        seen(true, args)
        return super.prune()
      }
    }
    return new Pruning(options)
  },
  'a stub that removes nothing': ({ MemoryCache }, options, seen) => {
    const cache = new MemoryCache(options)
    cache.prune = function (...args) {
      seen(this === cache, args)
      return 0
    }
    return cache
  },
  'a replacement that writes': ({ MemoryCache }, options, seen) => {
    const cache = new MemoryCache(options)
    const { prune } = cache
    let within = false
    cache.prune = function (...args) {
      seen(this === cache, args)
      if (within) return 0
      within = true
      cache.delete('b')
      cache.set('written by prune', 1)
      within = false
      return prune.call(this)
    }
    return cache
  },
  'a proxy': ({ MemoryCache }, options, seen) => {
    const cache = new Proxy(new MemoryCache(options), {
      get(target, property, receiver) {
        if (property === 'prune') seen(receiver === cache, [])
        return Reflect.get(target, property, receiver)
      },
    })
    return cache
  },
}

const weighing = { maxWeight: 6, sizeCalculation: (value) => value }

const CONFIGURATIONS = {
  'entries alone': { maxSize: 3 },
  'no limit': { maxSize: 0 },
  weights: { maxSize: 0, ...weighing },
  'weights and entries': { maxSize: 3, ...weighing },
}

const HOOKS = {
  'no hooks': () => undefined,
  'all hooks': () => recorder().hooks,
  'onSet alone': () => ({ onSet() {} }),
  'onEvict alone': () => ({ onEvict() {} }),
  'onExpire alone': () => ({ onExpire() {} }),
}

/** Before which calls of a run `prune` was called, and what was left after each. */
async function record(api, way, options, t) {
  const log = []
  const cache = WAYS[way](api, options, (own, args) => log.push(['prune', own, args.length]), t)
  const step = (method, ...args) => {
    log.push([method, args[0]])
    return cache[method](...args)
  }
  for (const key of ['a', 'b', 'c', 'd']) step('set', key, 1)
  step('set', 'd', 2)
  step('set', 'c', 5)
  step('set', 'c', 1)
  step('set', 'heavy', 7)
  step('set', 'c', 7)
  step('get', 'd')
  step('has', 'd')
  clock.advance(101)
  step('set', 'e', 1)
  for (const key of ['f', 'g', 'h', 'h']) step('set', key, 2)
  await step('getOrSet', 'i', () => 1)
  for (const method of ['size', 'keys', 'values', 'entries', 'getStats']) {
    log.push([method, step(method)])
  }
  step('deleteByPrefix', 'g')
  step('deleteByMagicString', '*h')
  await step('deleteAsync', 'i')
  step('resetStats')
  step('clear')
  t.mock.restoreAll()
  return log
}

for (const way of Object.keys(WAYS)) {
  test(`${way} sees the calls of prune that it sees in the published package`, async (t) => {
    for (const mocked of [true, false]) {
      for (const ttl of [0, 100, 1e9]) {
        for (const [configuration, limits] of Object.entries(CONFIGURATIONS)) {
          for (const [observed, hooks] of Object.entries(HOOKS)) {
            const run = (api) => record(api, way, { ...limits, ttl, hooks: hooks() }, t)
            const logs = []
            for (const api of [published, native]) {
              if (mocked) clock.install()
              logs.push(await run(api))
              clock.restore()
            }
            const what = `${configuration}, ${observed}, ttl ${ttl}, mocked clock: ${mocked}`
            assert.deepEqual(logs[1], logs[0], what)
            assert.ok(logs[0].filter(([step]) => step === 'prune').length >= 5, what)
          }
        }
      }
    }
  })
}

eachImplementation('a replaced prune', ({ MemoryCache }) => {
  test('is called once by each set that needs room, and by no other', () => {
    const cache = new MemoryCache({ maxSize: 2 })
    const spy = mock.method(cache, 'prune')
    const callsOf = (key) => {
      const before = spy.mock.callCount()
      cache.set(key, 1)
      return spy.mock.callCount() - before
    }
    assert.deepEqual(['a', 'b', 'b', 'c', 'c', 'd'].map(callsOf), [0, 0, 0, 1, 0, 1])
  })

  test('that throws makes the set fail, which stores and evicts nothing', () => {
    const cache = new MemoryCache({ maxSize: 1 })
    cache.set('a', 1)
    cache.prune = () => {
      throw new Error('no pruning today')
    }
    assert.throws(() => cache.set('b', 1), { message: 'no pruning today' })
    delete cache.prune
    assert.deepEqual(cache.keys(), ['a'])
  })
})
