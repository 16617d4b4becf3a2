// What surrounds a cache in the differential test: a clock, hooks that throw and call back, random
// scenarios and operations. A world is made once for the cache under test and once for the model, and
// the same happens in both. Which caches those are, and how much is compared, is the test's affair.

const KEYS = ['a', 'b', 'ab', 'a:1', 'b:1', '', '\ud800', 'Ł', '__proto__', 'constructor']
const PATTERNS = ['*', 'a*', '*1', '', '**', 'a:*', '*:*', 'b', '\ud800*', 'Ł']
const PREFIXES = ['', 'a', 'b', 'a:', '\ud800', 'zz']
// Sums of these are exact, in whatever order.
const WEIGHTS = [0, 0.125, 0.5, 1, 2.5, 7, 1e9]
const WRONG_WEIGHTS = [-1, Number.NaN, Infinity, '3']
const WRONG_KEYS = [undefined, 7, null, {}]
const WRONG_TTLS = [-1, Number.NaN, '5', true, 5n, {}, Symbol('ttl')]
const WRONG_LIFETIMES = [
  -1,
  Number.NaN,
  '5',
  true,
  () => 5,
  { ttl: '5' },
  { ttl: -1 },
  { expiresAt: Number.NaN },
  { expiresAt: '2030' },
  { expiresAt: new Date(Number.NaN) },
  { ttl: 5, expiresAt: 5 },
]
const TAGS = ['t', 'u', '', '\ud800', '__proto__', 't'.repeat(50)]
const WRONG_TAGS = [
  7,
  true,
  {},
  new Set(['t']),
  [7],
  ['t', null],
  Array.from({ length: 65 }, (_, i) => `t${i}`),
]
const WRONG_LISTS = [undefined, null, 'ab', 7, {}, ['a', 7], [['a']]]
const WRONG_ENTRIES = [undefined, 'ab', 7, {}, ['ab'], [[7, 1]], [['a', 1], null]]
const WRONG_FETCHES = [
  7,
  'forceRefresh',
  { ttl: -1 },
  { tags: 't' },
  { forceRefresh: 1 },
  { shouldCache: true },
  { staleWhileRevalidate: -1 },
  { staleIfError: Number.NaN },
]
const HOOKS = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

// Under the genuine clock nobody knows whether 20 ms have passed. This long nothing takes, and what
// lives for a fraction of a millisecond is given time to expire at once.
const LONG = 1e9
const SHORT = 0.25

// How often each is chosen, compared with the others.
const SHARES = {
  'set get': 8,
  setFor: 6,
  'touch wait setTagged getOrSet settle': 4,
  'setUntil getMany setMany': 3,
  'take has delete info': 2,
  'peek getRemainingTTL hasMany deleteMany deleteByTag deleteAsync': 1,
  'clear deleteByPrefix deleteByMagicString': 1,
  'size keys values entries getStats resetStats prune': 1,
}

/** The methods of a table of shares, each as often as it is to be chosen. */
export const spread = (shares) =>
  Object.entries(shares).flatMap(([methods, share]) =>
    Array.from({ length: share }, () => methods.split(' ')).flat(),
  )

const OPERATIONS = spread(SHARES)

// Those after which promise callbacks are to run. Hooks call none of them.
const ASYNCHRONOUS = new Set(['getOrSet', 'settle', 'deleteAsync'])

/** Those of the methods that a hook may call. */
export const callableFromHooks = (methods) => methods.filter((method) => !ASYNCHRONOUS.has(method))

const FROM_HOOKS = callableFromHooks(OPERATIONS)

// Which of several kept entries make room is told by onExpire alone. Under the genuine clock all that can
// be kept have the same lifetime, of which the first goes first.
function hooksOf(rng, mode, needsOnExpire) {
  const isWanted = () => mode === 'all' || (mode === 'some' && rng.chance(0.4))
  return HOOKS.filter((name) => isWanted() || (needsOnExpire && name === 'onExpire'))
}

