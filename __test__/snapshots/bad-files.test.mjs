// Files that are no whole snapshots: each is refused with its own code and its numbers, and the cache stays as it
// was; with `keep-valid` what comes before the damage is restored. A hundred thousand more are in the tests of the
// core.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { SharedMemoryCache, SnapshotError } from 'native-memory-cache'
import { chooseSeed, freshName } from '../shared/support.mjs'
import { KINDS, failureOf, folder, randomFrom } from './support.mjs'

const valueOf = (i) => ({ i, text: 'x'.repeat(i % 50) })

/** A file with so many entries, named by number, the first one used least recently. */
async function written(t, open, path, count, options = {}) {
  const cache = open(t, { ttl: 0, ...options })
  for (let i = 0; i < count; i++) cache.set(`key ${i}`, valueOf(i), { tags: [`tag ${i % 3}`] })
  await cache.save(path)
  cache.close()
  return readFileSync(path)
}

const CODES = new Set([
  'ERR_SNAPSHOT_NOT_A_SNAPSHOT',
  'ERR_SNAPSHOT_TRUNCATED',
  'ERR_SNAPSHOT_DAMAGED',
  'ERR_SNAPSHOT_VERSION',
  'ERR_SNAPSHOT_CODEC',
  'ERR_SNAPSHOT_STORE',
])

function assertRefusal(error, path) {
  assert.ok(error instanceof SnapshotError, error.stack)
  assert.ok(CODES.has(error.code), `${error.code}: ${error.message}`)
  assert.equal(error.path, path)
  assert.ok(error.message.startsWith(`restore: '${path}': `), error.message)
}

