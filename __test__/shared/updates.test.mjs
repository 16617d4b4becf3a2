// `replace` and `update`, which depend on what is there: what they store, remove, return, report and refuse.
// That updates of several threads lose nothing is shown in atomicity.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { membrane, reactive } from '../contract/membranes.mjs'
import { mockClock, openShared, recorder } from './support.mjs'

const ODD_KEYS = ['', '__proto__', 'constructor', '\ud800', '\udc00x', 'k'.repeat(5_000), 'ключ']

const names = (events) => events.map(([hook]) => hook)

test('replace stores only where there is a live entry', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 100 })
  for (const key of ODD_KEYS) {
    assert.equal(cache.replace(key, 1), false)
    assert.equal(cache.has(key), false)
    cache.set(key, 1)
    assert.equal(cache.replace(key, { two: 2 }), true)
    assert.deepEqual(cache.get(key), { two: 2 })
  }
  clock.now += 101
  assert.equal(cache.replace('', 3), false, 'it has expired')
  cache.clear()
  assert.equal(cache.replace('', 3), false)
})

test('replace begins the lifetime anew and takes one as set does', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 100 })
  cache.set('k', 1, 500)
  clock.now += 50
  cache.replace('k', 2)
  assert.equal(cache.getRemainingTTL('k'), 100)
  cache.replace('k', 3, 1_000)
  assert.equal(cache.getRemainingTTL('k'), 1_000)
  cache.replace('k', 4, { expiresAt: new Date(clock.now + 7) })
  assert.equal(cache.getRemainingTTL('k'), 7)
  cache.replace('k', 5, { ttl: Infinity })
  assert.equal(cache.getRemainingTTL('k'), Infinity)
})

test('a replace or an update up to a time that is past removes the entry as expired and stores nothing', (t) => {
  const clock = mockClock(t)
  const record = recorder()
  const cache = openShared(t, { hooks: record.hooks })
  const ways = {
    replace: (options) => assert.equal(cache.replace('k', 2, options), false),
    update: (options) =>
      assert.equal(
        cache.update('k', () => 2, options),
        undefined,
      ),
  }
  for (const change of Object.values(ways)) {
    for (const expiresAt of [clock.now, new Date(0), -Infinity]) {
      cache.set('k', 1)
      record.take()
      change({ expiresAt })
      assert.deepEqual(record.take(), [['onExpire', { key: 'k', value: 1, source: 'prune' }]])
      assert.equal(cache.peek('k'), undefined)
      change({ expiresAt })
      assert.deepEqual(record.take(), [])
    }
  }
  assert.equal(cache.getStats().expirations, 6)
})

test('update stores what the function makes of the value and returns it', (t) => {
  const cache = openShared(t)
  for (const key of ODD_KEYS) {
    const made = { n: 1 }
    assert.equal(
      cache.update(key, (value) => {
        assert.equal(value, undefined)
        return made
      }),
      made,
    )
    assert.deepEqual(
      cache.update(key, (value) => ({ n: value.n + 1 })),
      { n: 2 },
    )
    assert.deepEqual(cache.get(key), { n: 2 })
  }
  for (const value of [0, '', false, null, Number.NaN, 1n, new Date(0)]) {
    assert.deepEqual(
      cache.update('k', () => value),
      value,
    )
    cache.update('k', (seen) => {
      assert.deepEqual(seen, value)
      return seen
    })
  }
})

test('the function of update is called without a receiver, with one value, once if nobody is faster', (t) => {
  const cache = openShared(t)
  const calls = []
  const fn = function (...args) {
    calls.push([this, args])
    return 1
  }
  cache.update('k', fn)
  assert.deepEqual(calls, [[undefined, [undefined]]])
})

test('an update that makes undefined removes the entry, and is no deletion where there is none', (t) => {
  const clock = mockClock(t)
  const record = recorder(['onSet', 'onDelete', 'onExpire', 'onHit', 'onMiss'])
  const cache = openShared(t, { ttl: 100, hooks: record.hooks })
  const nothing = () => undefined
  assert.equal(cache.update('k', nothing), undefined)
  assert.deepEqual(record.take(), [])
  cache.set('k', { a: 1 })
  record.take()
  assert.equal(cache.update('k', nothing), undefined)
  assert.deepEqual(record.take(), [['onDelete', { key: 'k', value: { a: 1 }, source: 'delete' }]])
  cache.set('k', undefined)
  assert.equal(cache.update('k', nothing), undefined)
  assert.equal(cache.has('k'), false, 'undefined as a value is an entry as well')
  cache.set('k', 1)
  clock.now += 101
  record.take()
  assert.equal(cache.update('k', nothing), undefined)
  const expired = { key: 'k', value: 1, source: 'has' }
  assert.deepEqual(record.take(), [['onExpire', expired]], 'what has expired is none')
})

