// Realms that have loaded the package and are no longer used, as test runners leave one for each file:
// nothing of the package keeps them. Needs --expose-gc.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import vm from 'node:vm'
import { untilCollected } from '../shared/support.mjs'
import { loadInContext } from './realms.mjs'

const REALMS = 50

const USES = {
  nothing: '',
  'a MemoryCache': `new api.MemoryCache().set('k', 1)`,
  'deferred hooks': `
    const cache = new api.MemoryCache({ hookDelivery: 'deferred', hooks: { onSet: () => seen() } })
    cache.set('k', 1)
    cache.flushHooks()`,
  checkInterval: `
    const cache = new api.MemoryCache({ ttl: 1, checkInterval: 1, hooks: { onExpire: () => seen() } })
    cache.set('k', 1)`,
  'a SharedMemoryCache with hooks, closed': `
    const cache = new api.SharedMemoryCache({ name: 'realms', hooks: { onSet: () => seen() } })
    cache.set('k', 1)
    cache.close()`,
  'a SharedMemoryCache with hooks, not closed': `
    const cache = new api.SharedMemoryCache({ name: 'realms', hooks: { onSet: () => seen() } })
    cache.set('k', 1)`,
  'a flight and one who waits for it': `
    const [leader, waiter] = [1, 2].map(() => new api.SharedMemoryCache({ name: 'realms' }))
    leader.getOrSet('k', async () => 1)
    waiter.getOrSet('k', async () => 2).then(() => seen())
    leader.clear()`,
}

for (const [what, source] of Object.entries(USES)) {
  test(`realms that have used ${what} are collected`, async () => {
    let seen = 0
    const open = () => {
      const context = vm.createContext({ seen: () => seen++ })
      context.api = loadInContext(context)
      vm.runInContext(`(() => {${source}})()`, context)
      return new WeakRef(context)
    }
    const realms = []
    for (let i = 0; i < REALMS; i++) {
      realms.push(open())
      await pause(1)
    }
    await untilCollected(() => realms.every((realm) => realm.deref() === undefined))
    // Those that are not closed hear of each other.
    if (/seen/.test(source) && what !== 'checkInterval') assert.ok(seen >= REALMS)
  })
}

test('a realm that nobody has any more is kept until its deferred hooks have run', async () => {
  let seen = 0
  const reference = (() => {
    const context = vm.createContext({ seen: () => seen++ })
    context.api = loadInContext(context)
    vm.runInContext(
      `(() => {
        const hooks = { onSet: () => seen() }
        const cache = new api.MemoryCache({ hookDelivery: 'deferred', hooks })
        for (let i = 0; i < 5_000; i++) cache.set('k', i)
      })()`,
      context,
    )
    return new WeakRef(context)
  })()
  globalThis.gc()
  await untilCollected(() => reference.deref() === undefined)
  assert.equal(seen, 5_000)
})
