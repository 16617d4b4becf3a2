// Saves and restores of both kinds of cache that are cut off by stack overflows at every depth: caches and files stay
// sound, and the next save and the next restore succeed. How calls are cut off belongs in overflow.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KINDS, folder } from '../snapshots/support.mjs'
import { overflowEverywhere } from './overflow.mjs'

const KEYS = ['alice', 'bob', 'carol']

// As many as are in the middle of their work at a time.
const AT_ONCE = 50

const filled = (cache, version) => {
  for (const key of KEYS) cache.set(key, { key, version })
  return cache
}

function assertSound(cache, what) {
  for (const [key, value] of cache.entries()) assert.equal(value.key, key, what)
}

for (const [kind, open] of Object.entries(KINDS)) {
  for (const method of ['save', 'restore']) {
    test(`an overflow anywhere in ${method} of a ${kind} leaves cache and file sound`, async (t) => {
      const at = folder(t)
      const path = at('snapshot')
      await filled(open(t), 'saved').save(path)
      const cache = filled(open(t), 'own')
      const under = []
      const interrupted = overflowEverywhere({
        before: () => cache,
        attempt(one) {
          // It may be cut off before there is a promise, or be rejected.
          const promise = one[method](path)
          under.push(promise)
          promise.catch(() => {})
        },
        after: (one) => assertSound(one, method),
        rejects: true,
      })
      assert.ok(interrupted > 0)
      for (let i = 0; i < under.length; i += AT_ONCE) {
        await Promise.allSettled(under.slice(i, i + AT_ONCE))
        assertSound(cache, `${method} ${i}`)
      }
      assert.deepEqual(cache.keys().toSorted(), KEYS)
      // What was cut off before there was a promise may still be writing.
      let saved
      while (saved === undefined) {
        saved = await cache.save(path).catch((error) => {
          if (error.code !== 'ERR_SNAPSHOT_LOCKED') throw error
        })
      }
      const { entries } = saved
      assert.equal(entries, KEYS.length)
      const copy = open(t)
      assert.deepEqual(await copy.restore(path), { entries: KEYS.length })
      assertSound(copy, 'the copy')
    })
  }
}
