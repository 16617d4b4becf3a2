// `dump` and `load` of both kinds of cache: what comes out, what goes in, and that the one undoes the other.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { mockClock, recorder } from '../shared/support.mjs'
import { KINDS } from './support.mjs'

const STRANGE = [
  '',
  '__proto__',
  'constructor',
  '\ud800',
  'a\udc00b',
  'Łódź',
  '💾',
  'k'.repeat(300),
]

const refusal = (action) => {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof TypeError, error.stack)
    return error.message
  }
  return assert.fail('it was taken')
}

/** Everything that can be seen of a cache without a change. */
const seen = (cache) => [cache.keys().map((key) => [key, cache.info(key)]), cache.getStats()]

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`dump and load of a ${kind}`, () => {
    test('a dump tells value, deadline, own lifetime and tags, the least recently used first', (t) => {
      mockClock(t, 1_000)
      const cache = open(t, { ttl: 100 })
      cache.set('plain', 1)
      cache.set('own', 2, { ttl: 50 })
      cache.set('until', 3, { expiresAt: 1_500 })
      cache.set('forever', 4, { ttl: 0, tags: ['a', 'b'] })
      cache.get('plain')
      assert.deepEqual(
        [...cache.dump()],
        [
          ['own', { value: 2, expiresAt: 1_050, ttl: 50 }],
          ['until', { value: 3, expiresAt: 1_500, ttl: 500 }],
          ['forever', { value: 4, ttl: 0, tags: ['a', 'b'] }],
          ['plain', { value: 1, expiresAt: 1_100 }],
        ],
      )
    })

    test('an entry of a cache without a ttl has nothing but its value', (t) => {
      const cache = open(t, { ttl: 0 })
      cache.set('key', undefined)
      assert.deepEqual([...cache.dump()], [['key', { value: undefined }]])
    })

    test('a dump leaves out what has expired, and what is kept although it has', (t) => {
      const clock = mockClock(t)
      for (const options of [{ ttl: 10 }, { ttl: 10, staleIfError: 1_000 }]) {
        const cache = open(t, options)
        cache.set('gone', 1)
        clock.now += 11
        cache.set('here', 2)
        assert.deepEqual(
          [...cache.dump()].map(([key]) => key),
          ['here'],
        )
      }
    })

    test('a dump counts, promotes and removes nothing', (t) => {
      const clock = mockClock(t)
      const { hooks, take } = recorder()
      const cache = open(t, { ttl: 10, hooks })
      cache.set('a', 1)
      cache.set('b', 2)
      clock.now += 5
      take()
      const before = seen(cache)
      assert.equal([...cache.dump()].length, 2)
      assert.deepEqual(seen(cache), before)
      clock.now += 6
      assert.deepEqual([...cache.dump()], [])
      assert.equal(cache.getMetrics().entries, 2)
      assert.deepEqual(take(), [])
    })

    test('a dump has the keys of the call and the values of each step; a closed cache ends it', (t) => {
      const cache = open(t)
      cache.set('a', 1)
      cache.set('b', 2)
      cache.set('c', 3)
      const dump = cache.dump()
      cache.set('d', 4)
      cache.delete('a')
      cache.set('c', 5)
      assert.equal(dump.next().value[0], 'b')
      assert.equal(dump.next().value[1].value, 5)
      assert.deepEqual(dump.next(), { value: undefined, done: true })
      const left = cache.dump()
      left.next()
      cache.close()
      assert.throws(() => left.next(), /is closed/)
      assert.throws(() => cache.dump(), /is closed/)
      assert.throws(() => cache.load([]), /is closed/)
    })

    test('load(dump()) is the same cache: order, lifetimes, tags, keys of all sorts', (t) => {
      const clock = mockClock(t)
      const options = { ttl: 1_000, updateAgeOnGet: true }
      const cache = open(t, options)
      for (const [i, key] of STRANGE.entries()) cache.set(key, { i }, { tags: [key, 'all'] })
      cache.set('own', 1, { ttl: 70 })
      cache.set('forever', 2, { ttl: Infinity })
      clock.now += 50
      cache.touch('💾')
      const copy = open(t, options)
      copy.load(cache.dump())
      const facts = (one) => [...one.dump()]
      assert.deepEqual(facts(copy), facts(cache))
      assert.deepEqual(copy.keys(), cache.keys())
      // A renewal gives the same lifetimes, and what is to expire does so at the same times.
      for (const key of ['', 'own']) assert.equal(copy.touch(key), cache.touch(key))
      for (const key of ['', 'own', 'Łódź']) {
        assert.equal(copy.getRemainingTTL(key), cache.getRemainingTTL(key), key)
      }
      for (const milliseconds of [70, 1, 879, 1, 49, 1, 5_000]) {
        clock.now += milliseconds
        assert.deepEqual(copy.keys(), cache.keys())
      }
      copy.load(cache.dump())
      assert.equal(copy.deleteByTag('all'), cache.deleteByTag('all'))
      assert.deepEqual(copy.keys(), ['forever'])
    })

    test('a cache may load its own dump', (t) => {
      const cache = open(t)
      for (const key of STRANGE) cache.set(key, key)
      cache.load(cache.dump())
      assert.deepEqual(cache.keys(), STRANGE)
    })

    test('load replaces everything, reports it as clear does, and starts the statistics anew', (t) => {
      const { hooks, take } = recorder()
      const cache = open(t, { hooks })
      cache.set('old', 1)
      cache.set('both', 2)
      cache.get('old')
      cache.get('none')
      take()
      cache.load([['both', { value: 3 }]])
      const reported = take().map(([hook, { key, value, source }]) => [hook, key, value, source])
      assert.deepEqual(
        reported.toSorted(([, a], [, b]) => (a < b ? -1 : 1)),
        [
          ['onDelete', 'both', 2, 'clear'],
          ['onDelete', 'old', 1, 'clear'],
        ],
      )
      const { size, hits, misses, evictions, expirations } = cache.getStats()
      assert.deepEqual([size, hits, misses, evictions, expirations], [1, 0, 0, 0, 0])
      assert.equal(cache.get('both'), 3)
      assert.equal(cache.get('old'), undefined)
    })

    test('entries without times live as those that are set now; deadlines are absolute', (t) => {
      const clock = mockClock(t, 1_000)
      const cache = open(t, { ttl: 100 })
      cache.load([
        ['plain', { value: 1 }],
        ['own', { value: 2, ttl: 30 }],
        ['forever', { value: 3, ttl: 0 }],
        ['until', { value: 4, expiresAt: new Date(1_400) }],
        ['endless', { value: 5, expiresAt: Infinity }],
        ['past', { value: 6, expiresAt: 999 }],
        ['nulls', { value: 7, ttl: null, expiresAt: null, tags: null }],
      ])
      const left = Object.fromEntries(cache.keys().map((key) => [key, cache.getRemainingTTL(key)]))
      assert.deepEqual(left, {
        plain: 100,
        own: 30,
        forever: Infinity,
        until: 400,
        endless: Infinity,
        nulls: 100,
      })
      // Written later, expires earlier: a queue in the order of writing must not hide it.
      cache.set('late', 8)
      clock.now += 101
      assert.deepEqual(cache.keys(), ['forever', 'until', 'endless'])
      assert.equal(cache.prune(), 0)
      clock.now += 300
      assert.deepEqual(cache.keys(), ['forever', 'endless'])
    })

    test('a cache without a ttl expires what is loaded with one', (t) => {
      const clock = mockClock(t, 1_000)
      const cache = open(t, { ttl: 0 })
      cache.load([
        ['a', { value: 1, expiresAt: 1_010 }],
        ['b', { value: 2, ttl: 20 }],
        ['c', { value: 3 }],
      ])
      clock.now = 1_011
      assert.deepEqual(cache.keys(), ['b', 'c'])
      clock.now = 1_021
      assert.deepEqual(cache.keys(), ['c'])
    })

    test('of entries with one key the last counts, in its place', (t) => {
      const cache = open(t)
      cache.load([
        ['a', { value: 1, tags: ['one'] }],
        ['b', { value: 2 }],
        ['a', { value: 3 }],
      ])
      assert.deepEqual(cache.entries(), [
        ['b', 2],
        ['a', 3],
      ])
      assert.deepEqual(cache.info('a').tags, [])
    })

    test('beyond the limits the least recently used are left out, silently', (t) => {
      const { hooks, take } = recorder()
      const cache = open(t, { maxSize: 2, hooks })
      cache.load(['a', 'b', 'c', 'd'].map((key) => [key, { value: key }]))
      assert.deepEqual(cache.keys(), ['c', 'd'])
      assert.equal(cache.getStats().evictions, 0)
      assert.deepEqual(take(), [])
      cache.set('e', 'e')
      assert.deepEqual(cache.keys(), ['d', 'e'])
    })

    test('what is loaded goes on as if it had been set', (t) => {
      const clock = mockClock(t)
      const cache = open(t, { maxSize: 1_000, ttl: 100 })
      cache.load(Array.from({ length: 1_000 }, (_, i) => [`key ${i}`, { value: i }]))
      for (let i = 0; i < 1_000; i += 2) assert.equal(cache.delete(`key ${i}`), true)
      for (let i = 0; i < 1_000; i += 2) cache.set(`key ${i}`, i)
      for (let i = 0; i < 1_000; i++) assert.equal(cache.get(`key ${i}`), i)
      cache.set('one more', 1)
      assert.equal(cache.size(), 1_000)
      clock.now += 101
      assert.equal(cache.prune(), 1_000)
    })

    test('whatever is wrong is named with its place, and nothing has changed', (t) => {
      mockClock(t)
      const cache = open(t)
      cache.set('old', 1, { tags: ['tag'] })
      const before = seen(cache)
      const second = (entry) => [['fine', { value: 1 }], entry]
      const WRONG = [
        [undefined, /^load: entries must be an array or another iterable of/],
        ['text', /^load: entries must be .*, received string$/],
        [{ a: 1 }, /^load: entries must be .*, received object$/],
        [second('ab'), /^load: entries\[1\] must be an array of a key .*, received string$/],
        [second(undefined), /^load: entries\[1\] must be .*, received undefined$/],
        [second([1, { value: 1 }]), /^load: entries\[1\]\[0\] must be a string, received number$/],
        [second(['a', 1]), /^load: entries\[1\] must be .*, received number$/],
        [second(['a', null]), /^load: entries\[1\] must be .*, received null$/],
        [
          second(['a', { value: 1, ttl: -1 }]),
          /^load: entries\[1\]\[1\]\.ttl must be a non-negative number, received -1$/,
        ],
        [second(['a', { value: 1, ttl: Number.NaN }]), /\.ttl must be .*, received NaN$/],
        [second(['a', { value: 1, ttl: '5' }]), /\.ttl must be .*, received '5'$/],
        [
          second(['a', { value: 1, expiresAt: 'soon' }]),
          /\.expiresAt must be .*, received 'soon'$/,
        ],
        [
          second(['a', { value: 1, expiresAt: Number.NaN }]),
          /\.expiresAt must be .*, received NaN$/,
        ],
        [second(['a', { value: 1, expiresAt: new Date('') }]), /\.expiresAt must be /],
        [
          second(['a', { value: 1, tags: 'a' }]),
          /\.tags must be an array of strings, received 'a'$/,
        ],
        [second(['a', { value: 1, tags: ['a', 1] }]), /\.tags\[1\] must be a string, received 1$/],
      ]
      for (const [entries, expected] of WRONG) {
        assert.match(
          refusal(() => cache.load(entries)),
          expected,
        )
        assert.deepEqual(seen(cache), before)
      }
    })

    test('what an iterable or a getter throws is passed on, and nothing has changed', (t) => {
      const cache = open(t)
      cache.set('old', 1)
      const failure = new Error('mine')
      function* failing() {
        yield ['a', { value: 1 }]
        throw failure
      }
      const getter = {
        get value() {
          throw failure
        },
      }
      for (const entries of [failing(), [['a', getter]]]) {
        assert.throws(() => cache.load(entries), failure)
        assert.deepEqual(cache.keys(), ['old'])
      }
    })

    test('a cache that is closed while its entries are read says so', (t) => {
      const cache = open(t)
      const getter = {
        get value() {
          cache.close()
          return 1
        },
      }
      assert.throws(() => cache.load([['a', getter]]), /is closed/)
    })

    test('a hook may load, and dump, while what was there is reported', (t) => {
      let rounds = 0
      const cache = open(t, {
        hooks: {
          onDelete() {
            if (rounds++ === 0) cache.load([['inner', { value: 1 }]])
            assert.ok([...cache.dump()].length <= 2)
          },
        },
      })
      cache.set('a', 1)
      cache.set('b', 2)
      cache.load([['outer', { value: 2 }]])
      const keys = cache.keys()
      assert.ok(keys.length === 1 && ['inner', 'outer'].includes(keys[0]), String(keys))
    })

    test('a Map of entries and a cleared cache will do', (t) => {
      const cache = open(t)
      cache.set('old', 1)
      cache.clear()
      assert.deepEqual([...cache.dump()], [])
      cache.load(new Map([['a', { value: 1 }]]))
      assert.deepEqual(cache.entries(), [['a', 1]])
      cache.load([])
      assert.deepEqual(cache.entries(), [])
    })

    test('a fetch under way is overtaken as by clear', async (t) => {
      const cache = open(t, kind === 'MemoryCache' ? { lateFetch: 'discard' } : {})
      let land
      const fetched = cache.getOrSet('key', () => new Promise((resolve) => (land = resolve)))
      cache.load([['other', { value: 1 }]])
      land('late')
      assert.equal(await fetched, 'late')
      const after = open(t, kind === 'MemoryCache' ? { lateFetch: 'discard' } : {})
      const again = after.getOrSet('key', () => new Promise((resolve) => (land = resolve)))
      after.clear()
      land('late')
      await again
      assert.equal(cache.has('key'), after.has('key'))
    })
  })
}

