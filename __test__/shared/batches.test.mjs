// getMany, hasMany, setMany, deleteMany of shared stores: what the single methods do, for many keys. What
// both kinds check alike is in extended/batches.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { chooseSeed, freshName, mockClock, openShared, recorder } from './support.mjs'

const VALUES = [
  1,
  -0.5,
  Number.NaN,
  '',
  'text',
  'Łódź 💾',
  '\ud800',
  undefined,
  null,
  true,
  false,
  12n,
  -(2n ** 80n),
  Buffer.from('bytes'),
  new Uint16Array([1, 2]),
  { plain: ['data', { deep: 'Ł' }] },
  new Map([[1, new Date(5)]]),
  'x'.repeat(100_000),
]

const pairs = VALUES.map((value, i) => [i % 3 === 0 ? `Ł${i}` : `key ${i}`, value])
const keys = pairs.map(([key]) => key)

test('entries with options of their own have them in place of those of the call', (t) => {
  const clock = mockClock(t)
  const whole = openShared(t)
  for (const cache of [whole, whole.withNamespace('v:')]) {
    cache.set('gone', 0)
    cache.setMany(
      [
        ['pair', 1],
        { key: 'brief', value: 2, ttl: 10, tags: ['t'] },
        { key: 'dated', value: 3, expiresAt: clock.now + 30 },
        { key: 'gone', value: 4, expiresAt: clock.now },
      ],
      { ttl: 20, tags: ['call'] },
    )
    const told = ['pair', 'brief', 'dated', 'gone'].map((key) => {
      const { value, ttl, tags } = cache.info(key) ?? {}
      return [value, ttl, tags]
    })
    assert.deepEqual(told, [
      [1, 20, ['call']],
      [2, 10, ['t']],
      [3, 30, []],
      [undefined, undefined, undefined],
    ])
  }
})

for (const [kind, options] of [
  ['plainly', {}],
  ['with a near cache', { nearCache: true }],
  ['with JSON', { codec: 'json' }],
  [
    'with a codec of its own',
    {
      codec: {
        encode: (value) => JSON.stringify([value ?? null]),
        decode: (text) => JSON.parse(text)[0],
      },
    },
  ],
]) {
  test(`every value comes as the single methods bring it, ${kind}`, (t) => {
    const plain = kind === 'plainly' || kind === 'with a near cache'
    const stored = plain
      ? pairs
      : pairs.filter(
          ([, value]) => typeof value !== 'bigint' && JSON.stringify(value) !== undefined,
        )
    const [many, single] = [openShared(t, options), openShared(t, options)]
    many.setMany(stored)
    for (const [key, value] of stored) single.set(key, value)
    for (let round = 0; round < 2; round++) {
      const found = many.getMany(['absent', ...keys, keys[0]])
      assert.deepEqual(
        found,
        ['absent', ...keys, keys[0]].map((key) => single.get(key)),
      )
    }
    assert.deepEqual(
      many.hasMany(['absent', ...keys]),
      ['absent', ...keys].map((key) => single.has(key)),
    )
    assert.deepEqual(many.getStats(), single.getStats())
    assert.deepEqual(
      many.deleteMany([...keys, keys[0]]),
      [...keys, keys[0]].map((key) => single.delete(key)),
    )
    assert.equal(many.size(), 0)
  })
}

test('a value that cannot be encoded changes nothing', (t) => {
  const { hooks, take } = recorder()
  const cache = openShared(t, { hooks })
  cache.set('a', 1)
  take()
  assert.throws(
    () =>
      cache.setMany([
        ['a', 2],
        ['b', () => {}],
        ['c', 3],
      ]),
    { name: 'DataCloneError' },
  )
  assert.deepEqual(cache.entries(), [['a', 1]])
  assert.deepEqual(take(), [])
})

test('wrong input is refused before anything happens, in the name of the caller', (t) => {
  const cache = openShared(t)
  cache.set('a', 1)
  for (const [call, message] of [
    [() => cache.getMany(['a', 7]), 'getMany: keys[1] must be a string, received number'],
    [
      () => cache.hasMany('a'),
      'hasMany: keys must be an array or another iterable of strings, received string',
    ],
    [() => cache.deleteMany(['a', null]), 'deleteMany: keys[1] must be a string, received null'],
    [
      () =>
        cache.setMany([
          ['a', 2],
          [Number.NaN, 3],
        ]),
      'setMany: entries[1][0] must be a string, received number',
    ],
    [
      () => cache.setMany([['a', 2]], -1),
      'setMany: ttl must be a non-negative number, received -1',
    ],
  ]) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof TypeError)
      assert.equal(error.message, message)
      assert.match(error.stack.split('\n')[1], /batches\.test/)
      return true
    })
  }
  assert.deepEqual(cache.entries(), [['a', 1]])
})

test('hooks hear of each key in order', (t) => {
  const { hooks, take } = recorder()
  const cache = openShared(t, { hooks, shards: 1, maxSize: 2 })
  cache.setMany([
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
  ])
  assert.deepEqual(
    take().map(([hook, { key, value }]) => [hook, key, value]),
    [
      ['onSet', 'a', 1],
      ['onSet', 'b', 2],
      ['onSet', 'a', 3],
      ['onEvict', 'b', 2],
      ['onSet', 'c', 4],
    ],
  )
  cache.getMany(['c', 'b', 'a'])
  assert.deepEqual(
    take().map(([hook, { key }]) => [hook, key]),
    [
      ['onHit', 'c'],
      ['onMiss', 'b'],
      ['onHit', 'a'],
    ],
  )
  cache.deleteMany(['b', 'a'])
  assert.deepEqual(
    take().map(([hook, { key, source }]) => [hook, key, source]),
    [['onDelete', 'a', 'delete']],
  )
})

