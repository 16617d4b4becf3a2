// Values on their way into a shared store and back: what each codec keeps, that what comes out is
// a copy of its own, and that what cannot go in changes nothing.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { freshName, openShared, recorder } from './support.mjs'
import { openRemote } from './workers.mjs'

const PRIMITIVES = {
  undefined: undefined,
  null: null,
  true: true,
  false: false,
  zero: 0,
  'negative zero': -0,
  NaN: Number.NaN,
  infinity: -Infinity,
  fraction: 0.1,
  'largest number': Number.MAX_VALUE,
  'smallest number': Number.MIN_VALUE,
  'empty string': '',
  ASCII: 'text',
  'Latin-1': 'ÿ é',
  'two-byte string': 'Łódź 日本',
  emoji: 'a👍b',
  'lone high surrogate': 'a\ud800',
  'lone low surrogate': '\udc00b',
  'string with NUL': 'a\0b',
  'zero bigint': 0n,
  'negative bigint': -(2n ** 200n) - 7n,
  'positive bigint': 2n ** 64n + 1n,
}

const OBJECTS = {
  object: { a: 1, nested: { list: [1, 'two', null, undefined, -0, 3n] } },
  'sparse array': [1, , 3], // oxlint-disable-line no-sparse-arrays -- the point of it
  Map: new Map([['a', new Map([[1, 2]])]]),
  Set: new Set(['a', Number.NaN]),
  Date: new Date(1_700_000_000_000),
  RegExp: /a+\/b/giu,
  Error: new RangeError('too far', { cause: { code: 7 } }),
  'boxed primitive': Object('text'),
  Buffer: Buffer.from([0, 1, 255]),
  'empty Buffer': Buffer.alloc(0),
  Uint8Array: new Uint8Array([1, 2, 3]),
  Float64Array: new Float64Array([0.5, -0, Number.NaN]),
  'offset view': new Uint16Array(new Uint16Array([1, 2, 3, 4]).buffer, 2, 2),
  ArrayBuffer: new Uint8Array([1, 2, 3]).buffer,
  DataView: new DataView(new Uint8Array([1, 2, 3]).buffer, 1),
  'views inside': {
    first: new Uint8Array([1, 2]),
    second: Buffer.from('text'),
    third: [new Int32Array([-1])],
  },
}

const LARGE = {
  'long ASCII string': 'x'.repeat(200_000),
  'long two-byte string': 'Ł'.repeat(100_000),
  'large Buffer': Buffer.alloc(200_000, 7),
  'large object': { text: 'y'.repeat(100_000), bytes: new Uint8Array(100_000).fill(9) },
  'large bigint': 3n ** 20_000n,
  'just as large as the memory for small values': Buffer.alloc(65_536, 1),
  'a byte larger than that': Buffer.alloc(65_537, 2),
}

/** Every way in which a value comes back. */
async function waysBack(t, value, options) {
  const name = freshName()
  const events = recorder(['onSet', 'onHit', 'onDelete'])
  const cache = openShared(t, { name, hooks: events.hooks, ...options })
  const near = openShared(t, { name, nearCache: true, ...options })
  const foreign = recorder(['onSet'])
  openShared(t, { name, hooks: foreign.hooks, ...options })
  cache.set('k', value)
  const back = {
    get: cache.get('k'),
    'get again': cache.get('k'),
    'get by a near cache': near.get('k'),
    entries: cache.entries()[0][1],
    values: cache.values()[0],
    getOrSet: await cache.getOrSet('k', () => assert.fail('there is a value')),
    take: cache.take('k'),
  }
  const fetched = near.getOrSet('flight', async () => value)
  back.waiting = await cache.getOrSet('flight', () => assert.fail('there is a flight'))
  await fetched
  for (const [hook, context] of events.take()) back[hook] = context.value
  return back
}

