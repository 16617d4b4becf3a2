// A second oracle beside the model, which is our own reading of the contract: lru-cache, on random
// sequences in which both contracts say the same. They differ, and the sequences keep clear of it, in this:
//
// - lru-cache evicts whatever was used least recently, expired or not; ours reclaims all that has
//   expired before it evicts. So both are purged before each write.
// - Its `has` leaves what has expired where it is, and `size` counts it: seen after both were purged.
// - Its getRemainingTTL is negative where ours is 0, its `keys` begin with the most recently used.
// - A time that is 0 is none to it, a `ttl` of the whole cache has to be a whole number, and to store
//   undefined is to delete.
// - What it tells of purged entries goes by their use and not by their deadlines: a set is compared.
//
// Both let an entry expire once strictly more than its ttl has passed.

import assert from 'node:assert/strict'
import test from 'node:test'
import { LRUCache } from 'lru-cache'
import { generator } from '../native/differential.mjs'
import { MemoryCache, clock, withClock } from './support.mjs'

const RUNS = 300
const OPERATIONS = 200
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 32))

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', '__proto__', '\ud800', '']

withClock()

/** The two under one clock; each call of a method answers for both. */
class Pair {
  told = []
  expected = []

  constructor({ maxSize, ttl, updateAgeOnGet }) {
    const tell =
      (reason) =>
      ({ key, value }) =>
        void this.told.push(`${reason} ${key} ${value}`)
    this.ours = new MemoryCache({
      maxSize,
      ttl,
      updateAgeOnGet,
      hooks: { onEvict: tell('evict'), onExpire: tell('expire'), onDelete: tell('delete') },
    })
    this.theirs = new LRUCache({
      max: maxSize,
      ttl,
      updateAgeOnGet,
      ttlResolution: 0,
      ttlAutopurge: false,
      perf: { now: () => clock.now },
      dispose: (value, key, reason) => {
        if (reason !== 'set') this.expected.push(`${reason} ${key} ${value}`)
      },
    })
  }

  purge() {
    this.ours.prune()
    this.theirs.purgeStale()
    return [this.told.splice(0).toSorted(), this.expected.splice(0).toSorted()]
  }

  set(key, value, ttl) {
    this.ours.set(key, value, ttl)
    this.theirs.set(key, value, ttl === undefined ? {} : { ttl })
    return [undefined, undefined]
  }

  get(key) {
    return [this.ours.get(key), this.theirs.get(key)]
  }

  peek(key) {
    return [this.ours.peek(key), this.theirs.peek(key)]
  }

  // Ours removes what has expired: purged, both have.
  has(key) {
    const [told, expected] = this.purge()
    return [
      [told, this.ours.has(key)],
      [expected, this.theirs.has(key)],
    ]
  }

  delete(key) {
    return [this.ours.delete(key), this.theirs.delete(key)]
  }

  getRemainingTTL(key) {
    return [this.ours.getRemainingTTL(key), Math.max(0, this.theirs.getRemainingTTL(key))]
  }

  contents() {
    return [
      [this.ours.size(), this.ours.keys(), this.ours.values()],
      [this.theirs.size, [...this.theirs.rkeys()], [...this.theirs.rvalues()]],
    ]
  }

  events() {
    return [this.told.splice(0), this.expected.splice(0)]
  }
}

function run(seed) {
  const rng = generator(seed)
  clock.install()
  const ttl = rng.pick([0, 1, 10, 40])
  const options = { maxSize: 1 + rng.int(8), ttl, updateAgeOnGet: rng.chance(0.5) }
  const pair = new Pair(options)
  const trace = []
  const assertAlike = (what, [actual, expected]) => {
    trace.push(`${what} -> ${JSON.stringify(expected)}`)
    const before = trace.slice(-12).join('\n')
    assert.deepEqual(actual, expected, `seed ${seed}, ${JSON.stringify(options)}\n${before}`)
  }
  for (let count = 0; count < OPERATIONS; count++) {
    const key = rng.pick(KEYS)
    const method = rng.pick([
      'set',
      'set',
      'set',
      'get',
      'get',
      'get',
      'peek',
      'has',
      'delete',
      'wait',
    ])
    if (method === 'wait') clock.advance(rng.pick([0, 0.5, 1, 5, 20]))
    else if (method === 'set') {
      const own = rng.pick([undefined, undefined, 0, 0.5, 1, 5, 10, 30, Infinity, rng.int(60)])
      assertAlike('purge', pair.purge())
      assertAlike(`set ${key} ${count} ${own}`, pair.set(key, count, own))
    } else assertAlike(`${method} ${key}`, pair[method](key))
    assertAlike('events', pair.events())
    for (const one of [key, rng.pick(KEYS)]) {
      assertAlike(`getRemainingTTL ${one}`, pair.getRemainingTTL(one))
    }
    if (rng.chance(0.3)) {
      assertAlike('purge', pair.purge())
      assertAlike('contents', pair.contents())
    }
  }
}

test(`random operations give what lru-cache gives, where the contracts agree (seed ${SEED})`, (t) => {
  for (let i = 0; i < RUNS; i++) run((SEED + i) >>> 0)
  t.diagnostic(`${RUNS * OPERATIONS} operations compared, seed ${SEED}`)
})