test('update reports what it stores, counts no read, and makes the entry the most recently used', (t) => {
  const record = recorder()
  const cache = openShared(t, { maxSize: 2, shards: 1, hooks: record.hooks })
  cache.update('a', () => 1)
  cache.set('b', 1)
  cache.update('a', (value) => value + 1)
  cache.set('c', 1)
  const seen = record.take().map(([hook, { key, value, isUpdate }]) => [hook, key, value, isUpdate])
  assert.deepEqual(seen, [
    ['onSet', 'a', 1, false],
    ['onSet', 'b', 1, false],
    ['onSet', 'a', 2, true],
    ['onEvict', 'b', 1, undefined],
    ['onSet', 'c', 1, false],
  ])
  const { hits, misses } = cache.getStats()
  assert.deepEqual([hits, misses], [0, 0])
})

test('update begins the lifetime anew, with that of the store or the one given', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 100 })
  const add = (n = 0) => n + 1
  cache.update('k', add, 500)
  assert.equal(cache.getRemainingTTL('k'), 500)
  clock.now += 10
  cache.update('k', add, { expiresAt: cache.info('k').expiresAt })
  assert.equal(cache.getRemainingTTL('k'), 490)
  cache.update('k', add)
  assert.equal(cache.getRemainingTTL('k'), 100)
  clock.now += 101
  assert.equal(cache.update('k', add), 1, 'what has expired is not seen')
})

test('an update is made anew of what another handle has written meanwhile', (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const meanwhile = {
    'a write': () => other.set('k', 10),
    'an increment': () => other.increment('k', 9),
    'a removal': () => other.delete('k'),
    'all removed': () => other.clear(),
    'the same value again': () => other.set('k', 1),
    'removed and back': () => {
      other.delete('k')
      other.set('k', 1)
    },
    'another update': () => other.update('k', (n) => n + 9),
    'one taken': () => other.take('k'),
  }
  for (const [what, act] of Object.entries(meanwhile)) {
    for (const removes of [false, true]) {
      cache.set('k', 1)
      const seen = []
      cache.update('k', (value) => {
        seen.push(value)
        if (seen.length === 1) act()
        return removes ? undefined : (value ?? 0) + 100
      })
      const left = { 'a removal': undefined, 'all removed': undefined, 'one taken': undefined }
      const now =
        what in left ? undefined : what.endsWith('again') || what.endsWith('back') ? 1 : 10
      assert.deepEqual(seen, [1, now], what)
      assert.equal(cache.peek('k'), removes ? undefined : (now ?? 0) + 100, what)
    }
  }
  const seen = []
  cache.update('new', (value) => {
    seen.push(value)
    if (seen.length === 1) other.set('new', 5)
    return (value ?? 0) + 1
  })
  assert.deepEqual(seen, [undefined, 5])
  assert.equal(cache.get('new'), 6)
})

test('an update is made anew if the entry expires meanwhile, but not if it is touched', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 100 })
  const seen = []
  const update = (act) =>
    cache.update('k', (value) => {
      seen.push(value)
      if (seen.length === 1) act()
      return (value ?? 0) + 1
    })
  cache.set('k', 1)
  assert.equal(
    update(() => cache.touch('k', 500)),
    2,
  )
  assert.deepEqual(seen.splice(0), [1])
  assert.equal(
    update(() => (clock.now += 101)),
    1,
  )
  assert.deepEqual(seen, [2, undefined])
})

test('what the function of update throws is passed on and nothing has changed', (t) => {
  const record = recorder()
  const cache = openShared(t, { hooks: record.hooks })
  const failure = new RangeError('mine')
  const { stack } = failure
  for (const value of [undefined, { a: 1 }]) {
    if (value) cache.set('k', value)
    const before = [cache.entries(), cache.getStats(), cache.info('k')?.expiresAt]
    record.take()
    for (const [fn, expected] of [
      [
        () => {
          throw failure
        },
        failure,
      ],
      [() => () => {}, { name: 'DataCloneError' }],
      [() => Symbol('s'), { name: 'DataCloneError' }],
    ]) {
      assert.throws(() => cache.update('k', fn), expected)
    }
    assert.deepEqual([cache.entries(), cache.getStats(), cache.info('k')?.expiresAt], before)
    assert.deepEqual(record.take(), [])
  }
  assert.equal(failure.stack, stack)
})

test('a change to the value that the function was given is not stored by itself', (t) => {
  for (const nearCache of [false, true]) {
    const cache = openShared(t, { nearCache })
    cache.set('k', { n: 1 })
    assert.equal(cache.get('k').n, 1)
    const spoil = (value) => {
      value.n = 99
      throw new Error('after the change')
    }
    assert.throws(() => cache.update('k', spoil), /after the change/)
    assert.equal(cache.get('k').n, 1)
    cache.update('k', (value) => ({ n: value.n + 1 }))
    assert.equal(cache.get('k').n, 2)
  }
})

test('a promise, or another thenable, is a TypeError and nothing has changed', (t) => {
  const cache = openShared(t)
  cache.set('k', 1)
  for (const [fn, shown] of [
    [async () => 1, 'Promise { 1'],
    [() => new Promise(() => {}), 'Promise { <pending>'],
    // oxlint-disable-next-line unicorn/no-thenable
    [() => ({ then() {} }), '{ then: [Function: then] }'],
  ]) {
    assert.throws(
      () => cache.update('k', fn),
      (error) => {
        assert.ok(error instanceof TypeError)
        const expected = `update: what fn returns must be a value and no promise, received ${shown}`
        assert.equal(error.message.slice(0, expected.length), expected)
        return true
      },
    )
  }
  assert.equal(cache.get('k'), 1)
})