test('a hook may use many keys itself', (t) => {
  const cache = openShared(t, {
    hooks: {
      onHit: () => cache.setMany([['other', 1]]),
      onMiss: () => cache.deleteMany(['other', 'key']),
    },
  })
  cache.set('key', 'value')
  assert.deepEqual(cache.getMany(['key', 'absent', 'key']), ['value', undefined, 'value'])
  assert.equal(cache.peek('key'), undefined)
})

test('a replaced clock is the one that counts', (t) => {
  const clock = mockClock(t)
  const { hooks, take } = recorder(['onExpire', 'onMiss'])
  const cache = openShared(t, { ttl: 100, hooks })
  cache.setMany(
    [
      ['a', 1],
      ['b', 2],
    ],
    10,
  )
  cache.setMany([['c', 3]], { expiresAt: clock.now + 20 })
  cache.setMany([['d', 4]], { expiresAt: clock.now })
  assert.equal(cache.has('d'), false)
  clock.now += 10
  assert.deepEqual(cache.getMany(['a', 'b', 'c']), [1, 2, 3])
  clock.now += 1
  assert.deepEqual(cache.getMany(['a', 'c', 'zz']), [undefined, 3, undefined])
  assert.deepEqual(cache.hasMany(['b', 'c']), [false, true])
  assert.deepEqual(take(), [
    ['onExpire', { key: 'a', value: 1, source: 'get' }],
    ['onMiss', { key: 'a', reason: 'expired' }],
    ['onMiss', { key: 'zz', reason: 'not_found' }],
    ['onExpire', { key: 'b', value: 2, source: 'has' }],
  ])
})

test('the near cache returns what is newest', (t) => {
  const name = freshName()
  const [near, other] = [openShared(t, { name, nearCache: true }), openShared(t, { name })]
  near.setMany([
    ['a', { version: 1 }],
    ['b', { version: 1 }],
  ])
  const [first] = near.getMany(['a', 'b'])
  assert.equal(near.getMany(['a'])[0], first)
  assert.equal(near.get('a'), first)
  other.setMany([['a', { version: 2 }]])
  other.deleteMany(['b'])
  assert.deepEqual(near.getMany(['a', 'b']), [{ version: 2 }, undefined])
})

test('a codec that throws, or closes the handle, leaves no half answers', (t) => {
  let then = () => {}
  const codec = {
    encode: (value) => JSON.stringify(value),
    decode(text) {
      then()
      return JSON.parse(text)
    },
  }
  const cache = openShared(t, { codec })
  cache.setMany([
    ['a', 1],
    ['b', 2],
  ])
  then = () => {
    throw new Error('unreadable')
  }
  assert.throws(() => cache.getMany(['a', 'b']), /unreadable/)
  then = () => cache.getMany(['b'])
  then = () => {
    then = () => {}
    assert.deepEqual(cache.getMany(['b', 'b']), [2, 2])
  }
  assert.deepEqual(cache.getMany(['a', 'b']), [1, 2])
  then = () => cache.close()
  assert.deepEqual(cache.getMany(['a', 'b']), [1, 2])
  assert.throws(() => cache.getMany(['a']), /is closed/)
})

test('after close() and destroy() everything is refused', (t) => {
  const name = freshName()
  const [closed, destroyed] = [openShared(t), openShared(t, { name })]
  closed.close()
  SharedMemoryCache.destroy(name)
  for (const cache of [closed, destroyed]) {
    for (const method of ['getMany', 'hasMany', 'deleteMany'])
      assert.throws(() => cache[method](['a']), /closed|destroyed/)
    assert.throws(() => cache.setMany([['a', 1]]), /closed|destroyed/)
  }
})

test('random batches of any size agree with the single methods', (t) => {
  const seed = chooseSeed('SHARED_BATCHES_SEED')
  console.log(`SHARED_BATCHES_SEED=${seed}`)
  let state = seed
  const random = (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (const count of [1, 5, 127, 128, 129, 1_024, 2_500]) {
    const options = { shards: 1, maxSize: 1 + random(2 * count) }
    const [many, single] = [openShared(t, options), openShared(t, options)]
    const some = () =>
      Array.from({ length: count }, () => `${random(3) === 0 ? 'Ł' : 'k'}${random(count)}`)
    for (let round = 0; round < 3; round++) {
      const entries = some().map((key) => [key, VALUES[random(VALUES.length - 1)]])
      many.setMany(entries)
      for (const [key, value] of entries) single.set(key, value)
      const [asked, gone] = [some(), some().slice(0, count >> 1)]
      assert.deepEqual(
        many.getMany(asked),
        asked.map((key) => single.get(key)),
      )
      assert.deepEqual(
        many.deleteMany(gone),
        gone.map((key) => single.delete(key)),
      )
      assert.deepEqual(many.keys(), single.keys())
      assert.deepEqual(many.getStats(), single.getStats())
    }
  }
})
