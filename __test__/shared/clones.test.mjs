// What the structured codec makes of values that are hard to copy: views that share an array, large
// bigints, objects that look like others, texts too long for JSON, getters that close the handle.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openShared } from './support.mjs'

test('views come back on arrays of their own, and share them as they did', (t) => {
  const cache = openShared(t)
  const shared = new ArrayBuffer(16)
  const value = {
    first: new Uint8Array(shared, 4, 8),
    second: new Float64Array(shared),
    view: new DataView(shared, 8),
    alone: new Float32Array([1, 2]),
    part: Buffer.from('part of a pool'),
  }
  cache.set('k', value)
  for (const copy of [cache.get('k'), cache.entries()[0][1]]) {
    assert.deepEqual(copy, value)
    assert.equal(copy.alone.buffer.byteLength, 8)
    assert.equal(copy.first.buffer, copy.second.buffer)
    copy.second.fill(1)
    assert.equal(copy.first.at(-1), copy.view.getUint8(3))
    assert.ok(Buffer.isBuffer(copy.part))
  }
  assert.throws(() => cache.set('k', new Uint8Array(new SharedArrayBuffer(4))), {
    name: 'DataCloneError',
  })
})

test('a large bigint is read as fast as it is written', (t) => {
  const cache = openShared(t)
  for (const value of [0n, -1n, 1n << 4_000_000n, -(1n << 4_000_000n) - 5n]) {
    cache.set('k', value)
    assert.ok(cache.get('k') === value)
  }
})

test('what only looks like a plain object is what a structured clone makes of it', (t) => {
  const cache = openShared(t)
  const bare = (object) => Object.setPrototypeOf(object, null)
  cache.set('map', bare(new Map([[1, 2]])))
  assert.deepEqual(cache.get('map'), new Map([[1, 2]]))
  assert.throws(() => cache.set('promise', bare(Promise.resolve(1))), { name: 'DataCloneError' })
  cache.set('empty', { cart: {} })
  assert.deepEqual(cache.get('empty'), { cart: {} })
})

test('a value whose JSON would be too long for a string is stored all the same', (t) => {
  const cache = openShared(t)
  const value = { text: '\u0001'.repeat(1e8) }
  cache.set('k', value)
  assert.ok(cache.get('k').text === value.text)
})

test('a getter that closes the handle writes to no other store', (t) => {
  const cache = openShared(t)
  let other
  const value = {
    get x() {
      cache.close()
      other = openShared(t)
      return 1
    },
  }
  assert.throws(() => cache.set('k', value), /is closed/)
  assert.deepEqual(other.keys(), [])
})
