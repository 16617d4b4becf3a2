// The end of the process: stores, workers, hooks and the expiry thread neither hold it up nor
// disturb it. Each program runs many times, for what could go wrong is a matter of moments.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from './subprocess.mjs'

const OFTEN = 30
const SOMETIMES = 10
const AT_ONCE = 3

const open = `
  const { SharedMemoryCache } = require('native-memory-cache')
  const { Worker } = require('node:worker_threads')
  const open = (options) => new SharedMemoryCache({ name: 'store', ...options })
  // A worker that changes the store without end.
  const startChanging = () => new Worker(\`
    const { SharedMemoryCache } = require('native-memory-cache')
    const cache = new SharedMemoryCache({ name: 'store' })
    cache.getOrSet('flight', () => new Promise(() => {}))
    for (let i = 0; ; i++) cache.set('key:' + (i % 50), { i })\`, { eval: true })
`

const PROGRAMS = {
  'with stores open, by itself': [
    { code: 0, times: SOMETIMES },
    `${open}
    globalThis.caches = []
    for (let i = 0; i < 20; i++) {
      const cache = open({ name: 'store ' + i, ttl: 1 + i * 1_000, nearCache: true, hooks: { onSet() {}, onExpire() {} } })
      for (let j = 0; j < 100; j++) cache.set('key:' + j, { j })
      caches.push(cache)
    }`,
  ],
  'by process.exit within a hook of its own call': [
    { code: 7, times: SOMETIMES },
    `${open}
    const cache = open({ hooks: { onSet: () => process.exit(7) } })
    cache.set('k', 1)`,
  ],
  'by process.exit within a hook for what a worker does': [
    { code: 7, times: SOMETIMES },
    `${open}
    globalThis.cache = open({ hooks: { onSet: ({ value }) => { if (value.i > 100) process.exit(7) } } })
    startChanging()`,
  ],
  'by process.exit within a hook for what the expiry thread does': [
    { code: 7, times: OFTEN },
    `${open}
    let count = 0
    globalThis.cache = open({ maxSize: 0, ttl: 1, hooks: { onExpire: () => { if (++count === 50) process.exit(7) } } })
    const fill = () => { for (let i = 0; i < 200; i++) cache.set('key:' + i, i); setTimeout(fill, 1) }
    fill()`,
  ],
  'by process.exit while the expiry thread is busy': [
    { code: 7, times: OFTEN },
    `${open}
    const caches = [0, 1, 2].map((i) => open({ name: 'store ' + i, maxSize: 0, ttl: 1 + i, hooks: { onExpire() {} } }))
    for (let i = 0; i < 10_000; i++) caches[i % 3].set('key:' + i, { i })
    process.exit(7)`,
  ],
  'by process.exit while workers use the store and flights are in the air': [
    { code: 7, times: SOMETIMES },
    `${open}
    const cache = open()
    startChanging(); startChanging()
    const wait = () => {
      if (cache.getMetrics().flights === 0 || cache.getMetrics().entries < 10) { setTimeout(wait, 1); return }
      cache.getOrSet('flight', () => 1)
      process.exit(7)
    }
    wait()`,
  ],
}

// Hooks that take so long that events wait at any time.
const SLOW =
  'const slow = () => { for (const end = performance.now() + 0.1; performance.now() < end;); }'

Object.assign(PROGRAMS, {
  'by itself although events wait': [
    { code: 0, times: AT_ONCE },
    `${open} ${SLOW}
    process.removeAllListeners('warning')
    let events = 0
    const onSet = () => { slow(); if (++events === 3_000) clearInterval(timer) }
    const timer = setInterval(() => {}, 1_000)
    globalThis.cache = open({ hooks: { onSet } })
    startChanging().unref()`,
  ],
  'when its worker has ended by itself although events wait for that': [
    { code: 7, times: AT_ONCE },
    `${open}
    const worker = new Worker(\`
      const { SharedMemoryCache } = require('native-memory-cache')
      const { parentPort } = require('node:worker_threads')
      ${SLOW}
      process.removeAllListeners('warning')
      let events = 0
      const onSet = () => { slow(); if (++events === 3_000) parentPort.close() }
      globalThis.cache = new SharedMemoryCache({ name: 'store', hooks: { onSet } })
      parentPort.on('message', () => {})\`, { eval: true })
    startChanging()
    worker.on('exit', (code) => process.exit(code === 0 ? 7 : 1))`,
  ],
})

for (const [how, [{ code: expected, times }, source]] of Object.entries(PROGRAMS)) {
  test(`a process ends ${how}, ${times} times`, async () => {
    let left = times
    const runSome = async () => {
      while (left-- > 0) {
        const { code, signal, stdout, stderr } = await runProgram(source)
        assert.deepEqual(
          { code, signal, stdout, stderr },
          { code: expected, signal: null, stdout: '', stderr: '' },
        )
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, runSome))
  })
}

test('a process waits for a flight that another thread has, and ends with its answer', async () => {
  const source = `${open}
    const worker = new Worker(\`
      const { parentPort } = require('node:worker_threads')
      const { SharedMemoryCache } = require('native-memory-cache')
      const cache = new SharedMemoryCache({ name: 'store' })
      cache.getOrSet('k', () => new Promise((resolve) => parentPort.once('message', resolve)))
      parentPort.postMessage('leading')\`, { eval: true })
    worker.once('message', () => {
      // From here on only the waiter keeps the process alive.
      worker.unref()
      open().getOrSet('k', () => 'mine').then((value) => console.log(value))
      setTimeout(() => worker.postMessage('theirs'), 20).unref()
    })`
  const { code, stdout, stderr } = await runProgram(source)
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'theirs\n', stderr: '' })
})

test('a process whose callers were cut off ends when the flight they may have joined has landed', async () => {
  const source = `${open}
    const worker = new Worker(\`
      const { parentPort } = require('node:worker_threads')
      const { SharedMemoryCache } = require('native-memory-cache')
      const cache = new SharedMemoryCache({ name: 'store' })
      cache.getOrSet('k', () => new Promise((resolve) => parentPort.once('message', resolve)))
      parentPort.postMessage('leading')\`, { eval: true })
    worker.once('message', async () => {
      const { overflowEverywhere } = await import('../interruptions/overflow.mjs')
      const caches = []
      overflowEverywhere({
        before() { caches.push(open()); return caches.at(-1) },
        attempt: (cache) => void cache.getOrSet('k', () => 'mine').catch(() => {}),
        after() {},
      })
      worker.unref()
      open().getOrSet('k', () => 'mine').then((value) => console.log(value))
      setTimeout(() => worker.postMessage('theirs'), 20).unref()
    })`
  const { code, stdout, stderr } = await runProgram(source)
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'theirs\n', stderr: '' })
})