describe('structured clone, the default', () => {
  for (const [what, value] of Object.entries({ ...PRIMITIVES, ...OBJECTS, ...LARGE })) {
    test(`${what} comes back equal by every way`, async (t) => {
      for (const [way, back] of Object.entries(await waysBack(t, value))) {
        assert.deepStrictEqual(back, value, way)
        if (typeof value === 'object' && value !== null) assert.notEqual(back, value, way)
      }
    })
  }

  test('cycles and values that occur twice keep their shape', (t) => {
    const cache = openShared(t)
    const shared = { a: 1 }
    const value = { shared, again: shared }
    value.self = value
    cache.set('k', value)
    const back = cache.get('k')
    assert.equal(back.self, back)
    assert.equal(back.shared, back.again)
    assert.notEqual(back.shared, shared)
  })

  test('a value that occurs twice without a cycle is one value again', (t) => {
    const cache = openShared(t)
    const shared = { a: 1 }
    cache.set('k', { x: shared, y: [shared] })
    const back = cache.get('k')
    assert.deepEqual(back, { x: { a: 1 }, y: [{ a: 1 }] })
    assert.equal(back.x, back.y[0])
  })

  test('plain data is kept as structured clone keeps it, where JSON would not', (t) => {
    const cache = openShared(t)
    const withSymbol = { a: 1, [Symbol('s')]: 2 }
    const hidden = Object.defineProperty({ a: 1 }, 'hidden', { value: 2 })
    const tagged = Object.assign([1, 2], { tag: 'x' })
    class Point {
      x = 1
    }
    const cases = {
      'undefined members': { a: undefined, b: [undefined] },
      'numbers that JSON has not': { a: Number.NaN, b: -0, c: Infinity, d: [-0, Number.NaN] },
      'bigints inside': { a: [1n] },
      'strings with lone surrogates': { 'key \ud800': 'value \udc00' },
      'U+2028 and quotes': { '"': '\u2028 \\ "' },
      'keys like numbers': { b: 1, 2: 'two', 1: 'one' },
      'a member named __proto__': JSON.parse('{"__proto__": {"a": 1}, "b": 2}'),
      'no prototype': Object.assign(Object.create(null), { a: 1 }),
      'an instance of a class': new Point(),
      'a symbol as key': withSymbol,
      'a member that is not enumerable': hidden,
      'an array with a member': tagged,
      'an array with holes': [1, , 3], // oxlint-disable-line no-sparse-arrays -- the point of it
      'a long array': Array.from({ length: 2_000 }, (_, i) => ({ i })),
      'deep nesting': JSON.parse('['.repeat(500) + ']'.repeat(500)),
      'dates inside': { at: new Date(0) },
      'boxed primitives inside': { a: Object(7), b: Object('text') },
      'an inherited member': Object.create(
        { inherited: 1 },
        { own: { value: 2, enumerable: true } },
      ),
      'a member toJSON that is no function': { toJSON: 7, a: 1 },
    }
    for (const [what, value] of Object.entries(cases)) {
      cache.set('k', value)
      assert.deepStrictEqual(cache.get('k'), structuredClone(value), what)
      assert.deepStrictEqual(cache.entries()[0][1], structuredClone(value), what)
    }
    for (const value of [
      { toJSON: () => 'text' },
      [Object.assign([], { f() {} })],
      new Proxy({}, {}),
    ]) {
      assert.throws(() => cache.set('k', value), { name: 'DataCloneError' })
    }
  })

  test('a toJSON that is inherited plays no part', (t) => {
    const cache = openShared(t)
    class Session {
      id = 1
      toJSON() {
        return 'from toJSON'
      }
    }
    cache.set('k', { session: new Session() })
    assert.deepEqual(cache.get('k'), { session: { id: 1 } })
    // oxlint-disable-next-line no-extend-native -- what a careless library may do
    Object.prototype.toJSON = () => 'from toJSON'
    t.after(() => delete Object.prototype.toJSON)
    cache.set('k', { a: 1 })
    assert.equal(cache.get('k').a, 1)
  })

  test('what a getter returned last is what is stored', (t) => {
    const cache = openShared(t)
    let calls = 0
    const value = {
      get member() {
        return ++calls
      },
    }
    cache.set('k', value)
    const stored = { member: calls }
    cache.get('k')
    assert.deepEqual(cache.get('k'), stored)
  })

  test('every read gives a copy of its own, and none changes what is stored', (t) => {
    const cache = openShared(t)
    const value = { list: [1], bytes: new Uint8Array([1]) }
    cache.set('k', value)
    value.list.push('later')
    const first = cache.get('k')
    first.list.push('mine')
    first.bytes[0] = 99
    assert.deepEqual(cache.get('k'), { list: [1], bytes: new Uint8Array([1]) })
  })

  test('what was read stays as it is, whatever is read or written afterwards', (t) => {
    const cache = openShared(t, { maxSize: 0 })
    const values = {
      buffer: Buffer.from('first'),
      typed: { a: new Uint8Array(16).fill(1), b: new Float64Array([1, 2]), c: Buffer.alloc(9, 1) },
      plain: { arrayBuffer: new Uint8Array(16).fill(1).buffer, text: 'first' },
      view: new DataView(new Uint8Array(8).fill(1).buffer),
      large: { a: new Uint8Array(100_000).fill(1) },
    }
    for (const [key, value] of Object.entries(values)) cache.set(key, value)
    const read = Object.fromEntries(Object.keys(values).map((key) => [key, cache.get(key)]))
    const listed = Object.fromEntries(cache.entries())
    for (let i = 0; i < 50; i++) {
      const other = { a: new Uint8Array(20 + i).fill(255), b: Buffer.alloc(i * 20, 255) }
      cache.set('other', other)
      assert.deepEqual(cache.get('other'), other)
      cache.set('other', Buffer.alloc(10 + i, 254))
      assert.deepEqual(cache.get('other'), Buffer.alloc(10 + i, 254))
      cache.entries()
    }
    assert.deepEqual(read, values)
    assert.deepEqual(listed, values)
  })

  test('writing into one typed array changes no other of the same value or batch', (t) => {
    const cache = openShared(t)
    cache.set('a', { x: new Uint8Array(8).fill(1), y: new Uint8Array(8).fill(2) })
    cache.set('b', Buffer.alloc(8, 3))
    cache.set('c', { z: new Uint8Array(8).fill(4) })
    const [[, a], [, b], [, c]] = cache.entries()
    a.x.fill(9)
    b.fill(9)
    assert.deepEqual(a.y, new Uint8Array(8).fill(2))
    assert.deepEqual(c.z, new Uint8Array(8).fill(4))
  })

  for (const [what, value] of Object.entries({
    function: () => {},
    symbol: Symbol('s'),
    'function inside': { deep: [{ method() {} }] },
    SharedArrayBuffer: new SharedArrayBuffer(8),
    WeakMap: new WeakMap(),
    promise: Promise.resolve(),
  })) {
    test(`${what} throws a DataCloneError and changes nothing`, async (t) => {
      const events = recorder()
      const cache = openShared(t, { maxSize: 2, hooks: events.hooks })
      cache.set('k', 'old')
      cache.set('second', 1)
      const stats = cache.getStats()
      const bytes = cache.getMetrics().bytes
      events.take()
      const isCloneError = (error) =>
        error instanceof DOMException && error.name === 'DataCloneError'
      assert.throws(() => cache.set('k', value), isCloneError)
      assert.throws(() => cache.set('new', value), isCloneError)
      assert.throws(() => cache.setIfAbsent('new', value), isCloneError)
      assert.deepEqual(events.take(), [])
      assert.deepEqual(cache.getStats(), stats)
      assert.equal(cache.getMetrics().bytes, bytes)
      assert.deepEqual(cache.entries(), [
        ['k', 'old'],
        ['second', 1],
      ])
      if (what === 'promise') return
      await assert.rejects(
        cache.getOrSet('new', () => value),
        isCloneError,
      )
      assert.equal(cache.has('new'), false)
      assert.equal(cache.getMetrics().flights, 0)
    })
  }

  test('a getter that throws while it is cloned changes nothing', (t) => {
    const cache = openShared(t)
    cache.set('k', 'old')
    const value = {
      get member() {
        throw new RangeError('from a getter')
      },
    }
    assert.throws(() => cache.set('k', value), { name: 'RangeError', message: 'from a getter' })
    assert.equal(cache.get('k'), 'old')
  })

  test('a getter that uses the cache while it is cloned sees it as it was', (t) => {
    const cache = openShared(t)
    cache.set('k', { text: 'old' })
    const value = {
      get member() {
        cache.set('other', Buffer.from('other'))
        return cache.get('k').text
      },
    }
    cache.set('k', value)
    assert.deepEqual(cache.get('k'), { member: 'old' })
    assert.deepEqual(cache.get('other'), Buffer.from('other'))
  })
})

