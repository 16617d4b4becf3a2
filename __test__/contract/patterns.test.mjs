// Contract of deleteByPrefix and deleteByMagicString: what matches, what is counted and what is left. Hooks during
// bulk deletions are in hooks.test.mjs and reentrancy.test.mjs, line breaks under `*` in differences.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachImplementation } from './support.mjs'

/** Every string over the alphabet of at most the given length. */
function strings(alphabet, length) {
  const all = ['']
  let longest = ['']
  for (let i = 0; i < length; i++) {
    longest = longest.flatMap((head) => alphabet.map((unit) => head + unit))
    all.push(...longest)
  }
  return all
}

/** What a wildcard pattern means, spelled out. */
function matches(pattern, key) {
  if (pattern === '') return key === ''
  if (pattern[0] !== '*') {
    return key !== '' && key[0] === pattern[0] && matches(pattern.slice(1), key.slice(1))
  }
  return matches(pattern.slice(1), key) || (key !== '' && matches(pattern, key.slice(1)))
}

eachImplementation('patterns', ({ MemoryCache }) => {
  function holding(...keys) {
    const cache = new MemoryCache({ maxSize: 0 })
    for (const key of keys) cache.set(key, key)
    return cache
  }

  test('deleteByPrefix removes the keys that start with the prefix and counts them', () => {
    const cache = holding('user:123:name', 'user:123:email', 'user:1234', 'post:456', 'xuser:123:')
    assert.equal(cache.deleteByPrefix('user:123:'), 2)
    assert.deepEqual(cache.keys(), ['user:1234', 'post:456', 'xuser:123:'])
    assert.equal(cache.deleteByPrefix('user:123:'), 0)
  })

  test('a key is a prefix of itself', () => {
    const cache = holding('user', 'use', 'users')
    assert.equal(cache.deleteByPrefix('user'), 2)
    assert.deepEqual(cache.keys(), ['use'])
  })

  test('the empty prefix matches every key, the empty one too', () => {
    const cache = holding('', 'a', 'b')
    assert.equal(cache.deleteByPrefix(''), 3)
    assert.equal(cache.size(), 0)
  })

  test('a prefix is literal: wildcards and case count', () => {
    const cache = holding('a*b', 'axb', 'A*b')
    assert.equal(cache.deleteByPrefix('a*'), 1)
    assert.deepEqual(cache.keys(), ['axb', 'A*b'])
  })

  test('a prefix is compared by UTF-16 code units', () => {
    const cache = holding('😀 grin', '😁 beam', '\ud83d alone', 'é', 'e\u0301', 'Ł', 'A')
    assert.equal(cache.deleteByPrefix('e\u0301'), 1)
    assert.equal(cache.deleteByPrefix('Ł'), 1)
    assert.equal(cache.deleteByPrefix('😀'), 1)
    assert.equal(cache.deleteByPrefix('\ud83d'), 2)
    assert.deepEqual(cache.keys(), ['é', 'A'])
  })

  test('a prefix holds a NUL, a line break or a lone surrogate like any other character', () => {
    for (const unit of ['\0', '\n', '\r', '\u2028', '\ud800', '\udc00', '\uffff']) {
      const cache = holding(`a${unit}b`, `a${unit}`, 'a', 'ab')
      assert.equal(cache.deleteByPrefix(`a${unit}`), 2)
      assert.deepEqual(cache.keys(), ['a', 'ab'])
    }
  })

  test('a prefix longer than every key matches none', () => {
    const cache = holding('a', 'ab')
    assert.equal(cache.deleteByPrefix('a'.repeat(1_000_000)), 0)
    assert.equal(cache.size(), 2)
  })

  test('deleteByMagicString removes the documented examples', () => {
    const cache = holding('user:123:name', 'user:123:email', 'user:456:name', 'post:789', 'a:123:b')
    assert.equal(cache.deleteByMagicString('user:123:*'), 2)
    assert.equal(cache.deleteByMagicString('user:*:name'), 1)
    assert.equal(cache.deleteByMagicString('post:*'), 1)
    assert.equal(cache.deleteByMagicString('*:123:*'), 1)
    assert.equal(cache.size(), 0)
  })

  test('a pattern without a wildcard matches its own key only', () => {
    const cache = holding('user', 'user:1', 'a user', 'User')
    assert.equal(cache.deleteByMagicString('user'), 1)
    assert.deepEqual(cache.keys(), ['user:1', 'a user', 'User'])
  })

  test('the empty pattern matches the empty key only', () => {
    const cache = holding('', 'a')
    assert.equal(cache.deleteByMagicString(''), 1)
    assert.deepEqual(cache.keys(), ['a'])
  })

  test('a lone wildcard, or several in a row, match every key', () => {
    for (const pattern of ['*', '**', '****']) {
      const cache = holding('', 'a', 'a*b', '😀')
      assert.equal(cache.deleteByMagicString(pattern), 4)
    }
  })

  test('a wildcard may stand for nothing', () => {
    const cache = holding('ab', 'axb', 'axxb', 'a', 'b')
    assert.equal(cache.deleteByMagicString('a*b'), 3)
    assert.deepEqual(cache.keys(), ['a', 'b'])
  })

  test('the pattern covers the whole key, from its first to its last character', () => {
    const cache = holding('xab', 'abx', 'ab', 'ab\n')
    assert.equal(cache.deleteByMagicString('ab'), 1)
    assert.deepEqual(cache.keys(), ['xab', 'abx', 'ab\n'])
    assert.equal(cache.deleteByMagicString('*ab'), 1)
    assert.deepEqual(cache.keys(), ['abx', 'ab\n'])
  })

  test('the parts around wildcards may not overlap in the key', () => {
    const cache = holding('a', 'aa', 'aba', 'abba')
    assert.equal(cache.deleteByMagicString('ab*ba'), 1)
    assert.deepEqual(cache.keys(), ['a', 'aa', 'aba'])
    assert.equal(cache.deleteByMagicString('a*a'), 2)
    assert.deepEqual(cache.keys(), ['a'])
  })

  test('a middle part may have to be looked for more than once', () => {
    const cache = holding('a-ab-abc', 'a-ab-ab', 'aXbXc')
    assert.equal(cache.deleteByMagicString('a*b*c'), 2)
    assert.deepEqual(cache.keys(), ['a-ab-ab'])
  })

  test('everything but the asterisk is literal', () => {
    for (const [pattern, twin] of [
      ['a.c', 'abc'],
      ['a+', 'aa'],
      ['ab?', 'a'],
      ['^a', 'a'],
      ['a$', 'a'],
      ['a{2}', 'aa'],
      ['(a)', 'a'],
      ['a|b', 'a'],
      ['[ab]', 'a'],
      ['\\d', '1'],
      ['\\', ''],
      ['\\\\', '\\'],
      ['\\u0061', 'a'],
      ['[^b]', 'a'],
      ['(?:a)', 'a'],
      ['a{0,}', 'a'],
      ['/a/', 'a'],
      ['a-z', 'b'],
      ['$&', 'a'],
      ['$1', '1'],
      ['a#b', 'a'],
      ['a b', 'ab'],
    ]) {
      const cache = holding(pattern, twin)
      assert.equal(cache.deleteByMagicString(pattern), 1, pattern)
      assert.deepEqual(cache.keys(), [twin], pattern)
    }
  })

  test('literal characters keep their meaning next to a wildcard', () => {
    const cache = holding('a.b.c', 'aXbXc', 'a\\b', 'a*b', '[x]', '[y]')
    assert.equal(cache.deleteByMagicString('a.*.c'), 1)
    assert.equal(cache.deleteByMagicString('a\\*'), 1)
    assert.equal(cache.deleteByMagicString('[*]'), 2)
    assert.deepEqual(cache.keys(), ['aXbXc', 'a*b'])
  })

  test('a backslash does not take the asterisk’s power', () => {
    const cache = holding('a\\', 'a\\b', 'a*')
    assert.equal(cache.deleteByMagicString('a\\*'), 2)
    assert.deepEqual(cache.keys(), ['a*'])
  })

  test('patterns tell upper from lower case and composed from decomposed letters', () => {
    const cache = holding('Key', 'key', 'é', 'e\u0301')
    assert.equal(cache.deleteByMagicString('k*'), 1)
    assert.equal(cache.deleteByMagicString('*\u0301'), 1)
    assert.deepEqual(cache.keys(), ['Key', 'é'])
  })

  test('patterns match by UTF-16 code units: a wildcard may take half a surrogate pair', () => {
    const cache = holding('😀', '😁', '\ud83d', '\ude00', 'Ł')
    assert.equal(cache.deleteByMagicString('\ud83d*'), 3)
    assert.equal(cache.deleteByMagicString('*\ude00'), 1)
    assert.deepEqual(cache.keys(), ['Ł'])
  })

  test('a pattern of one-byte characters is told from wide ones with the same low bytes', () => {
    const cache = holding('A1', '\u01411', '\u2141\u2131')
    assert.equal(cache.deleteByMagicString('A*'), 1)
    assert.deepEqual(cache.keys(), ['\u01411', '\u2141\u2131'])
    assert.equal(cache.deleteByMagicString('*\u2131'), 1)
    assert.deepEqual(cache.keys(), ['\u01411'])
  })

  test('wildcards span NULs and lone surrogates', () => {
    const cache = holding('a\0b', 'a\ud800b', 'a\udc00b', 'a\uffffb')
    assert.equal(cache.deleteByMagicString('a*b'), 4)
  })

  test('keys named like object properties are matched like any others', () => {
    const cache = holding('__proto__', 'constructor', 'hasOwnProperty')
    assert.equal(cache.deleteByMagicString('__*__'), 1)
    assert.equal(cache.deleteByPrefix('cons'), 1)
    assert.deepEqual(cache.keys(), ['hasOwnProperty'])
  })

  test('a very long pattern matches a very long key', () => {
    const long = 'x'.repeat(10_000)
    const cache = holding(`${long}1${long}`, `${long}2${long}`)
    assert.equal(cache.deleteByMagicString(`${long}1*`), 1)
    assert.equal(cache.deleteByMagicString(`${long}2${long}`), 1)
  })

  test('deleting by pattern keeps the order of what stays', () => {
    const cache = holding('a1', 'b1', 'a2', 'b2', 'b3')
    cache.get('b1')
    cache.deleteByMagicString('a*')
    assert.deepEqual(cache.keys(), ['b2', 'b3', 'b1'])
  })

  test('patterns count as neither hits nor misses nor evictions', () => {
    const cache = holding('a', 'b')
    cache.deleteByPrefix('a')
    cache.deleteByMagicString('*')
    const { hits, misses, evictions, expirations } = cache.getStats()
    assert.deepEqual([hits, misses, evictions, expirations], [0, 0, 0, 0])
  })

  test('on an empty cache nothing matches', () => {
    const cache = holding()
    assert.equal(cache.deleteByPrefix(''), 0)
    assert.equal(cache.deleteByMagicString('*'), 0)
  })

  test('every short pattern matches exactly the short keys it should', () => {
    const keys = strings(['a', 'b'], 4)
    for (const pattern of strings(['a', 'b', '*'], 4)) {
      const cache = holding(...keys)
      const left = keys.filter((key) => !matches(pattern, key))
      assert.equal(cache.deleteByMagicString(pattern), keys.length - left.length, pattern)
      assert.deepEqual(cache.keys(), left, pattern)
    }
  })

  test('every short prefix matches exactly the short keys it should', () => {
    const keys = strings(['a', 'b', '\u0161'], 3)
    for (const prefix of strings(['a', 'b', '\u0161'], 3)) {
      const cache = holding(...keys)
      const left = keys.filter((key) => key.slice(0, prefix.length) !== prefix)
      assert.equal(cache.deleteByPrefix(prefix), keys.length - left.length, prefix)
      assert.deepEqual(cache.keys(), left, prefix)
    }
  })
})
