// Which values travel as JSON inside the structured codec: exactly those that come back from JSON
// as they come back from a structured clone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import v8 from 'node:v8'
import { isPlainData } from '../../lib/shared-memory-cache/plain-data.js'
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
    if (!isPlainData(value)) continue
    plain++
    assert.deepStrictEqual(JSON.parse(JSON.stringify(value)), v8.deserialize(v8.serialize(value)))
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
    'a proxy': new Proxy({}, {}),
    'a proxy inside': { inner: new Proxy([], {}) },
    'too many objects': Array.from({ length: 64 }, () => ({})),
  }
  for (const [what, value] of Object.entries(odd)) assert.equal(isPlainData(value), false, what)
})

test('a session is plain data', () => {
  const session = { userId: 'ada', permissions: ['read', 'write'], createdAt: 1_700_000_000_000 }
  assert.equal(isPlainData(session), true)
  assert.equal(isPlainData(Array.from({ length: 63 }, () => ({}))), true)
  assert.equal(isPlainData(JSON.parse('{"__proto__": {"a": [1, null]}}')), true)
})