describe('values of another thread', () => {
  test('come as they were written', async (t) => {
    const name = freshName()
    const cache = openShared(t, { name, maxSize: 0 })
    const remote = await openRemote(t, { name })
    const values = { ...PRIMITIVES, ...OBJECTS, ...LARGE }
    for (const [what, value] of Object.entries(values)) {
      await remote.call('set', what, value)
      // A Buffer is a Uint8Array by the time it has come through the message to the worker.
      const sent = structuredClone(value)
      assert.deepStrictEqual(cache.get(what), sent, what)
      cache.set(what, value)
      assert.deepStrictEqual(await remote.call('get', what), sent, what)
    }
  })
})

describe("codec: 'json'", () => {
  test('objects come back as JSON has them, primitives of the fast path as they are', async (t) => {
    const cases = [
      [
        { a: [1, 'ł', null], date: new Date(0), left: undefined },
        { a: [1, 'ł', null], date: '1970-01-01T00:00:00.000Z' },
      ],
      [{ text: 'Ł\ud800'.repeat(50_000) }, { text: 'Ł\ud800'.repeat(50_000) }],
      [[], []],
      [Number.NaN, Number.NaN],
      [-0, -0],
      [undefined, undefined],
      [-5n, -5n],
      ['\udc00', '\udc00'],
      [Buffer.from('bytes'), Buffer.from('bytes')],
    ]
    for (const [value, expected] of cases) {
      const back = await waysBack(t, value, { codec: 'json' })
      for (const [way, found] of Object.entries(back)) assert.deepStrictEqual(found, expected, way)
    }
  })

  test('what JSON cannot express throws and changes nothing', (t) => {
    const cache = openShared(t, { codec: 'json' })
    cache.set('k', 'old')
    for (const value of [() => {}, Symbol('s'), { toJSON: () => undefined }]) {
      assert.throws(() => cache.set('k', value), { name: 'DataCloneError' })
    }
    const cycle = {}
    cycle.self = cycle
    assert.throws(() => cache.set('k', cycle), TypeError)
    assert.throws(() => cache.set('k', { a: 1n }), TypeError)
    assert.deepEqual(cache.entries(), [['k', 'old']])
  })
})