/** Options and surroundings, alike for both worlds of one run. */
export function randomScenario(rng) {
  const genuine = rng.chance(0.15)
  // Such a run takes a turn of the event loop for each operation.
  const deferred = rng.chance(0.05)
  const hookMode = rng.pick(['none', 'none', 'some', 'all', 'all'])
  const options = {
    maxSize: rng.pick([undefined, 0, 1, 2, 3, 5, 2.5, Infinity]),
    ttl: rng.pick(genuine ? [undefined, 0, LONG, Infinity] : [undefined, 0, 0, 1, 3, 10, Infinity]),
    maxWeight: rng.chance(0.4) ? rng.pick([1, 6.5, 20, Infinity]) : 0,
  }
  if (rng.chance(0.4)) options.updateAgeOnGet = rng.chance(0.8)
  if (rng.chance(0.3)) {
    options.ttlJitter = rng.pick([0, 0.1, 0.5, 1])
    options.ttlJitterSeed = rng.pick([0, -1.5, rng.int(2 ** 32)])
  }
  if (deferred) options.hookDelivery = 'deferred'
  const keeping = rng.chance(0.5)
  const staleness = genuine
    ? [undefined, 0, SHORT, LONG, Infinity]
    : [undefined, 0, 1, 4, 30, Infinity]
  if (keeping && rng.chance(0.8)) {
    options.staleWhileRevalidate = rng.pick(staleness)
    options.staleIfError = rng.pick(staleness)
  }
  return {
    options,
    genuine,
    deferred,
    keeping,
    // Few lifetimes are told apart in another way than many.
    manyLifetimes: rng.chance(0.4),
    hooks: hooksOf(rng, hookMode, keeping && !genuine),
    hooked: hookMode !== 'none' || (keeping && !genuine),
    throwing: rng.chance(0.3),
    reentrant: !deferred && !genuine && rng.chance(0.6),
    seed: rng.int(2 ** 32),
  }
}

/** `lifetime` is what `set` and `touch` are given; `after` is relative to the world's time. */
export function randomOperation(rng, scenario, methods = OPERATIONS) {
  const method = rng.pick(methods)
  const wrong = rng.chance(0.02)
  // Mostly few, so that there is something to hit.
  const keys = rng.chance(0.6) ? KEYS.slice(0, 3) : KEYS
  const key = wrong && rng.chance(0.3) ? rng.pick(WRONG_KEYS) : rng.pick(keys)
  const value = rng.chance(0.9) ? rng.int(1e9) : rng.pick([undefined, null, Number.NaN, -0])
  const weight = rng.pick(rng.chance(0.97) ? WEIGHTS : WRONG_WEIGHTS)
  const ttl = () => {
    if (scenario.genuine) return rng.pick([0, LONG, LONG + rng.int(40), Infinity, SHORT])
    return scenario.manyLifetimes ? rng.int(400) / 8 : rng.pick([0, 0.5, 1, 3, 10, 25, Infinity])
  }
  const absent = () => rng.pick([undefined, null])
  // One may be there twice.
  const tags = () => Array.from({ length: rng.int(4) }, () => rng.pick(TAGS))
  // One may be there twice.
  const list = () => Array.from({ length: rng.int(6) }, () => rng.pick(keys))
  // So that none of them expires before the last is written.
  const manyTtl = () => (scenario.genuine ? rng.pick([0, LONG, Infinity]) : ttl())
  const untilAfter = scenario.genuine
    ? [-LONG, Infinity, -Infinity]
    : [-5, 0, 0.5, 1, 3, 10, 25, rng.int(400) / 8, Infinity]
  const argumentsOf = {
    setFor() {
      if (wrong) return [key, value, rng.pick(WRONG_LIFETIMES)]
      if (rng.chance(0.1)) return [key, value, rng.pick([null, {}, { ttl: null }])]
      return [key, value, rng.chance(0.5) ? ttl() : { ttl: ttl(), expiresAt: absent() }]
    },
    setUntil() {
      const after = rng.pick(untilAfter)
      return [key, value, after, Number.isFinite(after) && rng.chance(0.3)]
    },
    set: () => [key, value],
    setTagged() {
      if (wrong) return [key, value, rng.pick(WRONG_TAGS)]
      return [key, value, rng.chance(0.1) ? absent() : tags(), rng.chance(0.7) ? absent() : ttl()]
    },
    deleteByTag() {
      if (wrong) return [rng.pick([undefined, null, ...WRONG_TAGS.slice(0, -1)])]
      return [rng.chance(0.5) ? rng.pick(TAGS) : tags()]
    },
    getMany: () => [wrong ? rng.pick(WRONG_LISTS) : list()],
    hasMany: () => [wrong ? rng.pick(WRONG_LISTS) : list()],
    deleteMany: () => [wrong ? rng.pick(WRONG_LISTS) : list()],
    setMany() {
      const entries = list().map((each) => [each, rng.int(1e9)])
      if (wrong && rng.chance(0.5)) return [rng.pick(WRONG_ENTRIES)]
      if (wrong) return [entries, rng.pick(WRONG_LIFETIMES)]
      if (rng.chance(0.2)) return [entries, undefined, rng.pick(untilAfter)]
      return [entries, rng.pick([absent(), manyTtl(), { ttl: manyTtl(), tags: tags() }])]
    },
    touch: () => [key, wrong ? rng.pick(WRONG_TTLS) : rng.chance(0.5) ? ttl() : absent()],
    getOrSet() {
      const options = wrong ? rng.pick(WRONG_FETCHES) : randomFetch(rng, scenario, manyTtl, tags)
      return [key, `flight${rng.int(1e6)}`, options]
    },
    settle: () => [rng.int(8), value, rng.chance(0.3)],
    wait: () => [rng.pick([0, 0.5, 1, 2, 5, 20, 50])],
    deleteByPrefix: () => [rng.pick(PREFIXES)],
    deleteByMagicString: () => [rng.pick(PATTERNS)],
  }
  const keyed = ['get', 'has', 'take', 'peek', 'info', 'getRemainingTTL', 'delete', 'deleteAsync']
  const args = argumentsOf[method]?.() ?? (keyed.includes(method) ? [key] : [])
  return { method, args, weight, budget: rng.int(4) }
}

