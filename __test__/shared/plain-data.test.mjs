// Which values travel as JSON inside the structured codec: exactly those that come back from JSON
// as they come back from a structured clone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import v8 from 'node:v8'
import { plainJson } from '../../lib/common/plain-data.js'
import { generator } from '../native/differential.mjs'

const SEED = Number(process.env.PLAIN_DATA_SEED ?? Math.floor(Math.random() * 2 ** 32))

const ODD = [-0, Number.NaN, Infinity, undefined, 7n, new Date(0), new Map(), /x/, Buffer.from('b')]
const PLAIN = ['', 'text', '\ud800', 'Łł', '\u2028', 0, 1.5, -1e300, 5e-324, true, false, null]
const NAMES = ['a', '1', '__proto__', 'constructor', '', 'toString', 'é', '\udfff']

function randomValue(rng, depth, oddness) {
  if (rng.chance(oddness)) return rng.pick(ODD)
  if (depth === 0 || rng.chance(0.4)) return rng.pick(PLAIN)
  const members = Array.from({ length: rng.int(4) }, () => randomValue(rng, depth - 1, oddness))
  if (rng.chance(0.5)) return members
  const object = rng.chance(0.1) ? Object.create(null) : {}
  for (const member of members) {
    const property = { value: member, enumerable: true, configurable: true, writable: true }
    Object.defineProperty(object, rng.pick(NAMES), property)
  }
  return object
}

test(`plain data comes back from JSON as from a structured clone (seed ${SEED})`, () => {
  const rng = generator(SEED)
  let plain = 0
  for (let i = 0; i < 20_000; i++) {
    const value = randomValue(rng, 4, rng.chance(0.5) ? 0 : 0.1)
    const text = plainJson(value)
    if (text === undefined) continue
    plain++
    assert.equal(text, JSON.stringify(value))
    assert.deepStrictEqual(JSON.parse(text), v8.deserialize(v8.serialize(value)))
  }
  assert.ok(plain > 5_000, `${plain} values were plain`)
})

test('what JSON would change, or a clone would refuse, is not plain data', () => {
  const twice = { x: 1 }
  const cycle = {}
  cycle.self = cycle
  const hidden = Object.defineProperty([1], 'more', { value: 1, enumerable: true })
  const odd = {
    undefined: { a: undefined },
    'negative zero': [-0],
    'not a number': [Number.NaN],
    bigint: { a: 1n },
    function: { a() {} },
    symbol: [Symbol('s')],
    'a repeated object': [twice, twice],
    'a cycle': cycle,
    'a hole': [1, , 2], // oxlint-disable-line no-sparse-arrays
    'a hole beside a property': Object.assign([1, , 2], { more: 1 }), // oxlint-disable-line no-sparse-arrays
    'a property of an array': hidden,
    date: new Date(),
    map: new Map(),
    buffer: Buffer.from('x'),
    'typed array': new Uint8Array(2),
    'an instance of a class': new (class Point {})(),
    'a subclass of Array': new (class List extends Array {})(),
    toJSON: { toJSON: () => 'else' },
    'a hole alone': [,], // oxlint-disable-line no-sparse-arrays
    'a getter that gives an instance': {
      get when() {
        return new Date(0)
      },
    },
    'a proxy': new Proxy({}, {}),
    'a proxy inside': { inner: new Proxy([], {}) },
    'too many objects': Array.from({ length: 64 }, () => ({ n: 1 })),
    'nothing to tell what it is by': {},
  }
  for (const [what, value] of Object.entries(odd)) assert.equal(plainJson(value), undefined, what)
})

test('a session is plain data', () => {
  const session = { userId: 'ada', permissions: ['read', 'write'], createdAt: 1_700_000_000_000 }
  const plain = [
    session,
    Array.from({ length: 63 }, () => ({ n: 1 })),
    JSON.parse('{"__proto__": {"a": [1, null]}}'),
    { 'a "quoted" name': ['\u0000', '\\', '\ud800', ''] },
    { ['n'.repeat(1_000)]: 1 },
  ]
  for (const value of plain) assert.equal(plainJson(value), JSON.stringify(value))
})

test('names beyond those that are kept are written all the same', () => {
  const value = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`name-${i}`, i]))
  assert.equal(plainJson(value), JSON.stringify(value))
  assert.equal(plainJson(value), JSON.stringify(value))
})

test('enumerable properties of prototypes are no data', () => {
  const polluted = { value: 1, enumerable: true, configurable: true }
  // oxlint-disable-next-line no-extend-native -- what others do to it
  Object.defineProperty(Object.prototype, 'polluted', polluted)
  try {
    assert.equal(plainJson({ a: 1 }), '{"a":1}')
    assert.equal(plainJson([1]), undefined)
  } finally {
    delete Object.prototype.polluted
  }
})

test('a getter is run once and may write other values meanwhile', () => {
  let runs = 0
  const value = {
    first: [1],
    get second() {
      runs++
      return JSON.parse(plainJson({ inner: [2] }))
    },
    third: [3],
  }
  assert.equal(plainJson(value), '{"first":[1],"second":{"inner":[2]},"third":[3]}')
  assert.equal(runs, 1)
})
