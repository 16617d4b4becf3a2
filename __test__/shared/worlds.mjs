// What surrounds a shared store of one shard in the differential test: scenarios and operations that only
// such stores have, beside those of the extended MemoryCache.

import {
  World,
  callableFromHooks,
  randomOperation,
  randomScenario,
  show,
  spread,
} from '../extended/worlds.mjs'

// In entries of about 300 bytes.
const BYTES = [1, 300, 700, 1_500.5, Infinity]
const VALUES = ['', 'text', 'Łódź', 'x'.repeat(200), true, -5n, [1, 'a'], { a: [1], b: null }]
const WRONG_NUMBERS = [Number.NaN, '1', 1n, null, {}]
const WRONG_OPTIONS = ['5', 7, { ttl: -1 }, { ttl: '5' }, { onlyIfPresent: 1 }]
const WRONG_FUNCTIONS = [undefined, null, 'fn', {}]

// How often each is chosen, compared with the others.
const SHARES = {
  'set get': 8,
  'setFor update': 5,
  'touch wait conditional addition setTagged getOrSet settle': 4,
  'setUntil getMany setMany': 3,
  'take has delete info': 2,
  'peek getRemainingTTL hasMany deleteMany deleteByTag deleteAsync': 1,
  'clear deleteByPrefix deleteByMagicString': 1,
  'size keys values entries getStats resetStats prune': 1,
}

const OPERATIONS = spread(SHARES)
const FROM_HOOKS = callableFromHooks(OPERATIONS)

// Which kept entry has made room is told by the order of reports. Within the reports of one batch a write
// would report what it has removed after the batch before that is told of what went earlier.
const MAKING_ROOM = new Set([
  'set',
  'setFor',
  'setUntil',
  'setTagged',
  'setMany',
  'conditional',
  'update',
  'addition',
])
const FROM_HOOKS_OF_KEPT = FROM_HOOKS.filter((method) => !MAKING_ROOM.has(method))

/** Options and surroundings, alike for both worlds of one run. */
export function randomSharedScenario(rng) {
  const scenario = randomScenario(rng)
  const { maxWeight, ...options } = scenario.options
  delete options.hookDelivery
  return {
    ...scenario,
    options: { ...options, ...(maxWeight > 0 && { maxBytes: rng.pick(BYTES) }) },
    // Which kept entries make room is told by it alone.
    ...(scenario.keeping && { hooked: true, hooks: [...new Set([...scenario.hooks, 'onExpire'])] }),
    // The background thread removes by the genuine clock whenever it gets to it.
    genuine: false,
    deferred: false,
    reentrant: rng.chance(0.6),
    nearCache: rng.chance(0.2),
  }
}

export function randomSharedOperation(rng, scenario, methods = OPERATIONS) {
  const method = rng.pick(methods)
  const further = FURTHER[method]
  if (further !== undefined) return further(rng, scenario)
  const operation = randomOperation(rng, scenario, [method])
  return ['set', 'setFor', 'setUntil', 'setTagged'].includes(method)
    ? withSomeValue(rng, operation)
    : operation
}

const FURTHER = {
  conditional(rng, scenario) {
    const { written, args, budget } = randomWrite(rng, scenario)
    const name = rng.pick(['replace', 'setIfAbsent'])
    return { method: 'conditional', args: [name, written, ...args], budget }
  },
  update(rng, scenario) {
    const { written, args, budget } = randomWrite(rng, scenario)
    const way = rng.chance(0.02)
      ? { wrong: rng.pick(WRONG_FUNCTIONS) }
      : { returns: rng.pick(['value', 'value', 'value', 'sum', 'nothing', 'promise', 'error']) }
    return { method: 'update', args: [way, written, ...args], budget }
  },
  addition(rng, scenario) {
    const { args, budget } = randomOperation(rng, scenario, ['touch'])
    const [key, ttl] = args
    const by = rng.pick([1, 1, -2.5, 0.1, -0, Infinity, -Infinity, undefined])
    const onlyIfPresent = rng.pick([undefined, null, false, true])
    const given = [by, rng.pick([undefined, { ttl }, { ttl, onlyIfPresent }])]
    const wrong = rng.pick([[rng.pick(WRONG_NUMBERS)], [1, rng.pick(WRONG_OPTIONS)]])
    const name = rng.pick(['increment', 'incrementEntry', 'incrementEntry'])
    return { method: 'addition', args: [name, key, ...(rng.chance(0.03) ? wrong : given)], budget }
  },
}

/** The arguments of a `set` of one of its three kinds, and which. */
function randomWrite(rng, scenario) {
  const written = rng.pick(['set', 'setFor', 'setUntil', 'setTagged'])
  return { ...withSomeValue(rng, randomOperation(rng, scenario, [written])), written }
}

// Of numbers all take the same room.
function withSomeValue(rng, { args: [key, value, ...rest], ...operation }) {
  return { ...operation, args: [key, rng.chance(0.3) ? rng.pick(VALUES) : value, ...rest] }
}

export class SharedWorld extends World {
  // What prune has reported, in order.
  pruned = []

  hook(name) {
    const note = super.hook(name)
    return (context) => {
      const { key, value, source } = context
      if (source === 'prune') this.pruned.push(`${show(key)} ${show(value)}`)
      note(context)
    }
  }

  operationOfHook() {
    const { keeping } = this.scenario
    return randomSharedOperation(this.rng, this.scenario, keeping ? FROM_HOOKS_OF_KEPT : FROM_HOOKS)
  }

  end() {
    this.cache.close()
  }

  lifetimeArguments(written, [lifetime, asDate]) {
    if (written === 'set') return []
    // Of a tagged one these are its tags and its ttl.
    if (written === 'setTagged') return [{ tags: lifetime, ttl: asDate }]
    return [written === 'setFor' ? lifetime : this.lifetimeUntil(lifetime, asDate)]
  }

  run_conditional(name, written, key, value, ...rest) {
    return [this.cache[name](key, value, ...this.lifetimeArguments(written, rest))]
  }

  run_update({ wrong, returns }, written, key, value, ...rest) {
    const fn = (found) => {
      this.log.push(`update of ${show(found)}`)
      while (this.scenario.reentrant && this.budget > 0 && this.rng.chance(0.3)) {
        this.budget--
        // Mostly on the entry itself, or hardly any update would have to begin again.
        const own = { method: this.rng.pick(['set', 'delete', 'touch']), args: [key, value] }
        this.run(this.rng.chance(0.6) ? own : this.operationOfHook())
      }
      if (returns === 'error') throw new Error('thrown by an update')
      if (returns === 'promise') return Promise.resolve(value)
      if (returns === 'sum') return typeof found === 'number' ? found + 1 : 1
      return returns === 'nothing' ? undefined : value
    }
    const given = returns === undefined ? wrong : fn
    return [this.cache.update(key, given, ...this.lifetimeArguments(written, rest))]
  }

  run_addition(name, key, ...rest) {
    return [this.cache[name](key, ...rest)]
  }
}
