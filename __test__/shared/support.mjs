// What every test of shared stores needs: names of their own, caches that are closed at the end,
// conditions with a deadline, records of events. No assertion about behaviour lives here.

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'

export const MB = 1024 * 1024

export const HOOK_NAMES = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

// Far above whatever a healthy run needs: only a defect ever waits so long.
const DEADLINE = 10_000

const genuineNow = Date.now

let names = 0

/** A name that no other test uses. */
export function freshName(label = 'store') {
  return `${label} ${++names}`
}

/** Opens a cache, under a name of its own unless one is given, that is closed after the test. */
export function openShared(t, options = {}) {
  const cache = new SharedMemoryCache({ name: freshName(), ...options })
  t.after(() => cache.close())
  return cache
}

/** Waits until the condition holds, and fails when it never does. */
export async function until(condition, what = String(condition)) {
  const end = performance.now() + DEADLINE
  while (!(await condition())) {
    if (performance.now() > end) assert.fail(`it never came true: ${what}`)
    await pause(1)
  }
}

/** Collects garbage and lets finalizers run, until the condition holds. */
export async function untilCollected(condition, what = String(condition)) {
  await until(async () => {
    await turn()
    globalThis.gc()
    await turn()
    return condition()
  }, what)
}

/** Hooks that note every event as `[hook, context]`; `take()` hands over those since the last time. */
export function recorder(hookNames = HOOK_NAMES) {
  let events = []
  const hooks = {}
  for (const name of hookNames) {
    hooks[name] = (context) => void events.push([name, { ...context }])
  }
  return {
    hooks,
    get count() {
      return events.length
    },
    take() {
      const taken = events
      events = []
      return taken
    },
  }
}

/** A clock that stands still unless the test moves it, until the end of the test. */
export function mockClock(t, start = 1_000_000) {
  const clock = {
    now: start,
    install() {
      Date.now = () => clock.now
    },
    uninstall() {
      Date.now = genuineNow
    },
  }
  clock.install()
  t.after(() => clock.uninstall())
  return clock
}

/** A promise that the test settles. */
export function deferred() {
  let resolve
  let reject
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

/** A seed, of this run or of the environment. */
export function chooseSeed(variable) {
  return Number(process.env[variable] ?? Math.floor(Math.random() * 2 ** 32))
}

/** Numbers that threads share, all 0. */
export function sharedNumbers(count) {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
}

/** Memory of the process after a collection, in bytes. */
export async function residentMemory() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc()
    await turn()
  }
  return process.memoryUsage().rss
}
