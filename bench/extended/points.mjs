// Single operations beside get and set, each in a process of its own.
// Lives here: the operations and what they are of each cache. How a round is timed belongs in
// ../timing.mjs.
import { LRUCache } from 'lru-cache'
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { fill, keyAt, userKeys, valueAt } from '../keys.mjs'
import { uniform } from '../random.mjs'
import { startRounds } from '../timing.mjs'

const TTL_MS = 30 * 60_000
const OWN_TTL_MS = 20 * 60_000

/** The caches in their best configuration; nothing is evicted. */
const CACHES = {
  native: (size, options) => new MemoryCache({ maxSize: size, ttl: TTL_MS, ...options }),
  // At its default resolution of 1 ms it reads the clock once between two turns of the event loop.
  'lru-cache': (size, options) => new LRUCache({ max: size, ttl: TTL_MS, ...options }),
  shared: (size, options) =>
    new SharedMemoryCache({
      name: 'bench: extended',
      // The limit is divided over the shards, which are never equally full.
      maxSize: size * 2,
      ttl: TTL_MS,
      ...options,
    }),
}

const found = (value) => value !== undefined

// A call returns whether it did what it should.
const get = (cache, key) => found(cache.get(key))
const peek = (cache, key) => found(cache.peek(key))
const set = (cache, key, value) => {
  cache.set(key, value)
  return true
}
const touch = (cache, key) => cache.touch(key)
const getRemainingTTL = (cache, key) => cache.getRemainingTTL(key) > 0
const info = (cache, key) => found(cache.info(key))
const setWithOptions = (cache, key, value) => {
  cache.set(key, value, { ttl: OWN_TTL_MS })
  return true
}
const takeAndSet = (cache, key, value) => {
  const taken = cache.take(key)
  cache.set(key, value)
  return found(taken)
}

const ALL = { native: true, 'lru-cache': true, shared: true }
const BOTH_KINDS = { native: true, shared: true }
const SHARED = { shared: true }

/** Of each operation its call, the caches that have it, and with `numbers` that it is one on numbers. */
export const OPERATIONS = {
  get: { call: get, of: ALL },
  'get, updateAgeOnGet': { call: get, of: ALL, options: { updateAgeOnGet: true } },
  peek: { call: peek, of: ALL },
  getRemainingTTL: { call: getRemainingTTL, of: ALL },
  info: { call: info, of: ALL },
  touch: { call: touch, of: BOTH_KINDS },
  set: { call: set, of: ALL },
  'set, ttl': {
    call(cache, key, value) {
      cache.set(key, value, OWN_TTL_MS)
      return true
    },
    of: BOTH_KINDS,
  },
  'set, { ttl }': { call: setWithOptions, of: ALL },
  'take, then set': { call: takeAndSet, of: BOTH_KINDS },
  'get of a number': { call: get, of: SHARED, numbers: true },
  'set of a number': { call: set, of: SHARED, numbers: true },
  increment: { call: (cache, key) => cache.increment(key) > 0, of: SHARED, numbers: true },
  incrementEntry: {
    call: (cache, key) => !cache.incrementEntry(key).created,
    of: SHARED,
    numbers: true,
  },
  'update of a number': {
    call: (cache, key) => found(cache.update(key, (number) => number + 1)),
    of: SHARED,
    numbers: true,
  },
  update: { call: (cache, key) => found(cache.update(key, (value) => value)), of: SHARED },
  replace: { call: (cache, key, value) => cache.replace(key, value), of: SHARED },
}

export const pointCells = (size) =>
  Object.entries(OPERATIONS).flatMap(([operation, { of }]) =>
    Object.keys(of).map((name) => ({ kind: 'point', operation, size, name })),
  )

/** Nanoseconds per operation, the key built for it. */
export async function measurePoint({ operation, size, name, warmUpMs, roundMs }) {
  const { call, options, numbers } = OPERATIONS[operation]
  const space = userKeys(size)
  const cache = CACHES[name](size, options)
  const valueOf = numbers ? (i) => i + 1 : valueAt
  if (numbers) for (let i = 0; i < size; i++) cache.set(keyAt(space, i), valueOf(i))
  else fill({ set }, cache, space)

  const draws = uniform(size)
  const mask = draws.length - 1
  let next = 0
  const round = await startRounds(
    {
      run(count) {
        let wrong = 0
        for (let i = 0; i < count; i++) {
          const at = draws[next++ & mask]
          if (!call(cache, keyAt(space, at), valueOf(at))) wrong++
        }
        return wrong
      },
    },
    { warmUpMs, roundMs },
  )
  return { ns: await round() }
}