test('values of a MemoryCache are dumped and loaded by identity', (t) => {
  const cache = KINDS.MemoryCache(t)
  const value = { own: () => 'function' }
  cache.set('key', value)
  const copy = KINDS.MemoryCache(t)
  copy.load(cache.dump())
  assert.equal(copy.get('key'), value)
})

test('weights are asked for before anything changes, and decide what is left out', (t) => {
  const weights = { maxWeight: 10, sizeCalculation: (value) => value }
  const cache = KINDS.MemoryCache(t, weights)
  cache.set('old', 1)
  assert.throws(
    () =>
      cache.load([
        ['a', { value: 1 }],
        ['b', { value: -1 }],
      ]),
    RangeError,
  )
  assert.deepEqual(cache.entries(), [['old', 1]])
  cache.load([4, 11, 5, 3, 2].map((value, i) => [`${i}`, { value }]))
  assert.deepEqual(cache.getStats().weight, 10)
  assert.deepEqual(cache.values(), [5, 3, 2])
  cache.set('more', 4)
  assert.deepEqual(cache.values(), [3, 2, 4])
})

test('what a codec of a shared store throws is passed on, and nothing has changed', (t) => {
  const failure = new Error('mine')
  const codec = {
    encode(value) {
      if (value === 'bad') throw failure
      return String(value)
    },
    decode: String,
  }
  const cache = KINDS.SharedMemoryCache(t, { codec })
  cache.set('old', 'value')
  assert.throws(
    () =>
      cache.load([
        ['a', { value: 'good' }],
        ['b', { value: 'bad' }],
      ]),
    failure,
  )
  assert.deepEqual(cache.entries(), [['old', 'value']])
})

