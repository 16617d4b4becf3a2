// The longest single call of each operation: what its caller waits, whoever caused it.
// Lives here: the operations and how each is set up, in a process of its own.
import { keyAt, userKeys, valueAt } from '../keys.mjs'
import { loadDriver } from '../peers/index.mjs'
import { timeCalls } from './clock.mjs'

const TTL_MS = 30 * 60_000
const EXPIRY_MS = 1
const LIMIT_MS = 2000
const GROUPS = 10
const GROUP = 11
const LISTS = 3
// Entries of the small cache on which the code is compiled before anything is measured.
const WARM_UP = 20_000

const member = (group, i) => `group ${group}: ${i}`

function filled(driver, size, space, options) {
  const cache = driver.create({ maxSize: size, ttl: TTL_MS, deletes: true, ...options })
  for (let i = 0; i < size; i++) driver.set(cache, keyAt(space, i), valueAt(i))
  return cache
}

const once = (method) => ({
  needs: [method],
  calls: () => 1,
  start(driver, size, space) {
    const cache = filled(driver, size, space)
    return () => driver[method](cache)
  },
})

/** `start` returns the call, `calls` how often it is made. */
export const OPERATIONS = {
  'set while filling': {
    needs: ['set'],
    calls: (size) => size,
    start(driver, size, space) {
      const cache = driver.create({ maxSize: size, ttl: TTL_MS })
      return (i) => driver.set(cache, keyAt(space, i), valueAt(i))
    },
  },
  'set with eviction': {
    needs: ['set'],
    needsLru: true,
    calls: (size) => size,
    start(driver, size, space) {
      const cache = filled(driver, size, space)
      return (i) => driver.set(cache, keyAt(space, size + i), valueAt(i))
    },
  },
  'get hit': {
    needs: ['get'],
    calls: (size) => size,
    start(driver, size, space) {
      const cache = filled(driver, size, space)
      return (i) => {
        if (driver.get(cache, keyAt(space, i)) === undefined) throw new Error('an entry was lost')
      }
    },
  },
  delete: {
    needs: ['delete'],
    calls: (size) => size,
    start(driver, size, space) {
      const cache = filled(driver, size, space)
      return (i) => driver.delete(cache, keyAt(space, i))
    },
  },
  'clear()': once('clear'),
  'keys()': { ...once('keys'), calls: () => LISTS },
  'entries()': { ...once('entries'), calls: () => LISTS },
  [`deleteByPrefix, ${GROUP} entries`]: {
    needs: ['deleteByPrefix'],
    calls: () => GROUPS,
    start(driver, size, space) {
      const room = size + GROUPS * GROUP
      const cache = filled(driver, size, space, { maxSize: room })
      for (let group = 0; group < GROUPS; group++) {
        for (let i = 0; i < GROUP; i++) driver.set(cache, member(group, i), valueAt(i))
      }
      return (group) => {
        const deleted = driver.deleteByPrefix(cache, member(group, ''))
        if (deleted !== GROUP) throw new Error(`${deleted} entries were deleted`)
      }
    },
  },
  'prune of expired': {
    needs: ['prune'],
    needsTtl: true,
    calls: () => 1,
    start(driver, size, space) {
      const cache = filled(driver, size, space, { ttl: EXPIRY_MS })
      const expired = performance.now() + EXPIRY_MS + 2
      while (performance.now() < expired);
      return () => driver.prune(cache)
    },
  },
}

function lacking(driver, { needs, needsLru, needsTtl }) {
  if (needsLru && !driver.lru) return 'LRU eviction'
  if (needsTtl && !driver.ttl) return 'ttl'
  return needs.find((method) => driver[method] === undefined)
}

export async function measureCalls({ name, operation, size }) {
  const driver = await loadDriver(name)
  const measured = OPERATIONS[operation]
  const lacks = lacking(driver, measured)
  if (lacks !== undefined) return { lacks }

  const time = (entries, limitMs) => {
    const space = userKeys(entries * 2)
    const call = measured.start(driver, entries, space)
    globalThis.gc()
    return timeCalls(call, measured.calls(entries), limitMs)
  }
  const warmUp = Math.min(size, WARM_UP)
  time(warmUp, LIMIT_MS / 4)
  time(warmUp, LIMIT_MS / 4)
  return time(size, LIMIT_MS)
}
