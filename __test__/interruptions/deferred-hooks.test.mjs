// Deferred hooks cut off in the middle: by stack overflows at every depth and by vm timeouts, in calls
// that cause events, in hooks and in flushHooks. Whatever was cut off, later events are delivered once
// and in order, and nothing waits for ever.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import { MemoryCache } from 'native-memory-cache'
import { runProgram } from '../shared/subprocess.mjs'
import { overflowEverywhere } from './overflow.mjs'

const open = (onSet) => new MemoryCache({ hookDelivery: 'deferred', hooks: { onSet } })

const CALLS = {
  set: (cache) => cache.set('cut off', 0),
  'set after others': (cache) => {
    cache.set('before', 0)
    cache.set('cut off', 0)
  },
  flushHooks: (cache) => void cache.flushHooks().catch(() => {}),
  'flushHooks after a set': (cache) => {
    cache.set('before', 0)
    cache.flushHooks().catch(() => {})
  },
}

for (const [name, attempt] of Object.entries(CALLS)) {
  test(`an overflow anywhere in ${name} costs later events nothing`, async () => {
    const caches = []
    const seen = []
    overflowEverywhere({
      before: () => open(({ key, value }) => key === 'after' && seen.push(value)),
      attempt,
      after(cache) {
        caches.push(cache)
        cache.set('after', caches.length - 1)
      },
    })
    await Promise.all(caches.map((cache) => cache.flushHooks()))
    assert.deepEqual(seen, [...caches.keys()])
  })
}

test('hooks at the edge of the stack and beyond harm neither each other nor those that wait', async () => {
  const seen = []
  const recurse = () => recurse() + 1
  const cache = open(({ value }) => {
    seen.push(value)
    if (value % 3 === 0) recurse()
    if (value % 3 === 1)
      overflowEverywhere({ before() {}, attempt: () => cache.get('k'), after() {} })
  })
  for (let i = 0; i < 6; i++) cache.set('k', i)
  await cache.flushHooks()
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5])
})

test('vm timeouts among events cost later ones nothing', async () => {
  const script = new vm.Script('for (let i = 0; ; i++) cache.set("k", i)')
  for (let round = 0; round < 25; round++) {
    let last = -1
    let after = 0
    const cache = open(({ key, value }) => {
      if (key === 'after') after++
      else assert.equal(value, ++last)
    })
    const context = vm.createContext({ cache })
    assert.throws(() => script.runInContext(context, { timeout: 1 + (round % 3) }), {
      code: 'ERR_SCRIPT_EXECUTION_TIMEOUT',
    })
    cache.set('after', 1)
    await cache.flushHooks()
    assert.equal(after, 1)
  }
})

test('a hook that a vm timeout cuts off is not called again, and those after it are called', async () => {
  const seen = []
  const cache = open(({ value }) => {
    seen.push(value)
    if (value === 1) vm.runInNewContext('for (;;);', {}, { timeout: 5 })
  })
  for (let i = 0; i < 4; i++) cache.set('k', i)
  await cache.flushHooks()
  assert.deepEqual(seen, [0, 1, 2, 3])
})

test('a process whose deferred hooks were cut off ends by itself when the last has run', async () => {
  const source = `
    const vm = require('node:vm')
    const { MemoryCache } = require('native-memory-cache')
    const count = { cut: 0, after: 0 }
    const options = { hookDelivery: 'deferred', hooks: { onSet: ({ key }) => count[key]++ } }
    import('../interruptions/overflow.mjs').then(({ overflowEverywhere }) => {
      overflowEverywhere({
        before: () => new MemoryCache(options),
        attempt: (cache) => cache.set('cut', 1),
        after() {},
      })
      for (let i = 0; i < 10; i++) {
        const context = { cache: new MemoryCache(options) }
        try { vm.runInNewContext('for (;;) cache.set("cut", 1)', context, { timeout: 2 }) } catch {}
      }
      new MemoryCache(options).set('after', 1)
    })
    process.on('exit', () => console.log(count.after))`
  const { code, signal, stdout, stderr } = await runProgram(source)
  assert.deepEqual(
    { code, signal, stdout, stderr },
    { code: 0, signal: null, stdout: '1\n', stderr: '' },
  )
})
