// What happens to a cache while it is saved, beyond reads and writes: it is replaced, or destroyed. Progress, and in whose name it is told.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { freshName } from '../shared/support.mjs'
import { KINDS, failureOf, folder } from './support.mjs'

const MANY = 20_000

function filled(cache, of) {
  cache.setMany(Array.from({ length: MANY }, (_, i) => [`key ${i}`, { of, i }]))
  return cache
}

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`${kind}, while it is saved`, () => {
    for (const [how, replace] of [
      ['load', (cache, other) => cache.load(other.dump())],
      ['restore', (cache, _, file) => cache.restore(file)],
    ]) {
      test(`a ${how} leaves a file with all that was there before, or all that came`, async (t) => {
        const at = folder(t)
        const other = filled(open(t), 'after')
        await other.save(at('other'))
        const cache = filled(open(t), 'before')
        let replaced
        const onProgress = () => (replaced ??= [replace(cache, other, at('other'))])
        const saved = cache.save(at(), { onProgress })
        const { entries } = await saved
        await Promise.all(replaced)
        assert.equal(entries, MANY)
        const copy = open(t)
        assert.equal((await copy.restore(at())).entries, MANY)
        const whose = new Set(copy.keys().map((key) => copy.get(key).of))
        assert.equal(whose.size, 1)
        assert.equal(cache.get('key 0').of, 'after')
      })
    }

    test('progress is told in the async context of the caller', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      for (let i = 0; i < 5; i++) filled(cache, `${i}`)
      const storage = new AsyncLocalStorage()
      const seen = new Set()
      const onProgress = () => seen.add(storage.getStore())
      await storage.run('caller', () => cache.save(file, { onProgress }))
      await storage.run('caller', () => cache.restore(file, { onProgress }))
      assert.deepEqual([...seen], ['caller'])
    })

    test('several saves to one file wait for each other', async (t) => {
      const file = folder(t)()
      const cache = filled(open(t), 'all')
      const saves = await Promise.all([1, 2, 3].map(() => cache.save(file)))
      assert.deepEqual(
        saves.map(({ entries }) => entries),
        [MANY, MANY, MANY],
      )
    })

    test('what the last report throws rejects, though the file is there', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      cache.set('a', 1)
      const onProgress = () => {
        throw new Error('of the report')
      }
      const { message } = await failureOf(() => cache.save(file, { onProgress }))
      assert.equal(message, 'of the report')
      assert.ok(existsSync(file))
    })
  })
}

test('a store that is destroyed is saved no more, and nobody is warned', async (t) => {
  const path = folder(t)()
  const name = freshName('destroyed')
  const warnings = []
  const onWarning = (warning) => warnings.push(warning.message)
  process.on('warning', onWarning)
  t.after(() => process.off('warning', onWarning))
  const before = process.listenerCount('SIGTERM')
  const cache = new SharedMemoryCache({ name, snapshot: { path, interval: 5 } })
  t.after(() => cache.close())
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  cache.set('a', 1)
  SharedMemoryCache.destroy(name)
  while (process.listenerCount('SIGTERM') > before) await sleep(1)
  await sleep(20)
  assert.deepEqual(warnings, [])
})
