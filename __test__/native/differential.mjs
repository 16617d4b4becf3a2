// The machinery of the differential test: one world for each package, in which the same random
// operations run under a scripted clock, with hooks that throw and call back into the cache.
// What is compared, and how many operations, is the test's own business.

import { kState } from '../../lib/memory-cache/memory-cache.js'
import { listKeys } from '../../lib/memory-cache/state.js'
import native from '../../lib/common/native.js'

const KEYS = ['a', 'b', 'ab', 'a:1', 'b:1', '', '\ud800', 'Ł', 'A', '__proto__']
const PATTERNS = ['*', 'a*', '*1', '', '**', 'a:*', '*:*', 'b', '\ud800*', 'Ł']
const PREFIXES = ['', 'a', 'b', 'a:', '\ud800', 'zz']
const VALUES = [undefined, null, Number.NaN, -0, 0, '', 'text', true, 7n, Symbol('s'), {}, [], () => {}]
const WEIGHTS = [0, 0.1, 0.2, 0.3, 1, 2.5, 7, 1e9, -1, Number.NaN, Infinity, '3']

/** mulberry32: a small generator with a seed, so that every run can be repeated. */
export function generator(seed) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    int: (below) => Math.floor(random() * below),
    chance: (probability) => random() < probability,
    pick: (list) => list[Math.floor(random() * list.length)],
  }
}

/** Options and behaviour of hooks, alike for both worlds of one run. */
export function randomScenario(rng) {
  const weighted = rng.chance(0.4)
  const hookMode = rng.pick(['none', 'empty', 'some', 'all', 'all'])
  const names = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']
  return {
    options: {
      maxSize: rng.pick([undefined, 0, 1, 2, 3, 5, 2.5, Infinity]),
      ttl: rng.pick([undefined, 0, 1, 3, 10, 40, Infinity]),
      maxWeight: weighted ? rng.pick([1, 6.5, 20, Infinity]) : 0,
    },
    // An advancing clock moves at every reading: then even the number of readings must agree.
    advancing: rng.chance(0.5),
    hooks:
      hookMode === 'none'
        ? undefined
        : names.filter(() => hookMode === 'all' || (hookMode === 'some' && rng.chance(0.4))),
    throwing: rng.chance(0.3),
    reentrant: rng.chance(0.6),
    seed: rng.int(2 ** 32),
  }
}

function show(value) {
  if (typeof value === 'symbol' || typeof value === 'function') return `#${VALUES.indexOf(value)}`
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'bigint') return `${value}n`
  const index = typeof value === 'object' && value !== null ? VALUES.indexOf(value) : -1
  if (index >= 0) return `#${index}`
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, member]) => `${name}:${show(member)}`)}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

export class World {
  constructor(MemoryCache, scenario) {
    this.scenario = scenario
    this.log = []
    this.time = 1_000
    this.readings = 0
    this.rng = generator(scenario.seed)
    this.clockRng = generator(scenario.seed + 1)
    // What hooks may not do in ours as in theirs: see docs/reference/differences.md.
    this.pruning = 0
    this.bulk = 0
    this.budget = 0
    this.flights = []
    this.written = new Map()
    const world = this
    const options = { ...scenario.options }
    if (options.maxWeight > 0) {
      options.sizeCalculation = function (value, key) {
        world.log.push(`weigh ${show(value)} ${show(key)} ${this === world.cache}`)
        return world.weight
      }
    }
    if (scenario.hooks !== undefined) {
      options.hooks = Object.fromEntries(scenario.hooks.map((name) => [name, this.hook(name)]))
    }
    this.cache = new MemoryCache(options)
  }

  activate() {
    Date.now = () => {
      // With `ttl: 0` ours reads no clock: a difference that has a test of its own.
      if (this.scenario.options.ttl === 0) return this.time
      this.readings++
      if (this.scenario.advancing) this.time += 1 + this.clockRng.int(3)
      return this.time
    }
  }

  hook(name) {
    const world = this
    return function (context) {
      world.log.push(`${name} ${show(context)} this:${String(this)}`)
      const { source } = context
      const pruning = name === 'onExpire' && source === 'prune'
      const bulk = name === 'onDelete' && source !== 'delete' && source !== 'deleteAsync'
      world.pruning += pruning
      world.bulk += bulk
      try {
        world.reenter()
      } finally {
        world.pruning -= pruning
        world.bulk -= bulk
      }
      if (world.scenario.throwing && world.rng.chance(0.5)) throw new Error('thrown by a hook')
    }
  }

