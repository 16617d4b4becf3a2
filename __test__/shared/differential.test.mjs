// A shared store of one shard against MemoryCache, in one thread: the same random operations under
// a scripted clock must have the same outcomes, events in the same order, and the same statistics.
// Prints its seed; values are those that survive being copied.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { generator } from '../native/differential.mjs'
import { HOOK_NAMES, chooseSeed, deferred, mockClock, openShared, recorder } from './support.mjs'

const SEED = chooseSeed('SHARED_SEED')
const SCENARIOS = 150
const OPERATIONS = 120

const KEYS = ['a', 'b', 'ab', 'a:1', 'b:1', '', '\ud800', 'Ł', 'A', 'ÿ', '__proto__']
const PREFIXES = ['', 'a', 'b', 'a:', '\ud800', 'zz']
const PATTERNS = ['*', 'a*', '*1', '', '**', 'a:*', 'b', '\ud800*', 'Ł', 'zz']
const VALUES = [
  undefined,
  null,
  Number.NaN,
  -0,
  7,
  '',
  'text',
  'Łódź',
  true,
  false,
  -5n,
  { a: [1] },
]
// The more often a method stands here, the more often it is called.
const METHODS = `
  set set set set set set set set set set get get get get get get get get
  has has delete delete deleteAsync clear deleteByPrefix deleteByMagicString size keys values entries
  getStats resetStats prune getOrSet getOrSet settle settle wait wait wait
`
  .trim()
  .split(/\s+/)

function randomOptions(rng) {
  const hookNames = rng.chance(0.2) ? [] : HOOK_NAMES.filter(() => rng.chance(0.8))
  return {
    limits: {
      maxSize: rng.pick([undefined, 0, 1, 2, 3, 5, 2.5, Infinity]),
      ttl: rng.pick([undefined, 0, 1, 3, 10, 40, Infinity]),
    },
    // In entries of about 300 bytes.
    maxBytes: rng.chance(0.4) ? rng.pick([1, 300, 700, 1_500.5, Infinity]) : undefined,
    hookNames,
    throwing: rng.chance(0.3),
  }
}

/** Bytes that a store accounts for an entry: the unit that both caches are weighed in. */
function scales(t) {
  const cache = openShared(t, { maxSize: 0, ttl: 0, shards: 1 })
  return (value, key) => {
    cache.clear()
    cache.set(key, value)
    return cache.getMetrics().bytes
  }
}

function randomOperation(rng) {
  const method = rng.pick(METHODS)
  const key = rng.pick(KEYS)
  const value = rng.pick(VALUES)
  const further = {
    set: [key, value],
    settle: [rng.int(8), value, rng.chance(0.3)],
    wait: [rng.pick([0, 1, 2, 5, 20, 50])],
    deleteByPrefix: [rng.pick(PREFIXES)],
    deleteByMagicString: [rng.pick(PATTERNS)],
  }
  const keyed = ['get', 'has', 'delete', 'deleteAsync', 'getOrSet']
  return { method, args: further[method] ?? (keyed.includes(method) ? [key] : []) }
}

class World {
  constructor(cache, record) {
    this.cache = cache
    this.record = record
    this.flights = []
    this.settled = []
  }

  run({ method, args }) {
    if (method === 'settle') return this.settle(...args)
    if (method === 'getOrSet') return this.fetch(...args)
    if (method === 'deleteAsync') {
      this.cache.deleteAsync(...args).then((removed) => this.settled.push(removed))
      return 'started'
    }
    return this.cache[method](...args)
  }

  fetch(key) {
    const flight = { ...deferred(), key }
    let fetched = false
    this.cache
      .getOrSet(key, () => {
        fetched = true
        this.flights.push(flight)
        return flight.promise
      })
      .then(
        (value) => this.settled.push([key, value]),
        (error) => this.settled.push([key, error.message]),
      )
    return fetched
  }

  settle(index, value, fails) {
    if (this.flights.length === 0) return undefined
    const [flight] = this.flights.splice(index % this.flights.length, 1)
    if (fails) flight.reject(new Error(`no ${flight.key}`))
    else flight.resolve(value)
    return flight.key
  }

  seen() {
    return [this.record.take(), this.settled.splice(0)]
  }
}

function makeWorlds(t, rng, weigh) {
  const { limits, maxBytes, hookNames, throwing } = randomOptions(rng)
  const worldOf = (makeCache) => {
    const record = recorder(hookNames)
    const hooks = Object.fromEntries(
      Object.entries(record.hooks).map(([name, note]) => [
        name,
        (context) => {
          note(context)
          if (throwing) throw new Error('thrown by a hook')
        },
      ]),
    )
    return new World(makeCache(hookNames.length > 0 ? hooks : undefined), record)
  }
  const shared = worldOf((hooks) => openShared(t, { ...limits, maxBytes, hooks, shards: 1 }))
  const own = worldOf((hooks) => {
    const options = { ...limits, maxWeight: maxBytes, sizeCalculation: weigh, hooks }
    // Shared stores have no choice of it.
    return new MemoryCache({ ...options, lateFetch: 'discard' })
  })
  return { shared, own, description: inspect({ limits, maxBytes, hookNames, throwing }) }
}

test(`one shard behaves as MemoryCache does (SHARED_SEED=${SEED})`, async (t) => {
  const clock = mockClock(t)
  const rng = generator(SEED)
  const weigh = scales(t)
  let events = 0
  for (let scenario = 0; scenario < SCENARIOS; scenario++) {
    const { shared, own, description } = makeWorlds(t, rng, weigh)
    for (let i = 0; i < OPERATIONS; i++) {
      const operation = randomOperation(rng)
      const where = `seed ${SEED}, scenario ${scenario} ${description}, operation ${i} ${inspect(operation)}`
      if (operation.method === 'wait') {
        clock.now += operation.args[0]
        continue
      }
      assert.deepEqual(shared.run(operation), own.run(operation), where)
      // Fetchers and promises go on in between.
      await turn()
      const seen = shared.seen()
      events += seen[0].length
      assert.deepEqual(seen, own.seen(), where)
    }
    assert.deepEqual(shared.cache.entries(), own.cache.entries())
    assert.deepEqual(shared.cache.getStats(), own.cache.getStats())
    shared.cache.close()
  }
  assert.ok(events > SCENARIOS, `${events} events were compared`)
})

test('the methods of MemoryCache are there, each with the same number of parameters', () => {
  for (const name of Object.getOwnPropertyNames(MemoryCache.prototype)) {
    // A shared cache hands its events over by itself.
    if (name === 'constructor' || name === 'flushHooks') continue
    const [shared, own] = [SharedMemoryCache, MemoryCache].map(({ prototype }) => {
      const property = Object.getOwnPropertyDescriptor(prototype, name)
      return property && (property.value ?? property.get).length
    })
    assert.equal(shared, own, name)
  }
})
