// Lifetimes of single entries: the third argument of set, and who goes when. What renews lifetimes and
// the options of a whole cache are in specs of their own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import {
  KEYS,
  MemoryCache,
  NOT_STRINGS,
  NOT_TTLS,
  clock,
  eachSetting,
  openWithHook,
  refusal,
  seen,
  withClock,
} from './support.mjs'

const STORE_TTLS = [0, 5, 20, 1_000, Infinity]

const NOT_TIMES = [
  Number.NaN,
  '2030',
  '',
  true,
  false,
  5n,
  Symbol('time'),
  {},
  [],
  () => 5,
  new Date(Number.NaN),
]
const NOT_LIFETIMES = ['5', '', true, false, 5n, Symbol('lifetime'), () => 5]

const shown = (value) => inspect(value, { depth: 0, breakLength: Infinity })

eachSetting('own lifetimes', ({ open, hooked }) => {
  /** Asserts that an entry is valid up to and including that time, and no longer. */
  function assertLives(cache, milliseconds) {
    clock.advance(milliseconds)
    assert.equal(cache.get('key'), 1)
    clock.advance(1)
    assert.equal(cache.get('key'), undefined)
    assert.equal(cache.getStats().expirations, 1)
  }

  for (const [form, lifetime] of [
    ['a ttl', () => 20],
    ['{ ttl }', () => ({ ttl: 20 })],
    ['{ ttl } beside an expiresAt that is absent', () => ({ ttl: 20, expiresAt: undefined })],
    ['{ expiresAt } in milliseconds', () => ({ expiresAt: clock.now + 20 })],
    ['{ expiresAt } as a Date', () => ({ expiresAt: new Date(clock.now + 20) })],
    ['{ expiresAt } beside a ttl that is null', () => ({ ttl: null, expiresAt: clock.now + 20 })],
  ]) {
    test(`${form} counts in place of the ttl of the cache`, () => {
      for (const ttl of STORE_TTLS) {
        const { cache } = open({ ttl })
        cache.set('key', 1, lifetime())
        assertLives(cache, 20)
      }
    })
  }

  test('a fraction of a millisecond is a lifetime', () => {
    for (const own of [0.5, { ttl: 0.5 }, { expiresAt: clock.now + 0.5 }]) {
      const { cache } = open({ ttl: 100 })
      clock.set(clock.start)
      cache.set('key', 1, own)
      assertLives(cache, 0)
    }
  })

  test('0 and Infinity are for ever', () => {
    for (const own of [0, Infinity, { ttl: 0 }, { ttl: Infinity }, { expiresAt: Infinity }]) {
      const { cache } = open({ ttl: 10 })
      cache.set('key', 1, own)
      clock.advance(1e12)
      assert.equal(cache.get('key'), 1)
    }
  })

  test('null, undefined and an object of neither are as without', () => {
    const absent = [undefined, null, {}, { ttl: undefined }, { ttl: null, expiresAt: null }]
    for (const given of absent) {
      const { cache } = open({ ttl: 20 })
      cache.set('key', 1, given)
      assertLives(cache, 20)
    }
  })

  test('a later set without it has the lifetime of the cache again', () => {
    const { cache } = open({ ttl: 20 })
    for (const own of [5, 0, 500]) {
      cache.set('key', 1, own)
      cache.set('key', 1)
      assert.equal(cache.getRemainingTTL('key'), 20)
    }
    assertLives(cache, 20)
  })

  test('each entry lives as long as it was given', () => {
    const { cache } = open({ ttl: 15 })
    for (const ttl of [10, 30, 20]) cache.set(String(ttl), 1, ttl)
    cache.set('15', 1)
    clock.advance(11)
    assert.deepEqual(cache.keys(), ['30', '20', '15'])
    clock.advance(5)
    assert.deepEqual(cache.keys(), ['30', '20'])
    clock.advance(5)
    assert.deepEqual(cache.keys(), ['30'])
    clock.advance(10)
    assert.deepEqual(cache.keys(), [])
  })

  test('onSet is told as of any other write', async () => {
    const { cache, events } = open()
    cache.set('key', 1, 10)
    cache.set('key', 2, { expiresAt: clock.now + 10 })
    const told = [
      ['onSet', { key: 'key', value: 1, isUpdate: false }],
      ['onSet', { key: 'key', value: 2, isUpdate: true }],
    ]
    assert.deepEqual(await events(), hooked ? told : [])
  })

  for (const [what, past] of [
    ['now', () => clock.now],
    ['before now', () => clock.now - 1],
    ['now, as a Date', () => new Date(clock.now)],
    ['minus infinity', () => -Infinity],
    ['0', () => 0],
  ]) {
    test(`expiresAt that is ${what} stores nothing and removes what was there, as one that has expired`, async () => {
      for (const own of [undefined, 0, 10]) {
        const { cache, events } = open({ ttl: 50 })
        cache.set('other', 2)
        cache.set('key', 1, own)
        await events()
        cache.set('key', 'new', { expiresAt: past() })
        const told = [['onExpire', { key: 'key', value: 1, source: 'prune' }]]
        assert.deepEqual(await events(), hooked ? told : [])
        assert.deepEqual(cache.keys(), ['other'])
        const { hits, misses, evictions, expirations } = cache.getStats()
        assert.deepEqual([hits, misses, evictions, expirations], [0, 0, 0, 1])
      }
    })
  }

  test('expiresAt at or before now of a key that is absent does nothing', async () => {
    const { cache, events } = open({ maxSize: 1 })
    cache.set('other', 2)
    await events()
    const before = seen(cache, ['other'])
    cache.set('key', 1, { expiresAt: clock.now })
    assert.deepEqual(seen(cache, ['other']), before)
    assert.deepEqual(await events(), [])
  })

  test('an entry that has expired, written until a time in the past, expires once', async () => {
    const { cache, events } = open({ ttl: 10 })
    cache.set('key', 1)
    await events()
    clock.advance(11)
    cache.set('key', 2, { expiresAt: clock.now })
    assert.equal((await events()).length, hooked ? 1 : 0)
    assert.equal(cache.getStats().expirations, 1)
  })

  test('a wrong lifetime is refused with its name and value, and nothing changes', async () => {
    const { cache, events } = open({ ttl: 50 })
    for (const key of ['a', 'b']) cache.set(key, 1, 30)
    await events()
    const before = seen(cache, ['a', 'b'])
    const assertRefused = (given, message) => {
      for (const key of ['a', 'new'])
        assert.equal(
          refusal(() => cache.set(key, 2, given)),
          message,
        )
    }
    for (const ttl of NOT_TTLS) {
      assertRefused({ ttl }, `set: ttl must be a non-negative number, received ${shown(ttl)}`)
    }
    for (const ttl of [-1, -Infinity, Number.NaN]) {
      assertRefused(ttl, `set: ttl must be a non-negative number, received ${ttl}`)
    }
    for (const time of NOT_TIMES) {
      const expected = 'a number of milliseconds or a valid Date'
      assertRefused(
        { expiresAt: time },
        `set: expiresAt must be ${expected}, received ${shown(time)}`,
      )
    }
    for (const given of NOT_LIFETIMES) {
      const expected = 'a ttl in milliseconds or an object'
      assertRefused(given, `set: options must be ${expected}, received ${shown(given)}`)
    }
    for (const key of NOT_STRINGS) {
      assert.match(
        refusal(() => cache.set(key, 2, 5)),
        /^set: key must be a string, received /,
      )
    }
    assert.deepEqual(seen(cache, ['a', 'b']), before)
    assert.deepEqual(await events(), [])
  })

  test('ttl and expiresAt at once are refused with both values, and nothing changes', async () => {
    const { cache, events } = open({ ttl: 50 })
    cache.set('key', 1)
    await events()
    const before = seen(cache, ['key'])
    for (const [ttl, expiresAt] of [
      [5, 7],
      [0, Infinity],
      [5, new Date(7)],
    ]) {
      assert.equal(
        refusal(() => cache.set('key', 2, { ttl, expiresAt })),
        `set: ttl and expiresAt exclude each other, received ${ttl} and ${shown(expiresAt)}`,
      )
    }
    assert.deepEqual(seen(cache, ['key']), before)
    assert.deepEqual(await events(), [])
  })

  test('what an option’s getter throws comes out, and nothing changes', () => {
    const { cache } = open({ ttl: 50 })
    cache.set('key', 1)
    const before = seen(cache, ['key'])
    for (const name of ['ttl', 'expiresAt']) {
      const given = Object.defineProperty({}, name, {
        get() {
          throw new RangeError(name)
        },
      })
      assert.throws(() => cache.set('key', 2, given), { name: 'RangeError', message: name })
    }
    assert.deepEqual(seen(cache, ['key']), before)
  })

  test('keys are any strings', () => {
    const { cache } = open({ ttl: 1_000 })
    for (const [i, key] of KEYS.entries()) cache.set(key, i, 10 + i)
    for (const [i] of KEYS.entries()) {
      clock.set(clock.start + 10 + i)
      assert.deepEqual(cache.keys(), KEYS.slice(i))
    }
    clock.advance(1)
    assert.deepEqual(cache.keys(), [])
  })

  test('what was cleared or deleted leaves no lifetime behind', () => {
    for (const remove of [
      (cache) => cache.clear(),
      (cache) => cache.delete('key'),
      (cache) => cache.deleteByPrefix('k'),
      (cache) => cache.deleteByMagicString('*'),
      (cache) => cache.deleteAsync('key'),
    ]) {
      const { cache } = open({ ttl: 100 })
      cache.set('key', 1, 10)
      remove(cache)
      cache.set('key', 2)
      clock.advance(11)
      assert.equal(cache.get('key'), 2)
      assert.equal(cache.getRemainingTTL('key'), 89)
    }
  })

  test('what has expired makes room before anything valid is evicted', () => {
    for (const ttl of [0, 1_000]) {
      const { cache } = open({ maxSize: 3, ttl })
      cache.set('valid', 1)
      cache.set('short', 1, 10)
      cache.set('longer', 1, 30)
      clock.advance(11)
      cache.set('new', 1)
      assert.deepEqual(cache.keys(), ['valid', 'longer', 'new'])
      clock.advance(20)
      cache.set('newer', 1, 5)
      assert.deepEqual(cache.keys(), ['valid', 'new', 'newer'])
      const { evictions, expirations } = cache.getStats()
      assert.deepEqual([evictions, expirations], [0, 2])
      cache.set('newest', 1)
      assert.deepEqual(cache.keys(), ['new', 'newer', 'newest'])
      assert.equal(cache.getStats().evictions, 1)
    }
  })

  test('prune removes those with lifetimes of their own by deadline, then the others by their write', async () => {
    const { cache, events } = open({ ttl: 50 })
    for (const key of ['first', 'second']) cache.set(key, 1)
    for (const ttl of [40, 10, 45, 20, 30]) cache.set(String(ttl), 1, ttl)
    cache.set('until', 1, { expiresAt: clock.now + 15 })
    cache.set('kept', 1, 500)
    await events()
    clock.advance(51)
    assert.equal(cache.prune(), 8)
    const order = ['10', 'until', '20', '30', '40', '45', 'first', 'second']
    const told = order.map((key) => ['onExpire', { key, value: 1, source: 'prune' }])
    assert.deepEqual(await events(), hooked ? told : [])
    assert.deepEqual(cache.keys(), ['kept'])
  })

  test('any number of different lifetimes is kept apart', async () => {
    const { cache, events } = open({ maxSize: 0, ttl: 7 })
    const ttls = Array.from({ length: 100 }, (_, i) => 1 + ((i * 37) % 100))
    for (const ttl of ttls) cache.set(String(ttl), ttl, ttl)
    for (let ttl = 1; ttl <= 100; ttl++) {
      clock.set(clock.start + ttl)
      assert.equal(cache.size(), 101 - ttl)
      assert.equal(cache.has(String(ttl)), true)
    }
    clock.advance(1)
    assert.equal(cache.size(), 0)
    const expired = (await events()).filter(([name]) => name === 'onExpire')
    const order = expired.map(([, { value }]) => value)
    if (hooked)
      assert.deepEqual(
        order,
        ttls.toSorted((a, b) => a - b),
      )
  })
})