test('other handles of a shared store see what was loaded, near caches too', (t) => {
  const cache = KINDS.SharedMemoryCache(t)
  const near = KINDS.SharedMemoryCache(t, { name: cache.name, nearCache: true })
  cache.set('key', 'old')
  assert.equal(near.get('key'), 'old')
  cache.load([['key', { value: 'new' }]])
  assert.equal(near.get('key'), 'new')
  cache.load([])
  assert.equal(near.get('key'), undefined)
})

test('a large store of many shards loads what it dumps', (t) => {
  const cache = KINDS.SharedMemoryCache(t, { shards: 16 })
  for (let i = 0; i < 20_000; i++) cache.set(`key ${i}`, i, { tags: [`tag ${i % 7}`] })
  const { bytes } = cache.getMetrics()
  const copy = KINDS.SharedMemoryCache(t, { shards: 16 })
  copy.load(cache.dump())
  assert.equal(copy.size(), 20_000)
  assert.equal(copy.getMetrics().bytes, bytes)
  for (let i = 0; i < 20_000; i += 7) assert.equal(copy.peek(`key ${i}`), i)
  assert.equal(copy.deleteByTag('tag 3'), cache.deleteByTag('tag 3'))
})

test('a subclass and a proxy dump and load what the cache does', () => {
  class Prefixed extends MemoryCache {
    set(key, value) {
      super.set(`p:${key}`, value)
    }
  }
  const cache = new Prefixed()
  cache.set('a', 1)
  assert.deepEqual(
    [...cache.dump()].map(([key]) => key),
    ['p:a'],
  )
  cache.load([['q', { value: 2 }]])
  assert.deepEqual(cache.keys(), ['q'])
  const proxy = new Proxy(cache, {})
  proxy.load([['r', { value: 3 }]])
  assert.deepEqual(
    [...proxy.dump()].map(([key]) => key),
    ['r'],
  )
})

for (const [kind, open] of Object.entries(KINDS)) {
  test(`a dump of a ${kind} survives JSON`, (t) => {
    const cache = open(t, { ttl: 1_000 })
    cache.set('never', { a: 1 }, { ttl: 0, tags: ['tag'] })
    cache.set('soon', 2)
    cache.set('own', 3, { ttl: 5_000 })
    const dumped = [...cache.dump()]
    const copy = open(t, { ttl: 1_000 })
    copy.load(JSON.parse(JSON.stringify(dumped)))
    assert.deepEqual([...copy.dump()], dumped)
    assert.equal(copy.getRemainingTTL('never'), Infinity)
  })
}
