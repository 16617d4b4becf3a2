// In whose AsyncLocalStorage context the work of snapshots is done, and that no request is kept alive by it.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, test } from 'node:test'
import { until } from '../shared/support.mjs'
import { KINDS, folder, run } from './support.mjs'

const storage = new AsyncLocalStorage()

/** Runs it in a context whose store must be collected while what it returned is still there. */
async function assertLetsGo(action) {
  const begin = async () => {
    const store = { request: 1 }
    return [await storage.run(store, action), new WeakRef(store)]
  }
  const [kept, reference] = await begin()
  await until(() => {
    globalThis.gc()
    return reference.deref() === undefined
  })
  return kept
}

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`a ${kind} keeps no request alive`, () => {
    test('that opened it with a snapshot', async (t) => {
      const snapshot = { path: folder(t)(), onExit: true, interval: 60_000 }
      // A test keeps the context of what it is to do afterwards.
      const careless = { after() {} }
      const cache = await assertLetsGo(async () => open(careless, { snapshot }))
      cache.close()
    })

    test('that saved or restored it', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      cache.set('a', 1)
      await assertLetsGo(() => cache.save(file, { signal: new AbortController().signal }))
      await assertLetsGo(() => cache.restore(file))
      assert.equal(cache.get('a'), 1)
    })
  })
}

test('a codec that is called by a signal, and later listeners, are in no context of a request', async (t) => {
  const source = `
    const { AsyncLocalStorage } = require('node:async_hooks')
    const { MemoryCache } = require('native-memory-cache')
    const storage = new AsyncLocalStorage()
    const told = []
    const encode = (value) => (told.push(String(storage.getStore())), value)
    const codec = { name: 'test', encode, decode: String }
    const snapshot = { path: process.argv[1], codec }
    const cache = storage.run('request', () => new MemoryCache({ snapshot }))
    cache.set('key', 'value')
    process.on('exit', () => console.log(told.join()))
    process.on('SIGTERM', () => {
      told.push(String(storage.getStore()))
      process.exit()
    })
    setInterval(() => {}, 1000)
    console.log('ready')`
  const { stdout, stderr } = await run(source, [folder(t)()], (line, child) => {
    if (line === 'ready') child.kill('SIGTERM')
  })
  assert.deepEqual([stderr, stdout], ['', 'ready\nundefined,undefined\n'])
})
