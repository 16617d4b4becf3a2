// Codecs of snapshots: which one a save by hand takes, and what a codec may do with its own bytes. What is in
// files is in files.test.mjs.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { freshName } from '../shared/support.mjs'
import { KINDS, folder } from './support.mjs'

/** Writes every value to the same bytes, as an encoder may that does not want to allocate. */
function reusing() {
  const bytes = Buffer.alloc(64)
  return {
    name: 'reusing',
    encode: (value) => bytes.subarray(0, bytes.write(value)),
    decode: (encoded) => Buffer.from(encoded).toString(),
  }
}

/** No cipher, but no plain text either. */
const masked = {
  name: 'masked',
  encode: (value) => Buffer.from(JSON.stringify(value)).map((byte) => byte ^ 0x55),
  decode: (encoded) => JSON.parse(Buffer.from(encoded.map((byte) => byte ^ 0x55)).toString()),
}

const FEW = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key ${i}`, `value ${i}`]))

function assertHolds(cache, expected) {
  assert.deepEqual(Object.fromEntries(cache.keys().map((key) => [key, cache.get(key)])), expected)
}

describe('a codec may use its bytes again for the next value', () => {
  test('in the save of a MemoryCache', async (t) => {
    const file = folder(t)()
    const cache = KINDS.MemoryCache(t)
    cache.setMany(Object.entries(FEW))
    await cache.save(file, { codec: reusing() })
    const copy = KINDS.MemoryCache(t)
    await copy.restore(file, { codec: reusing() })
    assertHolds(copy, FEW)
  })

  test('in setMany and load of a shared store', (t) => {
    const cache = KINDS.SharedMemoryCache(t, { codec: reusing() })
    cache.setMany(Object.entries(FEW))
    assertHolds(cache, FEW)
    cache.load(Object.entries(FEW).map(([key, value]) => [key, { value: `${value}!` }]))
    assertHolds(
      cache,
      Object.fromEntries(Object.entries(FEW).map(([key, value]) => [key, `${value}!`])),
    )
  })
})

describe('a MemoryCache with a snapshot that has a codec', () => {
  test('saves and restores by hand with that codec', async (t) => {
    const at = folder(t)
    const snapshot = { path: at(), codec: masked, onExit: false }
    const cache = new MemoryCache({ snapshot })
    t.after(() => cache.close())
    cache.set('key', 'secret')
    await cache.save(at())
    await cache.save(at('another'))
    for (const name of ['snapshot', 'another']) {
      assert.ok(!readFileSync(at(name), 'latin1').includes('secret'), name)
    }
    cache.clear()
    await cache.restore(at('another'))
    assert.equal(cache.get('key'), 'secret')
    cache.clear()
    await cache.restore(at(), { codec: null })
    assert.equal(cache.get('key'), 'secret')
  })

  test('saves at the next close if the first was cut off in the codec', async (t) => {
    const path = folder(t)()
    const slow = { ...masked, isSlow: false }
    slow.encode = (value) => {
      while (slow.isSlow);
      return masked.encode(value)
    }
    const cache = new MemoryCache({ snapshot: { path, codec: slow } })
    t.after(() => cache.close())
    cache.set('key', 'value')
    slow.isSlow = true
    assert.throws(() => runInNewContext('close()', { close: () => cache.close() }, { timeout: 20 }))
    slow.isSlow = false
    cache.close()
    const copy = KINDS.MemoryCache(t)
    assert.deepEqual(await copy.restore(path, { codec: masked }), { entries: 1 })
  })

  test('takes another one for a file if told so', async (t) => {
    const at = folder(t)
    const cache = new MemoryCache({ snapshot: { path: at(), codec: masked, onExit: false } })
    t.after(() => cache.close())
    cache.set('key', 'known to all')
    await cache.save(at('plain'), { codec: 'json' })
    assert.ok(readFileSync(at('plain'), 'latin1').includes('known to all'))
    const shared = new SharedMemoryCache({ name: freshName('codecs'), codec: 'json' })
    t.after(() => shared.close())
    await shared.restore(at('plain'))
    assert.equal(shared.get('key'), 'known to all')
  })
})