describe('own lifetimes in particular', () => {
  withClock()

  test('a cache of ttl 0 reads the clock only once something in it can expire', () => {
    const cache = new MemoryCache({ ttl: 0 })
    const everything = () => {
      cache.set('other', 1)
      for (const method of ['get', 'has', 'peek', 'take', 'touch', 'info']) cache[method]('other')
      for (const method of ['size', 'keys', 'prune', 'getStats']) cache[method]()
    }
    assert.equal(clock.readsDuring(everything), 0)
    cache.set('ever', 1, 0)
    assert.equal(clock.readsDuring(everything), 0)
    cache.set('key', 1, 10)
    assert.ok(clock.readsDuring(everything) > 0)
    clock.advance(11)
    assert.deepEqual(cache.keys(), ['ever'])
    clock.advance(1e9)
    cache.set('cache’s', 1)
    clock.advance(1e9)
    assert.deepEqual(cache.keys(), ['ever', 'cache’s'])
  })

  test('a weight that is refused leaves entry and lifetime as they were', () => {
    const sizeCalculation = (value) => value
    const cache = new MemoryCache({ ttl: 50, maxWeight: 10, sizeCalculation })
    cache.set('key', 1, 30)
    const before = seen(cache, ['key'])
    assert.throws(() => cache.set('key', -1, 5), RangeError)
    assert.throws(() => cache.set('key', -1, { expiresAt: 0 }), RangeError)
    assert.deepEqual(seen(cache, ['key']), before)
  })

  test('a value that is too heavy takes the old entry away, whatever its lifetime', () => {
    const sizeCalculation = (value) => value
    const cache = new MemoryCache({ ttl: 50, maxWeight: 10, sizeCalculation })
    cache.set('key', 1, 30)
    cache.set('key', 11, 30)
    assert.deepEqual([cache.size(), cache.getStats().evictions], [0, 1])
  })

  test('weights of what has expired make room before anything valid is evicted', () => {
    const sizeCalculation = (value) => value
    const cache = new MemoryCache({ ttl: 0, maxSize: 0, maxWeight: 10, sizeCalculation })
    cache.set('valid', 4)
    cache.set('short', 6, 10)
    clock.advance(11)
    cache.set('new', 6)
    const { evictions, expirations, weight } = cache.getStats()
    assert.deepEqual([cache.keys(), evictions, expirations, weight], [['valid', 'new'], 0, 1, 10])
  })

  test('a getter of the options may use the cache', () => {
    const cache = new MemoryCache({ maxSize: 2, ttl: 50 })
    cache.set('key', 1)
    cache.set('key', 2, {
      get ttl() {
        cache.clear()
        cache.set('inner', 3)
        return 5
      },
    })
    assert.deepEqual(cache.entries(), [
      ['inner', 3],
      ['key', 2],
    ])
    assert.equal(cache.getRemainingTTL('key'), 5)
  })

  for (const name of ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']) {
    test(`${name} can write with a lifetime, and until a time in the past`, () => {
      let calls = 0
      const write = (inner) => {
        if (calls++ > 0) return
        inner.set('inner', 'inner', 7)
        inner.set('victim', 'never', { expiresAt: clock.now })
      }
      const cache = openWithHook(name, write, { ttl: 50, maxSize: 3 })
      calls = 1
      cache.set('victim', 1)
      cache.set('key', 1, 10)
      calls = 0
      if (name === 'onHit') cache.get('key')
      if (name === 'onMiss') cache.get('none')
      if (name === 'onSet') cache.set('key', 2, 10)
      if (name === 'onDelete') cache.delete('key')
      if (name === 'onEvict') {
        cache.set('third', 1)
        cache.get('victim')
        cache.set('fourth', 1)
      }
      if (name === 'onExpire') {
        clock.advance(11)
        cache.prune()
      }
      assert.ok(calls > 0)
      assert.equal(cache.getRemainingTTL('inner'), 7)
      assert.equal(cache.has('victim'), false)
      clock.advance(8)
      assert.equal(cache.peek('inner'), undefined)
    })
  }

  test('onExpire that writes the same key again leaves a new entry, which prune does not remove', () => {
    let revivals = 1
    const revive = (inner, { key }) => void (revivals-- > 0 && inner.set(key, 'again', 10))
    const cache = openWithHook('onExpire', revive, { ttl: 0 })
    cache.set('key', 'once', 10)
    clock.advance(11)
    assert.equal(cache.prune(), 1)
    assert.equal(cache.get('key'), 'again')
    clock.advance(11)
    assert.equal(cache.prune(), 1)
    assert.equal(cache.size(), 0)
  })
})
