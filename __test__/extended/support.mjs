// What the specs of this folder share: the settings in which every sentence about the extended
// MemoryCache has to hold, and looks at a cache that change nothing. No expectation belongs here.

import { describe } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { membrane, reactive } from '../contract/membranes.mjs'
import { clock, native, recorder, withClock } from '../contract/support.mjs'

const { MemoryCache } = native

export const WEIGHTS = { maxWeight: 1_000, sizeCalculation: () => 2 }

const SETTINGS = {
  'without hooks': {},
  'with hooks': { hooked: true },
  'with deferred hooks': { hooked: true, options: { hookDelivery: 'deferred' } },
  'with weights': { options: WEIGHTS },
  'with weights and hooks': { hooked: true, options: WEIGHTS },
  'behind a proxy that wraps': { hooked: true, wrap: reactive },
  'behind a membrane': { wrap: membrane },
}

// All that a key can be: no name of a property, no half of a character is special.
export const KEYS = [
  'key',
  '',
  '__proto__',
  'constructor',
  '\ud800',
  'a\udc00b',
  'Łódź',
  '💾',
  'k'.repeat(100),
]

export const NOT_STRINGS = [
  undefined,
  null,
  42,
  Number.NaN,
  true,
  10n,
  Symbol('key'),
  {},
  ['key'],
  () => 'key',
]

export const NOT_TTLS = [
  -1,
  -Infinity,
  Number.NaN,
  '5',
  '',
  true,
  false,
  5n,
  Symbol('ttl'),
  {},
  [],
  () => 5,
]

/**
 * Declares the same tests once per setting. `open(options)` makes a cache; `events()` hands over what its
 * hooks have heard since the last time, as `[hook, context]`, or nothing where there are none.
 */
export function eachSetting(area, declare) {
  for (const [name, { hooked = false, options = {}, wrap = (cache) => cache }] of Object.entries(
    SETTINGS,
  )) {
    describe(`${area}, ${name}`, () => {
      withClock()
      declare({
        hooked,
        weight: options.maxWeight === undefined ? 0 : 2,
        open(own = {}) {
          const { hooks, take } = recorder()
          const cache = new MemoryCache({ ...options, ...own, ...(hooked ? { hooks } : {}) })
          const events = async () => {
            await cache.flushHooks()
            return take()
          }
          return { cache: wrap(cache), events }
        },
      })
    })
  }
}

/** A cache whose hook `name` is called with the cache itself and the context. */
export function openWithHook(name, hook, options = {}) {
  const cache = new MemoryCache({
    ...options,
    hooks: { [name]: (context) => hook(cache, context) },
  })
  return cache
}

/** What can be seen of a cache that holds these keys, none of them expired, without a change. */
export function seen(cache, keys) {
  return [cache.getStats(), cache.keys(), keys.map((key) => cache.info(key))]
}

/** The message of what the call throws, which must be a TypeError. */
export function refusal(call) {
  try {
    call()
  } catch (error) {
    if (error instanceof TypeError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

/** Lets the genuine clock go on by so many milliseconds; no timer runs meanwhile. */
export function spin(milliseconds) {
  const end = Date.now() + milliseconds
  while (Date.now() < end);
}

export { MemoryCache, clock, native, withClock }

/** Unhandled rejections that come of `action`. */
export async function unhandledIn(action) {
  const unhandled = []
  const note = (error) => unhandled.push(error)
  process.on('unhandledRejection', note)
  await action()
  await turn()
  await turn()
  process.off('unhandledRejection', note)
  return unhandled
}