describe('a codec of the user', () => {
  const rot = {
    name: 'rot',
    encode: (value) => Buffer.from(JSON.stringify([value])).map((byte) => byte ^ 0x55),
    decode: (bytes) => JSON.parse(Buffer.from(bytes.map((byte) => byte ^ 0x55)))[0],
  }

  test('sees every value, primitives included, by every way', async (t) => {
    for (const value of [{ a: 1 }, 'text', 7, true, null, { long: 'x'.repeat(100_000) }]) {
      const back = await waysBack(t, value, { codec: rot })
      for (const [way, found] of Object.entries(back)) assert.deepStrictEqual(found, value, way)
    }
  })

  test('may encode to text', async (t) => {
    const codec = { encode: (value) => `<${value}>`, decode: (text) => text.slice(1, -1) }
    for (const value of ['text', 'Łódź', '', 'x'.repeat(100_000)]) {
      const back = await waysBack(t, value, { codec })
      for (const [way, found] of Object.entries(back)) assert.equal(found, value, way)
    }
  })

  test('gets bytes that are its own', (t) => {
    const identity = { encode: (value) => value, decode: (bytes) => bytes }
    const cache = openShared(t, { codec: identity })
    cache.set('a', new Uint8Array([1, 2, 3]))
    cache.set('b', new Uint8Array([4, 5, 6]))
    const a = cache.get('a')
    cache.get('b').fill(9)
    assert.deepEqual(a, new Uint8Array([1, 2, 3]))
    assert.equal(a.buffer.byteLength, 3)
  })

  test('that throws while it encodes, or returns something else, changes nothing', (t) => {
    const codec = {
      encode(value) {
        if (value === 'throw') throw new RangeError('no')
        return value === 'wrong' ? 7 : 'ok'
      },
      decode: (text) => text,
    }
    const cache = openShared(t, { codec })
    cache.set('k', 'old')
    assert.throws(() => cache.set('k', 'throw'), { name: 'RangeError', message: 'no' })
    assert.throws(() => cache.set('k', 'wrong'), {
      name: 'TypeError',
      message: 'codec.encode must return a string or a Uint8Array',
    })
    assert.deepEqual(cache.entries(), [['k', 'ok']])
  })

  test('that throws while it decodes makes the read throw and the entry stay', async (t) => {
    let broken = true
    const codec = {
      encode: (value) => value,
      decode(text) {
        if (broken) throw new RangeError('no')
        return text
      },
    }
    const cache = openShared(t, { codec })
    cache.set('k', 'value')
    assert.throws(() => cache.get('k'), RangeError)
    assert.throws(() => cache.entries(), RangeError)
    await assert.rejects(
      cache.getOrSet('k', () => 'other'),
      RangeError,
    )
    broken = false
    assert.equal(cache.get('k'), 'value')
  })

  test('does not come between a counter and its number', (t) => {
    const cache = openShared(t, { codec: rot })
    assert.equal(cache.increment('hits', 2), 2)
    assert.equal(cache.increment('hits'), 3)
    assert.equal(cache.get('hits'), 3)
  })
})