/** Whatever was kept is right. */
function assertOwnValues(cache) {
  for (const [key, value] of cache.entries()) {
    assert.deepEqual(value, valueOf(Number(key.slice('key '.length))), key)
  }
}

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`bad files and a ${kind}`, () => {
    const opened = (t) => {
      const cache = open(t, { ttl: 0 })
      cache.set('old', 1)
      return cache
    }

    test('one that is not there, is a folder or is something else', async (t) => {
      const at = folder(t)
      const cache = opened(t)
      mkdirSync(at('folder'))
      writeFileSync(at('short'), 'x')
      writeFileSync(at('text'), 'x'.repeat(10_000))
      writeFileSync(at('zeros'), Buffer.alloc(10_000))
      const CASES = {
        none: 'NOT_FOUND',
        'no/folder': 'NOT_FOUND',
        folder: 'NOT_A_SNAPSHOT',
        short: 'NOT_A_SNAPSHOT',
        text: 'NOT_A_SNAPSHOT',
        zeros: 'NOT_A_SNAPSHOT',
      }
      for (const [name, code] of Object.entries(CASES)) {
        for (const onCorrupt of ['throw', 'keep-valid']) {
          const error = await failureOf(() => cache.restore(at(name), { onCorrupt }))
          assert.ok(error instanceof SnapshotError, error.stack)
          assert.equal(error.code, `ERR_SNAPSHOT_${code}`, name)
          assert.equal(error.path, at(name))
          assert.deepEqual(cache.keys(), ['old'])
        }
      }
    })

    test('an empty one, of which nothing can be kept', async (t) => {
      const path = folder(t)()
      const cache = opened(t)
      writeFileSync(path, '')
      const error = await failureOf(() => cache.restore(path))
      assert.equal(error.code, 'ERR_SNAPSHOT_TRUNCATED')
      assert.deepEqual(cache.keys(), ['old'])
      assert.deepEqual(await cache.restore(path, { onCorrupt: 'keep-valid' }), { entries: 0 })
    })

    test('a small one that is cut anywhere', async (t) => {
      const path = folder(t)()
      const whole = await written(t, open, path, 3)
      const cache = opened(t)
      for (let length = whole.length - 1; length >= 0; length--) {
        truncateSync(path, length)
        assertRefusal(await failureOf(() => cache.restore(path)), path)
        assert.deepEqual(cache.keys(), ['old'])
      }
    })

    test('one of a later version, and one with more behind its end', async (t) => {
      const path = folder(t)()
      const whole = await written(t, open, path, 3)
      const cache = opened(t)
      writeFileSync(path, Buffer.concat([whole, Buffer.from('more')]))
      assertRefusal(await failureOf(() => cache.restore(path)), path)
      assert.deepEqual(cache.keys(), ['old'])
    })

    test('one that is larger than the cache may be', async (t) => {
      const path = folder(t)()
      await written(t, open, path, 100)
      const cache = open(t, { ttl: 0, maxSize: 40 })
      cache.set('old', 1)
      const error = await failureOf(() => cache.restore(path))
      assert.equal(error.code, 'ERR_SNAPSHOT_TOO_LARGE')
      assert.match(error.message, /100.*40/)
      assert.deepEqual(cache.keys(), ['old'])
      assert.deepEqual(await cache.restore(path, { onCorrupt: 'keep-valid' }), { entries: 40 })
      assertOwnValues(cache)
      assert.deepEqual(
        cache.keys(),
        Array.from({ length: 40 }, (_, i) => `key ${i + 60}`),
      )
    })

    test('damaged ones: none is taken for whole, and what is kept of them is right', async (t) => {
      const seed = chooseSeed('DAMAGES_SEED')
      t.diagnostic(`DAMAGES_SEED=${seed}`)
      const rng = randomFrom(seed)
      const path = folder(t)()
      const COUNT = 6_000
      const whole = await written(t, open, path, COUNT)
      const cache = opened(t)
      for (let round = 0; round < 150; round++) {
        const bytes = Buffer.from(whole)
        const flips = 1 + rng.below(3)
        for (let i = 0; i < flips; i++) {
          const place = rng.below(bytes.length)
          bytes[place] ^= 1 << rng.below(8)
        }
        const length = rng.below(4) === 0 ? rng.below(bytes.length) : bytes.length
        if (bytes.equals(whole) && length === whole.length) continue
        writeFileSync(path, bytes.subarray(0, length))
        assertRefusal(await failureOf(() => cache.restore(path)), path)
        assert.deepEqual(cache.keys(), ['old'])
        const other = open(t, { ttl: 0 })
        try {
          const { entries } = await other.restore(path, { onCorrupt: 'keep-valid' })
          assert.ok(entries <= COUNT)
          assertOwnValues(other)
        } catch (error) {
          // Of a damaged header nothing is known.
          assertRefusal(error, path)
        }
        other.close()
      }
    })

    test('a constructor keeps what is valid if it is told to', async (t) => {
      const path = folder(t)()
      // A store opens with no file of another.
      const named = kind === 'SharedMemoryCache' && { name: freshName('snapshots') }
      const whole = await written(t, open, path, 6_000, named)
      writeFileSync(path, whole.subarray(0, whole.length - 10))
      const error = await failureOf(() => open(t, { ...named, ttl: 0, snapshot: { path } }))
      assert.equal(error.code, 'ERR_SNAPSHOT_TRUNCATED')
      assert.match(error.message, /^open: /)
      const snapshot = { path, onCorrupt: 'keep-valid' }
      const cache = open(t, { ...named, ttl: 0, snapshot })
      assert.ok(cache.size() > 0)
      assertOwnValues(cache)
    })
  })
}

test('a store opens with no file of another store, or of another codec, but may restore one of another store', async (t) => {
  const path = folder(t)()
  const cache = KINDS.SharedMemoryCache(t)
  cache.set('a', 1)
  await cache.save(path)
  const { name } = cache
  const error = await failureOf(() =>
    KINDS.SharedMemoryCache(t, { name: 'another name', snapshot: { path } }),
  )
  assert.equal(error.code, 'ERR_SNAPSHOT_STORE')
  assert.ok(error.message.includes(name) && error.message.includes('another name'), error.message)
  assert.equal(SharedMemoryCache.names().includes('another name'), false)
  const other = KINDS.SharedMemoryCache(t)
  assert.deepEqual(await other.restore(path), { entries: 1 })
  cache.close()
  const json = KINDS.SharedMemoryCache(t, { name, codec: 'json' })
  const refused = await failureOf(() => json.restore(path))
  assert.equal(refused.code, 'ERR_SNAPSHOT_CODEC')
  assert.match(refused.message, /structured.*json|json.*structured/)
})
