// The format of snapshots as docs/snapshot-format.md has it: a reader in another language finds what was saved.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { KINDS, folder } from './support.mjs'

const READER = fileURLToPath(new URL('../../examples/read-snapshot.py', import.meta.url))

/** What the reader prints of a file. */
function read(path) {
  const env = { ...process.env, PYTHONIOENCODING: 'utf-8' }
  const printed = execFileSync('python3', [READER, path], {
    encoding: 'utf8',
    env,
    maxBuffer: 64 * 1024 * 1024,
  })
  return printed
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const VALUES = [
  ['number', 1.5, 0, 1.5],
  ['narrow', 'text', 1, 'text'],
  ['Łódź', 'wide ✓', 2, 'wide ✓'],
  ['\ud800', { a: ['b'] }, 3, '{"a":["b"]}'],
  ['💾', { ł: 1 }, 4, '{"ł":1}'],
  ['', undefined, 7, ''],
  ['null', null, 8, ''],
  ['true', true, 9, ''],
  ['false', false, 10, ''],
  ['bigint', -255n, 11, btoa('-ff')],
  ['buffer', Buffer.from('bytes'), 12, btoa('bytes')],
]

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`a reader in Python and the file of a ${kind}`, () => {
    test('keys, values, times and tags are found, the least recently used first', async (t) => {
      const path = folder(t)()
      const cache = open(t, { ttl: 60_000 })
      for (const [key, value] of VALUES) cache.set(key, value, { tags: [key, 'all'] })
      cache.set('own', 1, { ttl: 120_000 })
      cache.set('forever', 2, { ttl: 0 })
      cache.get('number')
      await cache.save(path)
      const found = read(path)
      const expected = [...cache.dump()].map(
        ([key, { expiresAt = null, ttl = null, tags = [] }]) => ({
          key,
          expiresAt,
          // Of an entry that lives for ever nothing is said.
          ttl: expiresAt === null ? null : ttl,
          tags,
        }),
      )
      assert.deepEqual(
        found.map(({ key, expiresAt, ttl, tags }) => ({ key, expiresAt, ttl, tags })),
        expected,
      )
      const values = new Map(found.map(({ key, tag, value }) => [key, [tag, value]]))
      for (const [key, , tag, value] of VALUES) assert.deepEqual(values.get(key), [tag, value], key)
    })

    test('many blocks, and many parts, are put in order', async (t) => {
      const path = folder(t)()
      const cache = open(t, { ttl: 0, ...(kind === 'SharedMemoryCache' && { shards: 4 }) })
      for (let i = 0; i < 20_000; i++) cache.set(`key ${i}`, { i, text: 'x'.repeat(i % 100) })
      await cache.save(path)
      const keys = read(path).map(({ key }) => key)
      assert.equal(new Set(keys).size, 20_000)
      const copy = open(t, { ttl: 0, maxSize: 0 })
      await copy.restore(path)
      assert.deepEqual(keys, copy.keys())
    })
  })
}