function randomFetch(rng, { genuine, keeping }, ttl, tags) {
  if (rng.chance(0.3)) return undefined
  const [time, labels, isKept] = [ttl(), tags(), rng.chance(0.7)]
  const options = {}
  if (rng.chance(0.4)) options.ttl = rng.chance(0.5) ? time : () => time
  if (rng.chance(0.05)) options.ttl = () => -1
  if (rng.chance(0.3)) options.tags = rng.chance(0.5) ? labels : () => labels
  if (rng.chance(0.2)) options.forceRefresh = rng.chance(0.7)
  if (rng.chance(0.2)) options.shouldCache = () => isKept
  if (!keeping) return options
  const staleness = genuine ? [undefined, 0, LONG, Infinity] : [undefined, 0, 2, 5, 50, Infinity]
  if (rng.chance(0.5)) options.staleWhileRevalidate = rng.pick(staleness)
  if (rng.chance(0.5)) options.staleIfError = rng.pick(staleness)
  return options
}

/** Promise callbacks run while the world's clock is the one in force. */
async function settled() {
  for (let tick = 0; tick < 12; tick++) await Promise.resolve()
}

export function show(value) {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Error) return value.name
  if (value instanceof Date) return `Date ${value.getTime()}`
  if (Array.isArray(value)) return `[${value.map(show)}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, member]) => `${name}:${show(member)}`)}}`
  }
  return Object.is(value, -0) ? '-0' : String(value)
}

export class World {
  time = 1_000
  log = []
  // How calls of getOrSet have ended: which of two does first is no one's promise.
  outcomes = []
  flights = []
  budget = 0
  steps = 0
  // Keys in the order in which prune, and deleteByTag, reported them.
  expired = []
  tagged = []

  /**
   * `open(options, world)` makes the cache, `raw(cache)` is `{ keys, stats }`, seen without a change.
   * `follows`: it takes this world's time even where the scenario is under the genuine clock.
   */
  constructor({ open, raw, follows = false }, scenario, rng) {
    Object.assign(this, { scenario, raw, rng })
    this.isGenuine = scenario.genuine && !follows
    // Deferred events come after the outcome, whose place among them is no one's promise.
    this.events = scenario.deferred ? [] : this.log
    const options = { ...scenario.options }
    if (options.maxWeight > 0) {
      options.sizeCalculation = (value, key) => {
        this.log.push(`weigh ${show(value)} ${show(key)}`)
        return this.weight
      }
    }
    if (scenario.hooked) {
      options.hooks = Object.fromEntries(scenario.hooks.map((name) => [name, this.hook(name)]))
    }
    this.cache = open(options, this)
  }

