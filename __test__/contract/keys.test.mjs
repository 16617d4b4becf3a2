// Contract of keys at the edges: any JavaScript string is a key, exactly as it is, and no two different strings are
// the same key. Values, instances and options at the edges have specs of their own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, eachImplementation, recorder } from './support.mjs'

const NAMES_OF_OBJECT_PROPERTIES = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  'length',
  'size',
  'get',
]

const LOOKALIKES = [
  ['one byte and two bytes of the same low byte', ['A', '\u0141', '\u0241', '\uff41']],
  ['NUL and a wide character of low byte 0', ['\0', '\u0100', '\u0200']],
  ['one-byte text and wide text of the same memory', ['ab', '\u6261', 'abcd', '\u6261\u6463']],
  [
    'text and the Latin-1 reading of its UTF-8',
    ['é', 'Ã©', 'Ł', 'Å\u0081', '😀', 'ð\u009f\u0098\u0080'],
  ],
  ['composed and decomposed letters', ['é', 'e\u0301', 'Å', 'A\u030a', '\u212b']],
  [
    'lone surrogates and the replacement character',
    ['\ud800', '\ud801', '\udbff', '\udc00', '\udfff', '\ufffd'],
  ],
  [
    'a pair, its halves and its halves swapped',
    ['\ud83d\ude00', '\ud83d', '\ude00', '\ude00\ud83d'],
  ],
  ['text cut at a NUL', ['a', 'a\0', 'a\0b', 'a\0c', '\0', '\0\0', '']],
  [
    'blanks of all kinds',
    ['', ' ', '  ', '\t', '\n', '\r', '\r\n', '\u00a0', '\ufeff', '\u200b', '\u2028'],
  ],
  ['upper and lower case', ['key', 'Key', 'KEY', 'İ', 'i̇', 'ß', 'ss', 'ſ']],
  ['numbers and their spellings', ['1', '01', '1.0', '+1', '1e0', '-0', '0', 'NaN', 'Infinity']],
  ['names of nothing', ['undefined', 'null', 'true', 'false', '[object Object]', '']],
  ['the edges of one byte', ['\u007f', '\u0080', '\u00fe', '\u00ff', '\u0100', '\u0101']],
  ['the edges of the code units', ['\u0000', '\ud7ff', '\ue000', '\ufffe', '\uffff']],
  ['text and text quoted', ['a', '"a"', "'a'", '\\a', '\\u0061', '%61', '&#97;']],
]

