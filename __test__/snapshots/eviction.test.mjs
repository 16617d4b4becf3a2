// Snapshots of caches with 's3-fifo': which queue entries come into, and in which order.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { KINDS, folder } from './support.mjs'

const S3_FIFO = { eviction: 's3-fifo', ttl: 0, maxSize: 16 }

/** How entries get from one cache into another. */
const WAYS = {
  'dump and load': (t, from, to) => to.load(from.dump()),
  async 'save and restore'(t, from, to) {
    const file = folder(t)()
    await from.save(file)
    await to.restore(file)
  },
}

/** Sixteen entries, of which some have been used and have gone on to the main queue. */
function used(cache) {
  for (let i = 0; i < 16; i++) cache.set(`key:${i}`, i)
  for (const i of [0, 1, 2, 5, 9]) cache.get(`key:${i}`)
  for (let i = 16; i < 22; i++) cache.set(`key:${i}`, i)
  return cache
}

for (const [kind, open] of Object.entries(KINDS)) {
  for (const [way, pass] of Object.entries(WAYS)) {
    describe(`${way} of a ${kind} with s3-fifo`, () => {
      test('what is restored outlasts keys that come once, but for an eighth', async (t) => {
        const from = used(open(t, S3_FIFO))
        const to = open(t, S3_FIFO)
        await pass(t, from, to)
        const restored = from.keys()
        assert.deepEqual(to.keys().toSorted(), restored.toSorted())
        for (let i = 0; i < 100; i++) to.set(`once:${i}`, i)
        assert.equal(restored.filter((key) => to.has(key)).length, 14)
        assert.equal(to.size(), 16)
      })

      test('a cache with lru takes it, and the other way round', async (t) => {
        for (const policies of [
          ['lru', 's3-fifo'],
          ['s3-fifo', 'lru'],
        ]) {
          const [from, to] = policies.map((eviction) => open(t, { ...S3_FIFO, eviction }))
          await pass(t, used(from), to)
          assert.deepEqual(to.keys().toSorted(), from.keys().toSorted())
        }
      })
    })
  }
}

for (const [way, pass] of Object.entries(WAYS)) {
  test(`${way} of a MemoryCache with s3-fifo keep the order of the queues`, async (t) => {
    const from = used(KINDS.MemoryCache(t, S3_FIFO))
    const to = KINDS.MemoryCache(t, S3_FIFO)
    await pass(t, from, to)
    assert.deepEqual(to.keys(), from.keys())
    assert.deepEqual(from.keys().slice(-3), ['key:2', 'key:5', 'key:9'])
  })
}

test('a smaller MemoryCache with s3-fifo that loads a dump keeps what was in the main queue', (t) => {
  const to = KINDS.MemoryCache(t, { ...S3_FIFO, maxSize: 4 })
  to.load(used(KINDS.MemoryCache(t, S3_FIFO)).dump())
  assert.equal(to.size(), 4)
  assert.ok(to.has('key:9'))
})
