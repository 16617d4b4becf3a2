// Contract of CacheConfigError: which options are refused, with which published message, and what is accepted at the
// edges. Refusals that the published package does not know are in differences.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOOK_NAMES, clock, eachImplementation } from './support.mjs'

const sizeCalculation = () => 1

eachImplementation('configuration errors', ({ MemoryCache, CacheConfigError }) => {
  for (const option of ['maxSize', 'ttl', 'maxWeight']) {
    for (const value of [-1, -0.5, -Infinity, -Number.MIN_VALUE]) {
      test(`${option} ${value} is refused`, () => {
        assert.throws(() => new MemoryCache({ [option]: value, sizeCalculation }), {
          name: 'CacheConfigError',
          message: `${option} must be a non-negative number`,
        })
      })
    }

    test(`${option} 0, -0, a fraction and Infinity are accepted`, () => {
      for (const value of [0, -0, 0.5, Number.MIN_VALUE, Number.MAX_VALUE, Infinity]) {
        const cache = new MemoryCache({ [option]: value, sizeCalculation })
        assert.equal(cache.size(), 0)
      }
    })
  }

  test('maxSize -0 and ttl -0 mean no limit, as 0 does', () => {
    const cache = new MemoryCache({ maxSize: -0, ttl: -0, maxWeight: -0 })
    for (let i = 0; i < 200; i++) cache.set(`key ${i}`, i)
    assert.equal(cache.size(), 200)
    assert.equal(cache.prune(), 0)
  })

  test('maxSize NaN and ttl NaN mean no limit', () => {
    const cache = new MemoryCache({ maxSize: NaN, ttl: NaN })
    for (let i = 0; i < 200; i++) cache.set(`key ${i}`, i)
    clock.advance(Number.MAX_SAFE_INTEGER - clock.now)
    assert.equal(cache.get('key 0'), 0)
    assert.equal(cache.has('key 1'), true)
    assert.equal(cache.prune(), 0)
    assert.equal(cache.size(), 200)
  })

  test('maxWeight NaN is refused', () => {
    assert.throws(() => new MemoryCache({ maxWeight: NaN, sizeCalculation }), {
      name: 'CacheConfigError',
      message: 'maxWeight must be a non-negative number',
    })
  })

  test('a maxWeight above 0 without sizeCalculation is refused', () => {
    for (const maxWeight of [1, 0.5, Infinity]) {
      for (const absent of [{}, { sizeCalculation: undefined }, { sizeCalculation: null }]) {
        assert.throws(() => new MemoryCache({ maxWeight, ...absent }), {
          name: 'CacheConfigError',
          message: 'sizeCalculation is required when maxWeight is greater than 0',
        })
      }
    }
  })

  test('sizeCalculation without maxWeight is accepted', () => {
    assert.equal(new MemoryCache({ sizeCalculation }).size(), 0)
  })

  test('without a maxWeight whatever is given as sizeCalculation is never called', () => {
    const spied = () => assert.fail('it was called')
    for (const unused of ['size', 1, {}, true, Symbol('size'), spied]) {
      for (const options of [{}, { maxWeight: 0 }, { maxWeight: null }]) {
        const cache = new MemoryCache({ ...options, sizeCalculation: unused })
        cache.set('key', 'value')
        assert.equal(cache.getStats().weight, 0)
      }
    }
  })

  test('a maxWeight with a falsy sizeCalculation lacks one', () => {
    for (const falsy of [false, 0, '', NaN, 0n]) {
      assert.throws(() => new MemoryCache({ maxWeight: 1, sizeCalculation: falsy }), {
        name: 'CacheConfigError',
        message: 'sizeCalculation is required when maxWeight is greater than 0',
      })
    }
  })

  test('options may be a function with properties, such as a class with static ones', () => {
    class Options {
      static maxSize = 1
      static get ttl() {
        return 100
      }
    }
    const cache = new MemoryCache(Options)
    cache.set('a', 1)
    cache.set('b', 2)
    assert.deepEqual(cache.keys(), ['b'])
    clock.advance(101)
    assert.equal(cache.size(), 0)
    assert.equal(new MemoryCache(() => {}).size(), 0)
  })

  test('hooks may be a class with static methods', () => {
    const heard = []
    class Audit {
      static onSet({ key }) {
        heard.push(`set ${key}`)
      }
      static onHit({ key }) {
        heard.push(`hit ${key}`)
      }
    }
    const cache = new MemoryCache({ hooks: Audit })
    cache.set('key', 'value')
    cache.get('key')
    assert.deepEqual(heard, ['set key', 'hit key'])
  })

  test('hooks, or one of them, may be falsy: there is none then', () => {
    for (const nothing of [false, null, undefined, 0, '', NaN]) {
      const hooks = {}
      for (const name of HOOK_NAMES) hooks[name] = nothing
      for (const cache of [new MemoryCache({ hooks: nothing }), new MemoryCache({ hooks })]) {
        cache.set('key', 'value')
        assert.equal(cache.get('key'), 'value')
        assert.equal(cache.delete('key'), true)
        assert.equal(cache.get('key'), undefined)
      }
    }
  })

  test('of several wrong options the first is named: maxSize, ttl, maxWeight, sizeCalculation', () => {
    const wrong = { maxSize: -1, ttl: -1, maxWeight: -1 }
    for (const option of ['maxSize', 'ttl', 'maxWeight']) {
      assert.throws(() => new MemoryCache(wrong), {
        message: `${option} must be a non-negative number`,
      })
      wrong[option] = 1
    }
    assert.throws(() => new MemoryCache(wrong), /^CacheConfigError: sizeCalculation is required/)
  })

  test('the error is an Error and a CacheConfigError with a stack', () => {
    assert.throws(
      () => new MemoryCache({ maxSize: -1 }),
      (error) => {
        assert.ok(error instanceof Error)
        assert.ok(error instanceof CacheConfigError)
        assert.equal(error.name, 'CacheConfigError')
        assert.equal(String(error), 'CacheConfigError: maxSize must be a non-negative number')
        assert.equal(typeof error.stack, 'string')
        assert.equal(Object.getPrototypeOf(error), CacheConfigError.prototype)
        return true
      },
    )
  })

  test('CacheConfigError can be made by anyone with a message', () => {
    const error = new CacheConfigError('mine')
    assert.ok(error instanceof CacheConfigError)
    assert.ok(error instanceof Error)
    assert.equal(error.message, 'mine')
    assert.equal(error.name, 'CacheConfigError')
  })

  test('other errors are not CacheConfigErrors', () => {
    assert.ok(!(new Error('other') instanceof CacheConfigError))
  })
})
