// In which async context hooks and fetchers run: that of the call they belong to, or of no call at all.
// And no request's store is kept once the request is over.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { MemoryCache } from 'native-memory-cache'
import { runProgram } from './subprocess.mjs'
import { freshName, openShared, until } from './support.mjs'
import { nextMessage, startWorker } from './workers.mjs'

const requests = new AsyncLocalStorage()
const deferring = (hooks) => new MemoryCache({ hookDelivery: 'deferred', hooks })

test('deferred hooks run in the context of the call that caused them', async () => {
  const seen = []
  const note = ({ key }) => seen.push([key, requests.getStore()])
  const cache = deferring({ onSet: note, onMiss: note })
  requests.run('first', () => cache.set('a', 1))
  cache.set('b', 1)
  requests.run('second', () => {
    cache.set('c', 1)
    cache.get('none')
  })
  await requests.run('third', async () => {
    await pause(1)
    cache.set('d', 1)
  })
  await cache.flushHooks()
  assert.deepEqual(seen, [
    ['a', 'first'],
    ['b', undefined],
    ['c', 'second'],
    ['none', 'second'],
    ['d', 'third'],
  ])
})

test('what a deferred hook causes runs in the context of that hook', async () => {
  const seen = []
  const cache = deferring({
    onSet: () => cache.get('k'),
    onHit: () => seen.push(requests.getStore()),
  })
  requests.run('first', () => cache.set('k', 1))
  cache.set('k', 2)
  await until(() => seen.length === 2)
  assert.deepEqual(seen, ['first', undefined])
})

test('who waits for flushHooks goes on in its own context', async () => {
  const cache = deferring({ onSet() {} })
  requests.run('first', () => cache.set('k', 1))
  await requests.run('second', async () => {
    await cache.flushHooks()
    assert.equal(requests.getStore(), 'second')
  })
})

for (const hookDelivery of ['sync', 'deferred']) {
  test(`${hookDelivery} hooks of a check run in no context`, async () => {
    const seen = []
    const hooks = { onExpire: () => seen.push(requests.getStore()) }
    const options = { ttl: 2, checkInterval: 1, hookDelivery, hooks }
    const cache = requests.run('request', () => {
      const made = new MemoryCache(options)
      for (let i = 0; i < 3; i++) made.set(`key:${i}`, i)
      return made
    })
    await until(() => seen.length === 3)
    assert.deepEqual(seen, [undefined, undefined, undefined])
    assert.equal(cache.size(), 0)
  })
}

test('hooks for what others do to a shared store run in no context', async (t) => {
  const seen = []
  const name = freshName()
  const hooks = { onSet: ({ key }) => seen.push([key, requests.getStore()]) }
  requests.run('reader', () => openShared(t, { name, hooks }))
  const writer = openShared(t, { name })
  requests.run('writer', () => writer.set('a', 1))
  writer.set('b', 1)
  await until(() => seen.length === 2)
  assert.deepEqual(seen, [
    ['a', undefined],
    ['b', undefined],
  ])
})

test('hooks for what the expiry thread does run in no context', async (t) => {
  const seen = []
  const hooks = { onExpire: () => seen.push(requests.getStore()) }
  requests.run('request', () => openShared(t, { ttl: 1, hooks }).set('k', 1))
  await until(() => seen.length === 1)
  assert.deepEqual(seen, [undefined])
})

test('a fetcher that takes over runs in the context of its caller, who goes on in it', async (t) => {
  const cache = openShared(t)
  const worker = startWorker('lead', { name: cache.name, key: 'k' })
  assert.equal(await nextMessage(worker), 'leading')
  const calls = ['first', 'second'].map((request) =>
    requests.run(request, async () => {
      const value = await cache.getOrSet('k', () => requests.getStore())
      return [value, requests.getStore()]
    }),
  )
  await worker.terminate()
  assert.deepEqual(await Promise.all(calls), [
    ['first', 'first'],
    ['first', 'second'],
  ])
})

const USES = {
  'deferred hooks': `
    const cache = new MemoryCache({ hookDelivery: 'deferred', hooks: { onSet() {} } })
    cache.set('k', 1)`,
  checkInterval: `
    const cache = new MemoryCache({ ttl: 2, checkInterval: 1, hooks: { onExpire() {} } })
    cache.set('k', 1)`,
  'a shared store': `
    const cache = new SharedMemoryCache({ name: 'store', ttl: 2, hooks: { onExpire() {} } })
    cache.set('k', 1)`,
  'a fetch': `
    const cache = new SharedMemoryCache({ name: 'store' })
    cache.getOrSet('k', async () => 1)`,
}

for (const [what, use] of Object.entries(USES)) {
  test(`the store of the first request, which used ${what}, is collected, the cache living on`, async () => {
    const source = `
      const { MemoryCache, SharedMemoryCache } = require('native-memory-cache')
      const { AsyncLocalStorage } = require('node:async_hooks')
      const requests = new AsyncLocalStorage()
      const request = () => { ${use}; return cache }
      const store = (() => {
        const made = { request: 1 }
        globalThis.kept = requests.run(made, request)
        return new WeakRef(made)
      })()
      let left = 2_000
      const look = () => {
        gc()
        if (store.deref() === undefined) console.log('collected')
        else if (--left > 0) setTimeout(look, 1)
      }
      setTimeout(look, 1)`
    const { code, stdout, stderr } = await runProgram(source)
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'collected\n', stderr: '' })
  })
}