test('arguments of another type are refused before the function is called', (t) => {
  const cache = openShared(t)
  cache.set('k', 1)
  for (const [fn, shown] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [{ n: 1 }, '{ n: 1 }'],
    ['text', "'text'"],
  ]) {
    assert.throws(() => cache.update('k', fn), {
      name: 'TypeError',
      message: `update: fn must be a function, received ${shown}`,
    })
  }
  const never = () => assert.fail('it is not called')
  for (const [options, message] of [
    [-1, 'ttl must be a non-negative number, received -1'],
    ['1m', "options must be a ttl in milliseconds or an object, received '1m'"],
    [{ ttl: Number.NaN }, 'ttl must be a non-negative number, received NaN'],
    [{ ttl: 1, expiresAt: 2 }, 'ttl and expiresAt exclude each other, received 1 and 2'],
  ]) {
    assert.throws(() => cache.update('k', never, options), {
      name: 'TypeError',
      message: `update: ${message}`,
    })
    assert.throws(() => cache.replace('k', 2, options), {
      name: 'TypeError',
      message: `replace: ${message}`,
    })
  }
  assert.equal(cache.get('k'), 1)
})

test('what is too large is not stored, and the older value is gone, as with set', (t) => {
  const record = recorder(['onEvict'])
  const cache = openShared(t, { maxSize: 0, maxBytes: 2_000, hooks: record.hooks })
  const large = 'x'.repeat(3_000)
  assert.equal(
    cache.update('k', () => large),
    undefined,
  )
  cache.set('k', 'small')
  assert.equal(
    cache.update('k', () => large),
    undefined,
  )
  assert.equal(cache.has('k'), false)
  cache.set('k', 'small')
  assert.equal(cache.replace('k', large), false)
  assert.equal(cache.has('k'), false)
  assert.deepEqual(names(record.take()), ['onEvict', 'onEvict'])
})

test('a codec of your own sees what is read and stored, and what it throws changes nothing', (t) => {
  const codec = {
    encode(value) {
      if (value.n > 2) throw new Error('no such number')
      return `n ${value.n}`
    },
    decode: (text) => ({ n: Number(text.slice(2)) }),
  }
  const cache = openShared(t, { codec })
  const add = (value = { n: 0 }) => ({ n: value.n + 1 })
  cache.update('k', add)
  assert.deepEqual(cache.update('k', add), { n: 2 })
  assert.throws(() => cache.update('k', add), /no such number/)
  assert.throws(() => cache.replace('k', { n: 3 }), /no such number/)
  assert.deepEqual(cache.get('k'), { n: 2 })
})

test('inside a hook, and behind proxies, they do the same', (t) => {
  const cache = openShared(t, {
    hooks: {
      onSet({ key, value }) {
        if (key !== 'k') return
        cache.update('log', (log = []) => [...log, value])
        cache.replace('last', value)
      },
    },
  })
  cache.set('last', 0)
  cache.set('k', 1)
  for (const seen of [new Proxy(cache, {}), reactive(cache), membrane(cache)]) {
    seen.update('k', (value) => value + 1)
    assert.equal(seen.replace('k', cache.peek('k') + 10), true)
  }
  assert.deepEqual(cache.get('log'), [1, 2, 12, 13, 23, 24, 34])
  assert.equal(cache.get('last'), 34)
})

test('a function that closes or destroys the cache has the error of that, and stores nothing', (t) => {
  for (const result of [1, undefined]) {
    const cache = openShared(t)
    const other = openShared(t, { name: cache.name })
    cache.set('k', 0)
    const close = () => {
      cache.close()
      // The native number of the closed one is free for this.
      const next = openShared(t)
      next.set('k', 'of the next')
      return result
    }
    assert.throws(() => cache.update('k', close), /is closed/)
    assert.equal(other.get('k'), 0)
    const destroy = () => {
      SharedMemoryCache.destroy(other.name)
      return result
    }
    assert.throws(() => other.update('k', destroy), /was destroyed/)
  }
})

test('under a replaced Date.now they read the clock once for each look at an entry and once for a write', (t) => {
  const cache = openShared(t)
  cache.set('k', 1)
  const clock = mockClock(t)
  let reads = 0
  Date.now = () => {
    reads++
    return clock.now
  }
  const readsOf = (call) => {
    reads = 0
    call()
    return reads
  }
  assert.equal(
    readsOf(() => cache.set('k', 1)),
    1,
  )
  assert.equal(
    readsOf(() => cache.replace('k', 1)),
    1,
  )
  assert.equal(
    readsOf(() => cache.update('k', () => 2)),
    2,
  )
  assert.equal(
    readsOf(() => cache.update('new', () => 2)),
    1,
  )
})