eachImplementation('keys', ({ MemoryCache }) => {
  /** Takes the keys through every operation and asserts that each stays itself. */
  function assertDistinct(keys) {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 0, ttl: 100, hooks })
    for (const [i, key] of keys.entries()) {
      assert.equal(cache.has(key), false)
      assert.equal(cache.get(key), undefined)
      cache.set(key, i)
    }
    assert.equal(cache.size(), keys.length)
    for (const [i, key] of keys.entries()) {
      assert.equal(cache.has(key), true)
      assert.equal(cache.get(key), i)
    }
    assert.deepEqual(cache.keys(), keys)
    assert.deepEqual(
      cache.entries(),
      keys.map((key, i) => [key, i]),
    )
    take()
    const half = keys.filter((_, i) => i % 2 === 0)
    for (const key of half) assert.equal(cache.delete(key), true)
    assert.deepEqual(
      take(),
      half.map((key) => ['onDelete', { key, value: keys.indexOf(key), source: 'delete' }]),
    )
    const rest = keys.filter((_, i) => i % 2 === 1)
    assert.deepEqual(cache.keys(), rest)
    clock.advance(101)
    assert.equal(cache.prune(), rest.length)
    assert.deepEqual(
      take(),
      rest.map((key) => ['onExpire', { key, value: keys.indexOf(key), source: 'prune' }]),
    )
  }

  for (const [label, keys] of LOOKALIKES) {
    test(`different keys stay different: ${label}`, () => assertDistinct(keys))
  }

  test('names of object properties are keys like any others', () => {
    assertDistinct(NAMES_OF_OBJECT_PROPERTIES)
    const cache = new MemoryCache()
    for (const key of NAMES_OF_OBJECT_PROPERTIES) assert.equal(cache.get(key), undefined)
    cache.set('__proto__', { polluted: true })
    assert.equal({}.polluted, undefined)
    assert.equal(cache.polluted, undefined)
  })

  test('the empty string is a key', () => {
    const cache = new MemoryCache()
    assert.equal(cache.has(''), false)
    cache.set('', 'empty')
    assert.equal(cache.get(''), 'empty')
    assert.deepEqual(cache.keys(), [''])
    assert.equal(cache.delete(''), true)
    assert.equal(cache.delete(''), false)
  })

  test('a key may be a megabyte long, of narrow or of wide characters', () => {
    for (const unit of ['x', 'é', 'ж', '\ud800']) {
      const head = unit.repeat(1_000_000)
      const cache = new MemoryCache()
      cache.set(`${head}1`, 1)
      cache.set(`${head}2`, 2)
      cache.set(head, 3)
      assert.equal(cache.get(`${head}1`), 1)
      assert.equal(cache.get(`${head}2`), 2)
      assert.equal(cache.get(head), 3)
      assert.equal(cache.get(head.slice(1)), undefined)
      assert.ok(cache.keys()[0] === `${head}1`)
      assert.equal(cache.delete(head), true)
      assert.equal(cache.size(), 2)
    }
  })

  test('keys of every length up to 1,100 are told apart and come back whole', () => {
    for (const unit of ['x', 'ж']) {
      const cache = new MemoryCache({ maxSize: 0 })
      const keys = Array.from({ length: 1_101 }, (_, length) => unit.repeat(length))
      for (const key of keys) cache.set(key, key.length)
      for (const key of keys) assert.equal(cache.get(key), key.length)
      assert.deepEqual(cache.keys(), keys)
    }
  })

  test('keys around powers of two come back whole', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const expected = []
    for (const power of [2_048, 4_096, 8_192, 16_384, 65_536, 131_072]) {
      for (const length of [power - 1, power, power + 1]) {
        for (const unit of ['x', 'ж']) expected.push(unit.repeat(length))
      }
    }
    for (const [i, key] of expected.entries()) cache.set(key, i)
    for (const [i, key] of expected.entries()) assert.equal(cache.get(key), i)
    assert.deepEqual(cache.keys(), expected)
  })

  test('a surrogate pair is kept together at every offset', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    for (let offset = 0; offset < 1_100; offset++) {
      const head = 'x'.repeat(offset)
      cache.set(`${head}😀`, offset)
      assert.equal(cache.has(`${head}\ud83d`), false)
      assert.equal(cache.has(`${head}😁`), false)
      assert.equal(cache.get(`${head}😀`), offset)
    }
    assert.equal(cache.keys().at(-1), `${'x'.repeat(1_099)}😀`)
  })

  test('keys that differ in one place only are told apart, wherever that is', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const length = 70
    const variants = []
    for (let i = 0; i < length; i++) {
      for (const unit of ['b', '\u0161']) {
        variants.push(`${'a'.repeat(i)}${unit}${'a'.repeat(length - i - 1)}`)
      }
    }
    for (const [i, key] of variants.entries()) cache.set(key, i)
    assert.equal(cache.size(), variants.length)
    for (const [i, key] of variants.entries()) assert.equal(cache.get(key), i)
  })

  test('equal strings are the same key however they were made', () => {
    const cache = new MemoryCache()
    cache.set('user:42', 'value')
    const wide = '\u0141user:42'
    for (const same of [
      ['user', '42'].join(':'),
      `user:${6 * 7}`,
      'xuser:42x'.slice(1, -1),
      wide.slice(1),
      wide.replace('\u0141', ''),
      String(new String('user:42')),
      Buffer.from('user:42').toString(),
      Buffer.from('user:42', 'utf16le').toString('utf16le'),
      JSON.parse('"user:42"'),
      'USER:42'.toLowerCase(),
      String.fromCharCode(...Array.from('user:42', (unit) => unit.charCodeAt(0))),
    ]) {
      assert.equal(cache.get(same), 'value')
    }
    const long = 'part'.repeat(100)
    let rope = ''
    for (let i = 0; i < 100; i++) rope += 'part'
    cache.set(rope, 'rope')
    assert.equal(cache.get(long), 'rope')
  })

  test('keys that come back are equal to those given, unit by unit', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const keys = []
    for (let unit = 0; unit < 0x10000; unit += 0x55) keys.push(`<${String.fromCharCode(unit)}>`)
    for (const key of keys) cache.set(key, key)
    for (const [i, key] of cache.keys().entries()) {
      assert.equal(key.length, 3)
      assert.equal(key.charCodeAt(1), i * 0x55)
    }
    assert.deepEqual(cache.values(), keys)
  })

  test('every single code unit is a key of its own', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    for (let unit = 0; unit < 0x10000; unit++) cache.set(String.fromCharCode(unit), unit)
    assert.equal(cache.size(), 0x10000)
    for (let unit = 0; unit < 0x10000; unit++) {
      if (cache.get(String.fromCharCode(unit)) !== unit) assert.fail(`code unit ${unit} is lost`)
    }
  })

  test('sizeCalculation and getOrSet get their keys exactly', async () => {
    const weighed = []
    const cache = new MemoryCache({
      maxWeight: 100,
      sizeCalculation: (_value, key) => weighed.push(key) && 1,
    })
    const keys = ['', '\0', '\ud800', '😀', 'Ł', '__proto__']
    for (const key of keys) await cache.getOrSet(key, async () => key)
    assert.deepEqual(weighed, keys)
    assert.deepEqual(cache.values(), keys)
  })

  test('deleteAsync finds odd keys too', async () => {
    const cache = new MemoryCache()
    for (const key of ['', '\0', '\ud800', '__proto__']) {
      cache.set(key, 1)
      assert.equal(await cache.deleteAsync(`${key}x`), false)
      assert.equal(await cache.deleteAsync(key), true)
    }
  })
})
