// getMany, hasMany, setMany, deleteMany: what the single methods do, for many keys, in order. The single
// methods are the affair of the other specs.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { reactive } from '../contract/membranes.mjs'
import { chooseSeed, untilCollected } from '../shared/support.mjs'
import {
  KEYS,
  MemoryCache,
  NOT_STRINGS,
  WEIGHTS,
  clock,
  eachSetting,
  openWithHook,
  refusal,
  seen,
  spin,
  withClock,
} from './support.mjs'

const METHODS = ['getMany', 'hasMany', 'setMany', 'deleteMany']

const argumentFor = (method, keys) =>
  method === 'setMany' ? keys.map((key) => [key, `value of ${String(key)}`]) : keys

/** The same by the single methods. */
const SINGLY = {
  getMany: (cache, keys) => keys.map((key) => cache.get(key)),
  hasMany: (cache, keys) => keys.map((key) => cache.has(key)),
  deleteMany: (cache, keys) => keys.map((key) => cache.delete(key)),
  setMany(cache, entries, options) {
    for (const [key, value] of entries) cache.set(key, value, options)
  },
}

eachSetting('many keys', ({ open, hooked }) => {
  test('entries may be objects, with options of their own in place of those of the call', () => {
    const { cache: whole } = open()
    for (const cache of [whole, whole.withNamespace('v:')]) {
      cache.set('gone', 0)
      const until = clock.now + 30
      cache.setMany(
        [
          ['pair', 1],
          { key: 'plain', value: 2, ttl: undefined },
          { key: 'brief', value: 3, ttl: 10, tags: ['t'] },
          { key: 'dated', value: 4, expiresAt: until },
          { key: 'gone', value: 5, expiresAt: 1 },
        ],
        { ttl: 20, tags: ['call'] },
      )
      const told = ['pair', 'plain', 'brief', 'dated'].map((key) => {
        const { value, ttl, tags } = cache.info(key)
        return [value, ttl, tags]
      })
      assert.deepEqual(told, [
        [1, 20, ['call']],
        [2, 20, ['call']],
        [3, 10, ['t']],
        [4, 30, []],
      ])
      assert.equal(cache.has('gone'), false)
      for (const [entry, message] of [
        [{ value: 1 }, 'setMany: entries[1].key must be a string, received undefined'],
        [{ key: 'k', ttl: -1 }, 'setMany: ttl must be a non-negative number, received -1'],
      ]) {
        assert.throws(() => cache.setMany([['new', 1], entry]), { name: 'TypeError', message })
        assert.equal(cache.has('new'), false)
      }
    }
  })

  test('values come in the order of the keys, undefined for what is absent', () => {
    const { cache } = open()
    const pairs = KEYS.map((key, i) => [key, { i }])
    assert.equal(cache.setMany(pairs), undefined)
    const asked = [...KEYS.toReversed(), 'absent', ...KEYS]
    const found = cache.getMany(asked)
    assert.deepEqual(
      found.map((value) => value?.i),
      [...KEYS.keys()].toReversed().concat(undefined, [...KEYS.keys()]),
    )
    assert.deepEqual(
      cache.hasMany(asked),
      asked.map((key) => key !== 'absent'),
    )
    assert.deepEqual(cache.deleteMany(['absent', KEYS[1], KEYS[0], KEYS[1]]), [
      false,
      true,
      true,
      false,
    ])
    assert.deepEqual(cache.keys(), KEYS.slice(2))
  })

  test('no keys are no step', async () => {
    const { cache, events } = open()
    for (const method of METHODS) {
      assert.deepEqual(cache[method]([]), method === 'setMany' ? undefined : [])
    }
    assert.equal(cache.size(), 0)
    assert.deepEqual(await events(), [])
  })

  test('any iterable will do', () => {
    const { cache } = open()
    cache.setMany(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
    assert.deepEqual(cache.getMany(new Set(['b', 'a'])), [2, 1])
    assert.deepEqual(cache.hasMany(['a', 'c'].values()), [true, false])
    function* keys() {
      yield 'a'
      yield 'b'
    }
    assert.deepEqual(cache.deleteMany(keys()), [true, true])
  })

  test('a wrong key anywhere is named, and nothing happens', async () => {
    const { cache, events } = open()
    cache.set('key', 1)
    const before = seen(cache, ['key', 'new'])
    await events()
    for (const wrong of NOT_STRINGS) {
      const received = wrong === null ? 'null' : Array.isArray(wrong) ? 'array' : typeof wrong
      for (const method of METHODS) {
        const place = method === 'setMany' ? 'entries[2][0]' : 'keys[2]'
        assert.equal(
          refusal(() => cache[method](argumentFor(method, ['key', 'new', wrong]))),
          `${method}: ${place} must be a string, received ${received}`,
        )
      }
    }
    assert.deepEqual(seen(cache, ['key', 'new']), before)
    assert.deepEqual(await events(), [])
  })

  test('entries have what the single writes leave, the last of duplicates included', async () => {
    const [many, single] = [open({ maxSize: 3 }), open({ maxSize: 3 })]
    for (const { cache } of [many, single]) cache.set('old', 0)
    const pairs = ['a', 'b', 'a', 'c', 'd', 'b', 'b'].map((key, i) => [key, i])
    many.cache.setMany(pairs)
    SINGLY.setMany(single.cache, pairs)
    assert.deepEqual(many.cache.entries(), single.cache.entries())
    assert.deepEqual(many.cache.getStats(), single.cache.getStats())
    const events = await many.events()
    assert.deepEqual(events, await single.events())
    assert.equal(events.length > 0, hooked)
  })

  test('all entries have the lifetime that the options say', () => {
    for (const [options, ttl] of [
      [undefined, 100],
      [20, 20],
      [{ ttl: 20 }, 20],
      [{ expiresAt: clock.now + 30 }, 30],
      [0, Infinity],
    ]) {
      const { cache } = open({ ttl: 100 })
      cache.setMany(
        [
          ['a', 1],
          ['b', 2],
        ],
        options,
      )
      assert.equal(cache.getRemainingTTL('a'), ttl)
      assert.equal(cache.getRemainingTTL('b'), ttl)
    }
  })

  test('a time in the past expires what the keys had', async () => {
    const { cache, events } = open()
    cache.set('a', 1)
    await events()
    cache.setMany(
      [
        ['a', 2],
        ['b', 3],
      ],
      { expiresAt: clock.now },
    )
    assert.equal(cache.size(), 0)
    assert.equal(cache.getStats().expirations, 1)
    const expected = [['onExpire', { key: 'a', value: 1, source: 'prune' }]]
    assert.deepEqual(await events(), hooked ? expected : [])
  })

  test('options that make no sense change nothing', () => {
    const { cache } = open()
    for (const options of [-1, Number.NaN, 'soon', { ttl: -1 }, { ttl: 1, expiresAt: 1 }]) {
      assert.throws(() => cache.setMany([['key', 1]], options), TypeError)
    }
    assert.equal(cache.size(), 0)
  })
})

describe('many keys under the native clock', () => {
  test('what has expired is a miss once and gone, and its value is dropped', async () => {
    const cache = new MemoryCache({ ttl: 5 })
    const values = Array.from({ length: 3 }, () => ({}))
    const collected = values.map((value) => new WeakRef(value))
    for (const [i, method] of ['getMany', 'hasMany', 'deleteMany'].entries()) {
      cache.set(method, values[i])
    }
    values.length = 0
    spin(7)
    assert.deepEqual(cache.getMany(['getMany', 'getMany']), [undefined, undefined])
    assert.deepEqual(cache.hasMany(['hasMany']), [false])
    assert.deepEqual(cache.deleteMany(['deleteMany']), [true])
    const { hits, misses, expirations } = cache.getStats()
    assert.deepEqual([hits, misses, expirations], [0, 2, 2])
    await untilCollected(() => collected.every((value) => value.deref() === undefined))
  })

  test('values of what a batch of writes evicts are dropped', async () => {
    const cache = new MemoryCache({ maxSize: 4 })
    let collected
    ;(() => {
      const value = {}
      collected = new WeakRef(value)
      cache.set('old', value)
    })()
    cache.setMany(['a', 'b', 'c', 'd', 'e'].map((key) => [key, key]))
    assert.deepEqual(cache.values(), ['b', 'c', 'd', 'e'])
    await untilCollected(() => collected.deref() === undefined)
  })

  test('hits renew with updateAgeOnGet', () => {
    const cache = new MemoryCache({ ttl: 60_000, updateAgeOnGet: true })
    cache.set('key', 1)
    spin(3)
    const before = cache.info('key').start
    cache.hasMany(['key'])
    assert.equal(cache.info('key').start, before)
    cache.getMany(['key'])
    assert.ok(cache.info('key').start > before)
  })

  test('batches of any size, with long keys and wide ones among them', () => {
    for (const count of [1, 2, 1_023, 1_024, 1_025, 5_000]) {
      const cache = new MemoryCache({ maxSize: 0 })
      const keys = Array.from({ length: count }, (_, i) =>
        i % 100 === 7 ? `${'k'.repeat(1 + i * 7)}${i}` : i % 3 === 0 ? `Ł${i}\ud800` : `key ${i}`,
      )
      cache.setMany(keys.map((key, i) => [key, i]))
      assert.deepEqual(cache.keys(), keys)
      assert.deepEqual(cache.getMany(keys), [...keys.keys()])
      assert.ok(cache.hasMany(keys).every(Boolean))
      assert.ok(cache.deleteMany(keys).every(Boolean))
      assert.equal(cache.size(), 0)
    }
  })

  test('a single key may be longer than all the rest', () => {
    const cache = new MemoryCache()
    const key = 'long '.repeat(1_000_000)
    cache.setMany([
      ['a', 1],
      [key, 2],
      ['b', 3],
    ])
    assert.deepEqual(cache.getMany(['b', key, `${key}!`]), [3, 2, undefined])
  })

  test('random batches agree with the single methods', () => {
    const seed = chooseSeed('BATCHES_SEED')
    console.log(`BATCHES_SEED=${seed}`)
    let state = seed
    const random = (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    for (let run = 0; run < 60; run++) {
      const options = { maxSize: random(12), ttl: random(2) * 60_000, ttlJitter: 0.5 }
      options.ttlJitterSeed = run
      if (run % 4 === 0) Object.assign(options, WEIGHTS, { maxWeight: 13 })
      const [many, single] = [new MemoryCache(options), new MemoryCache(options)]
      for (let i = 0; i < 100; i++) {
        const method = METHODS[random(4)]
        const keys = Array.from({ length: random(8) }, () => KEYS[random(KEYS.length)] + random(3))
        const given = method === 'setMany' ? keys.map((key) => [key, { i }]) : keys
        const own = method === 'setMany' && random(3) === 0 ? 50_000 + random(3) : undefined
        assert.deepEqual(many[method](given, own), SINGLY[method](single, given, own))
        assert.deepEqual(many.entries(), single.entries())
        assert.deepEqual(many.getStats(), single.getStats())
      }
    }
  })
})

describe('many keys', () => {
  withClock()

  test('what is no iterable of keys is refused, a string included', () => {
    const cache = new MemoryCache()
    for (const [given, received] of [
      ['text', 'string'],
      [undefined, 'undefined'],
      [null, 'null'],
      [7, 'number'],
      [{}, 'object'],
      [() => [], 'function'],
    ]) {
      for (const method of METHODS) {
        const [argument, of] =
          method === 'setMany' ? ['entries', '[key, value] pairs'] : ['keys', 'strings']
        assert.equal(
          refusal(() => cache[method](given)),
          `${method}: ${argument} must be an array or another iterable of ${of}, received ${received}`,
        )
      }
    }
    assert.equal(
      refusal(() => cache.setMany([['a', 1], 'ab'])),
      'setMany: entries[1] must be an array of key and value or an object with both, received string',
    )
    assert.equal(cache.size(), 0)
  })

  test('errors name the caller first', () => {
    const cache = new MemoryCache()
    for (const method of METHODS) {
      function caller() {
        cache[method]([1])
      }
      assert.throws(caller, (error) => error.stack.split('\n')[1].includes('caller'))
    }
  })

  test('an iterator that throws, or closes the cache, leaves it alone', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    function* throwing() {
      yield 'a'
      throw new Error('no more')
    }
    assert.throws(() => cache.deleteMany(throwing()), /no more/)
    assert.equal(cache.peek('a'), 1)
    function* closing() {
      yield 'a'
      cache.close()
    }
    assert.throws(() => cache.getMany(closing()), /the cache is closed/)
  })

  test('after close() everything is refused', () => {
    const cache = new MemoryCache()
    cache.close()
    for (const method of METHODS) {
      assert.throws(() => cache[method](argumentFor(method, ['a'])), /the cache is closed/)
    }
  })

  test('after clear() nothing is there, and slots begin anew', () => {
    const cache = new MemoryCache()
    cache.setMany([
      ['a', 1],
      ['b', 2],
    ])
    cache.clear()
    assert.deepEqual(cache.getMany(['a', 'b']), [undefined, undefined])
    cache.setMany([['b', 3]])
    assert.deepEqual(cache.getMany(['a', 'b']), [undefined, 3])
  })

  test('a sizeCalculation that throws for any entry changes nothing', () => {
    const cache = new MemoryCache({
      maxWeight: 100,
      sizeCalculation(value) {
        if (value === 'bad') throw new Error('weightless')
        return value
      },
    })
    cache.set('a', 1)
    assert.throws(
      () =>
        cache.setMany([
          ['a', 2],
          ['b', 'bad'],
        ]),
      /weightless/,
    )
    assert.throws(
      () =>
        cache.setMany([
          ['a', 2],
          ['b', -1],
        ]),
      RangeError,
    )
    assert.deepEqual(cache.entries(), [['a', 1]])
  })

  test('each hook meets the cache as the single step leaves it', () => {
    const met = []
    const cache = openWithHook('onDelete', (own, { key }) => met.push([key, own.keys()]))
    cache.setMany(['a', 'b', 'c'].map((key) => [key, key]))
    cache.deleteMany(['b', 'a'])
    assert.deepEqual(met, [
      ['b', ['a', 'c']],
      ['a', ['c']],
    ])
  })

  test('a hook may use many keys, clear or close', () => {
    const cache = openWithHook('onHit', (own) => {
      own.setMany([['c', 3]])
      own.deleteMany(['b'])
    })
    cache.setMany([
      ['a', 1],
      ['b', 2],
    ])
    assert.deepEqual(cache.getMany(['a', 'b', 'c']), [1, undefined, 3])
    for (const end of ['clear', 'close']) {
      const other = openWithHook('onSet', (own) => own[end]())
      other.setMany([
        ['a', 1],
        ['b', 2],
      ])
      if (end === 'clear') assert.equal(other.size(), 0)
      else assert.throws(() => other.size(), /the cache is closed/)
    }
  })

  test('a prune of a subclass makes room', () => {
    let pruned = 0
    class Pruning extends MemoryCache {
      prune() {
        pruned++
        return super.prune()
      }
    }
    const cache = new Pruning({ maxSize: 2 })
    cache.setMany(['a', 'b', 'c', 'd'].map((key) => [key, key]))
    assert.equal(pruned, 2)
    assert.deepEqual(cache.getMany(['a', 'b', 'c', 'd']), [undefined, undefined, 'c', 'd'])
  })

  test('writes and removals overtake fetches that are to be discarded when late', async () => {
    for (const change of [
      (cache) => cache.setMany([['key', 'newer']]),
      (cache) => cache.deleteMany(['key']),
    ]) {
      const cache = new MemoryCache({ lateFetch: 'discard' })
      let land
      const fetched = cache.getOrSet('key', () => new Promise((resolve) => void (land = resolve)))
      change(cache)
      const before = cache.peek('key')
      land('late')
      assert.equal(await fetched, 'late')
      assert.equal(cache.peek('key'), before)
    }
  })

  test('a proxy that wraps has what is returned wrapped, and changes announced', () => {
    const value = {}
    const raw = new MemoryCache()
    const cache = reactive(raw)
    cache.setMany([['key', value]])
    const [wrapped] = cache.getMany(['key'])
    assert.notEqual(wrapped, value)
    assert.equal(wrapped, cache.get('key'))
    assert.equal(raw.getMany(['key'])[0], value)
  })

  test('options do not count in the length of the methods', () => {
    for (const method of METHODS) assert.equal(MemoryCache.prototype[method].length, 1)
  })
})
