// What every contract spec shares: the two implementations under test, the clock they are driven by, and a
// recorder of hook events. No expectation about behaviour belongs here: those live in the specs.

import { afterEach, beforeEach, describe } from 'node:test'
import * as published from '@humanspeak/memory-cache'
import * as native from 'native-memory-cache'

export { native, published }

/** Where a policy is asked for, the caches of this package have it, and no other is tested: see `../extended/contract-eviction.test.mjs`. */
const { CONTRACT_EVICTION: eviction } = process.env

const withEviction = (options) => {
  if (options === undefined || options === null) return { eviction }
  if (typeof options !== 'object') return options
  const get = (target, name) => (name === 'eviction' ? eviction : Reflect.get(target, name))
  return new Proxy(options, { get })
}

const evicting = {
  ...native,
  MemoryCache: new Proxy(native.MemoryCache, {
    construct: (target, [options], newTarget) =>
      Reflect.construct(
        target,
        [withEviction(options)],
        newTarget === evicting.MemoryCache ? target : newTarget,
      ),
  }),
  cached: (options) => native.cached(withEviction(options)),
}

export const implementations = eviction
  ? [{ name: `native-memory-cache with ${eviction}`, api: evicting }]
  : [
      { name: '@humanspeak/memory-cache', api: published },
      { name: 'native-memory-cache', api: native },
    ]

export const HOOK_NAMES = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

export const METHOD_NAMES = [
  'get',
  'getOrSet',
  'has',
  'set',
  'delete',
  'deleteAsync',
  'clear',
  'deleteByPrefix',
  'deleteByMagicString',
  'size',
  'keys',
  'values',
  'entries',
  'getStats',
  'resetStats',
  'prune',
]

const genuineNow = Date.now

/** The time both implementations see: it stands still unless a test moves it, and counts how often it is read. */
export const clock = {
  start: 1_700_000_000_000,
  now: 0,
  reads: 0,
  install() {
    clock.now = clock.start
    clock.reads = 0
    Date.now = () => {
      clock.reads += 1
      return clock.now
    }
  },
  restore() {
    Date.now = genuineNow
  },
  set(now) {
    clock.now = now
  },
  advance(milliseconds) {
    clock.now += milliseconds
  },
  readsDuring(action) {
    const before = clock.reads
    action()
    return clock.reads - before
  },
}

/** Installs the settable clock around every test of the enclosing suite. */
export function withClock() {
  beforeEach(() => clock.install())
  afterEach(() => clock.restore())
}

/** Declares the same tests once per implementation. */
export function eachImplementation(area, declare) {
  for (const { name, api } of implementations) {
    describe(`${area} of ${name}`, () => {
      withClock()
      declare(api)
    })
  }
}

/** Hooks that write down every event as `[hook, context]`; `take()` hands over what came since the last take. */
export function recorder() {
  let events = []
  const hooks = {}
  for (const name of HOOK_NAMES) hooks[name] = (context) => void events.push([name, context])
  return {
    hooks,
    take() {
      const taken = events
      events = []
      return taken
    },
  }
}

/** A promise together with the functions that settle it. */
export function deferred() {
  let resolve
  let reject
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

/** An object whose `method` is decorated by hand, in the way a compiler applies a legacy decorator. */
export function decorated(cached, method, options) {
  const prototype = { method }
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'method')
  return Object.defineProperty(
    prototype,
    'method',
    cached(options)(prototype, 'method', descriptor),
  )
}

/** An object with the given `then`, which is what makes a promise-like value. */
export function thenable(then) {
  // oxlint-disable-next-line unicorn/no-thenable -- the point of it
  return { then }
}
