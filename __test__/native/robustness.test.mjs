// Calls that no correct program makes, and sizes at the edges of native buffers: errors name what
// was wrong, nothing changes, and nothing is cut.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { CacheConfigError, MemoryCache, cached } from 'native-memory-cache'
import native from '../../lib/common/native.js'

test('a panic in Rust is an Error in JavaScript, from raw callbacks and from napi-derive', () => {
  const nowhere = 4_000_000
  const calls = {
    get: () => native.get(nowhere, 'k'),
    set: () => native.set(nowhere, 'k'),
    countMiss: () => native.countMiss(nowhere),
    stats: () => native.stats(nowhere),
    keys: () => native.keys(nowhere),
  }
  for (const [name, call] of Object.entries(calls)) {
    assert.throws(call, (error) => error instanceof Error && /no cache 4000000/.test(error.message), name)
  }
  const cache = new MemoryCache()
  cache.set('k', 1)
  assert.equal(cache.get('k'), 1)
})

test('raw callbacks refuse arguments of the wrong type by an Error', () => {
  for (const id of [undefined, 'x', {}, null, Symbol('s')]) {
    assert.throws(() => native.get(id, 'k'), Error)
    assert.throws(() => native.insert(id, 'k', 0, 0), Error)
  }
  const { id } = native.open(0, 0, 0)
  assert.equal(native.get(id), native.NOT_A_STRING)
  assert.throws(() => native.insert(id, 'k', 'heavy', 0), Error)
  assert.throws(() => native.expireNext(id), Error)
  assert.equal(native.size(id), 0)
})

const WRONG_KEYS = [undefined, null, 0, Number.NaN, 7n, true, Symbol('s'), {}, [], () => {}, new String('k')]

test('a key that is no string is a TypeError of the method in every method, and changes nothing', async () => {
  for (const hooks of [undefined, { onMiss: assert.fail, onSet: null, onDelete: assert.fail }]) {
    const cache = new MemoryCache({ hooks })
    cache.set('k', 1)
    const before = JSON.stringify([cache.entries(), cache.getStats()])
    for (const key of WRONG_KEYS) {
      for (const method of ['get', 'has', 'set', 'delete', 'deleteByPrefix', 'deleteByMagicString']) {
        assert.throws(() => cache[method](key, 1), (error) => {
          return error instanceof TypeError && error.message.startsWith(`${method}: `)
        })
      }
      for (const method of ['getOrSet', 'deleteAsync']) {
        await assert.rejects(cache[method](key, assert.fail), { name: 'TypeError' })
      }
      assert.equal(JSON.stringify([cache.entries(), cache.getStats()]), before)
    }
  }
})

test('a wrong key is refused before sizeCalculation is asked', () => {
  const cache = new MemoryCache({ maxWeight: 1, sizeCalculation: () => assert.fail('asked') })
  assert.throws(() => cache.set(5, 1), TypeError)
})

test('methods called on something that is no cache throw a TypeError', () => {
  const { get, set, size } = MemoryCache.prototype
  for (const method of [get, set, size]) {
    assert.throws(() => method.call({}, 'k', 1), TypeError)
    assert.throws(() => method.call(undefined, 'k', 1), TypeError)
  }
})

test('options of a wrong type are refused by a CacheConfigError that names option and value', () => {
  const wrong = [
    [{ maxSize: '10' }, /maxSize .*'10'/],
    [{ checkInterval: Number.NaN }, /checkInterval .*NaN/],
    [{ maxWeight: 7n }, /maxWeight .*7n/],
    [{ maxSize: {} }, /maxSize .*\{\}/],
    [{ maxWeight: 1, sizeCalculation: 3 }, /sizeCalculation .*3/],
    [{ hooks: 'log' }, /hooks .*'log'/],
    [{ hooks: { onHit: true } }, /hooks\.onHit .*true/],
  ]
  for (const [options, message] of wrong) {
    assert.throws(() => new MemoryCache(options), { name: 'CacheConfigError', message })
    assert.throws(() => cached(options), CacheConfigError)
  }
  for (const options of [null, 5, 'x', true]) {
    assert.throws(() => new MemoryCache(options), { name: 'CacheConfigError', message: /options/ })
  }
  assert.throws(() => cached({ keyGenerator: 'id' }), { message: /keyGenerator .*'id'/ })
})

test('keys around the length of every native buffer come back whole', () => {
  const lengths = [0, 1, 18, 19, 20, 37, 38, 39, 254, 255, 256, 257, 4095, 4096, 4097, 65_536, 1_048_576]
  for (const unit of ['x', '\u00ff', '\u0100', '\ud800', '\0']) {
    const cache = new MemoryCache({ maxSize: 0, ttl: 0 })
    const keys = lengths.map((length) => unit.repeat(length))
    for (const key of keys) cache.set(key, key.length)
    assert.deepEqual(cache.keys(), keys)
    for (const key of keys) assert.equal(cache.get(`${key}`), key.length)
    assert.deepEqual(cache.entries(), keys.map((key) => [key, key.length]))
  }
})

test('a surrogate pair that straddles the end of the buffer is not cut', () => {
  const cache = new MemoryCache()
  for (const length of [253, 254, 255, 256]) {
    const key = `${'x'.repeat(length)}😀`
    cache.set(key, length)
    assert.equal(cache.get(key), length)
    assert.equal(cache.has(`${'x'.repeat(length)}\ud83d`), false)
    assert.ok(cache.keys().includes(key))
  }
})

test('many caches in one thread are apart', () => {
  const caches = Array.from({ length: 1_000 }, () => new MemoryCache())
  caches.forEach((cache, i) => cache.set('k', i))
  caches.forEach((cache, i) => assert.equal(cache.get('k'), i))
})

test('a process that exits inside a hook ends with its own exit code', () => {
  const program = `
    const { MemoryCache } = require('native-memory-cache')
    const cache = new MemoryCache({ maxSize: 1, hooks: { onEvict: () => process.exit(7) } })
    cache.set('a', 1)
    cache.set('b', 2)
  `
  const child = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' })
  assert.equal(child.stderr, '')
  assert.equal(child.status, 7)
})