  hook(name) {
    return (context) => {
      this.events.push(`${name} ${show(context)}`)
      if (context.source === 'prune') this.expired.push(context.key)
      if (context.source === 'deleteByTag') this.tagged.push(context.key)
      while (this.scenario.reentrant && this.budget > 0 && this.rng.chance(0.3)) {
        this.budget--
        this.run(this.operationOfHook())
      }
      if (this.scenario.throwing && this.rng.chance(0.5)) throw new Error('thrown by a hook')
    }
  }

  operationOfHook() {
    return randomOperation(this.rng, this.scenario, FROM_HOOKS)
  }

  /** Runs an operation and tells all that came of it. */
  async step(operation, installClock) {
    if (!this.scenario.genuine) installClock(() => this.time)
    this.budget = operation.budget
    this.run(operation)
    if (ASYNCHRONOUS.has(operation.method)) await settled()
    if (this.scenario.deferred) await this.cache.flushHooks?.()
    const { keys, stats } = this.raw(this.cache)
    const events = this.scenario.deferred ? this.events.splice(0) : []
    const lifetimes = this.steps++ % 3 === 0 ? keys.map((key) => show(this.run_info(key))) : []
    const outcomes = this.outcomes.splice(0).toSorted()
    return [
      ...this.log.splice(0),
      ...outcomes,
      ...events,
      show(keys),
      show(stats),
      ...lifetimes,
    ].join('\n')
  }

  run({ method, args, weight }) {
    this.weight = weight
    let outcome
    try {
      outcome = this[`run_${method}`]?.(...args) ?? this.cache[method](...args)
      if (outcome instanceof Promise) outcome = 'a promise'
    } catch (error) {
      outcome = error
    }
    this.log.push(`${method}(${args.map(show)}) -> ${show(outcome)}`)
    if (args.some((arg) => arg === SHORT || arg?.ttl === SHORT)) this.run_wait(0)
  }

  run_setFor(key, value, lifetime) {
    return [this.cache.set(key, value, lifetime)]
  }

  run_setTagged(key, value, tags, ttl) {
    return [this.cache.set(key, value, { tags, ttl })]
  }

  run_setUntil(key, value, after, asDate) {
    return [this.cache.set(key, value, this.lifetimeUntil(after, asDate))]
  }

  lifetimeUntil(after, asDate) {
    const at = (this.isGenuine ? Date.now() : this.time) + after
    return { expiresAt: asDate ? new Date(at) : at, ttl: undefined }
  }

  // Of the genuine clock nobody knows how far it is.
  run_getRemainingTTL(key) {
    const remaining = this.cache.getRemainingTTL(key)
    return this.scenario.genuine && Number.isFinite(remaining) ? remaining > 0 : remaining
  }

  run_info(key) {
    const info = this.cache.info(key)
    if (info === undefined || !this.scenario.genuine) return [info]
    const { start, expiresAt, remainingTtl, ...rest } = info
    return { ...rest, finite: [start, expiresAt, remainingTtl].map(Number.isFinite) }
  }

  run_setMany(entries, options, after) {
    const given = after === undefined ? options : this.lifetimeUntil(after, false)
    return [this.cache.setMany(entries, given)]
  }

  run_getOrSet(key, name, options) {
    const flight = { name }
    const fetched = new Promise((resolve, reject) => Object.assign(flight, { resolve, reject }))
    const fetcher = (context) => {
      const told = context && [context.key, context.stale]
      this.log.push(`fetch ${name} ${show(told)}`)
      this.flights.push(flight)
      return fetched
    }
    this.cache.getOrSet(key, fetcher, options).then(
      (value) => this.outcomes.push(`${name} resolved ${show(value)}`),
      (error) => this.outcomes.push(`${name} rejected ${show(error)}`),
    )
    return 'started'
  }

  run_settle(index, value, fails) {
    if (this.flights.length === 0) return 'nothing to settle'
    const [flight] = this.flights.splice(index % this.flights.length, 1)
    if (fails) flight.reject(new Error(`failed ${flight.name}`))
    else flight.resolve(value)
    return flight.name
  }

  run_deleteAsync(key) {
    this.cache.deleteAsync(key).then(
      (removed) => this.log.push(`deleteAsync ${removed}`),
      (error) => this.log.push(`deleteAsync ${show(error)}`),
    )
    return 'started'
  }

  run_wait(time) {
    this.time += this.scenario.genuine ? 10 : time
    if (this.isGenuine) {
      const end = Date.now() + 2
      while (Date.now() < end);
    }
    return this.time
  }
}