  reenter() {
    while (this.scenario.reentrant && this.budget > 0 && this.rng.chance(0.3)) {
      this.budget--
      const allowed = ['has', 'delete', 'deleteByPrefix', 'deleteByMagicString', 'clear']
      if (this.bulk === 0) allowed.push('get')
      if (this.pruning === 0) allowed.push('size', 'keys', 'getStats', 'prune', 'entries')
      if (this.bulk === 0 && this.pruning === 0) allowed.push('set', 'set', 'set')
      this.run(randomOperation(this.rng, allowed))
    }
  }

  /** Runs one operation and logs its outcome. */
  run(operation) {
    const { method, args, weight } = operation
    this.weight = weight
    if (method === 'set') this.leaveTheMillisecond(args[0])
    let outcome
    try {
      outcome = this[`run_${method}`]?.(...args) ?? this.cache[method](...args)
    } catch (error) {
      outcome = error
    }
    if (method === 'set') this.written.set(args[0], this.time)
    this.log.push(`${method}(${args.map(show)}) -> ${show(outcome)}`)
  }

  // Which of two entries expires first, when one was removed and written again within a
  // millisecond, is a difference that has a test of its own.
  leaveTheMillisecond(key) {
    if (this.written.get(key) === this.time && !this.rawKeys().includes(key)) this.time++
  }

  run_getOrSet(key, name) {
    const flight = { name }
    const fetched = new Promise((resolve, reject) => Object.assign(flight, { resolve, reject }))
    this.cache
      .getOrSet(key, () => {
        this.log.push(`fetch ${name}`)
        this.flights.push(flight)
        flight.key = key
        return fetched
      })
      .then(
        (value) => this.log.push(`${name} resolved ${show(value)}`),
        (error) => this.log.push(`${name} rejected ${show(error)}`),
      )
    return 'started'
  }

  run_settle(index, value, fails) {
    if (this.flights.length === 0) return 'nothing to settle'
    const [flight] = this.flights.splice(index % this.flights.length, 1)
    this.leaveTheMillisecond(flight.key)
    if (fails) flight.reject(new Error(`failed ${flight.name}`))
    else flight.resolve(value)
    this.written.set(flight.key, this.time)
    return flight.name
  }

  run_deleteAsync(key) {
    this.cache.deleteAsync(key).then((removed) => this.log.push(`deleteAsync ${removed}`))
    return 'started'
  }

  run_wait(time) {
    this.time += time
    return this.time
  }

  rawKeys() {
    const state = this.cache[kState]
    return state === undefined ? [...this.cache.cache.keys()] : listKeys(state)
  }

  /** Everything that can be seen without changing it, expired entries included. */
  snapshot() {
    const state = this.cache[kState]
    const [stats, weight] =
      state === undefined
        ? [Object.values(this.cache.stats), this.cache.totalWeight]
        : [native.stats(state.id).slice(0, 4), native.stats(state.id)[5]]
    return `${show(this.rawKeys())} ${stats} weight ${show(weight)} readings ${this.readings}`
  }

  takeLog() {
    return this.log.splice(0).join('\n')
  }
}

const TOP_LEVEL = [
  ...Array.from({ length: 10 }, () => 'set'),
  ...Array.from({ length: 8 }, () => 'get'),
  ...['has', 'has', 'delete', 'delete', 'deleteAsync', 'clear', 'deleteByPrefix'],
  ...['deleteByMagicString', 'size', 'keys', 'values', 'entries', 'getStats', 'resetStats'],
  ...['prune', 'getOrSet', 'getOrSet', 'settle', 'settle', 'wait', 'wait', 'wait'],
]

export function randomOperation(rng, methods = TOP_LEVEL) {
  const method = rng.pick(methods)
  const key = rng.pick(KEYS)
  const value = rng.pick(VALUES)
  const weight = rng.pick(rng.chance(0.8) ? WEIGHTS.slice(0, 7) : WEIGHTS)
  const argumentsOf = {
    set: () => [key, value],
    getOrSet: () => [key, `flight${rng.int(1e6)}`],
    settle: () => [rng.int(8), value, rng.chance(0.3)],
    wait: () => [rng.pick([0, 0.5, 1, 2, 5, 20, 50])],
    deleteByPrefix: () => [rng.pick(PREFIXES)],
    deleteByMagicString: () => [rng.pick(PATTERNS)],
  }
  const keyed = ['get', 'has', 'delete', 'deleteAsync']
  const args = argumentsOf[method]?.() ?? (keyed.includes(method) ? [key] : [])
  return { method, args, weight, budget: rng.int(4) }
}
