// A cache and what was made of its dump, or of its file, through the same random operations: nobody can tell them
// apart, but for the statistics.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseSeed, mockClock } from '../shared/support.mjs'
import { KINDS, folder, randomFrom } from './support.mjs'

const RUNS = 60
const STEPS = 120

const KEYS = ['a', 'b', 'c', 'd', 'e', 'Łódź', '__proto__', '\udc00', 'x'.repeat(60), '']
const TAGS = ['one', 'two', 'ż', '']

const OPERATIONS = {
  set: (cache, key, rng, now) => cache.set(key, { key, n: rng.below(100) }, optionsOf(rng, now)),
  get: (cache, key) => cache.get(key),
  has: (cache, key) => cache.has(key),
  touch: (cache, key, rng) => cache.touch(key, rng.pick([undefined, undefined, 5, 40, 0])),
  delete: (cache, key) => cache.delete(key),
  take: (cache, key) => cache.take(key),
  deleteByTag: (cache, key, rng) => cache.deleteByTag(rng.pick(TAGS)),
  deleteByPrefix: (cache, key) => cache.deleteByPrefix(key.slice(0, 1) || 'none'),
  prune: (cache) => cache.prune(),
  keys: (cache) => cache.keys(),
}

// Writes and reads are the rule.
const CHOICES = [...Object.keys(OPERATIONS), 'set', 'set', 'set', 'set', 'get', 'get', 'touch']

function optionsOf(rng, now) {
  const tags = TAGS.filter(() => rng.below(4) === 0)
  return rng.pick([
    undefined,
    { tags },
    { tags, ttl: rng.pick([0, 7, 30, 500]) },
    { tags, expiresAt: now + rng.pick([3, 60, 900]) },
  ])
}

function scenarioOf(kind, rng) {
  return {
    maxSize: rng.pick([0, 3, 6]),
    ttl: rng.pick([0, 20, 100]),
    updateAgeOnGet: rng.below(2) === 0,
    ...(kind === 'MemoryCache' &&
      rng.below(3) === 0 && {
        maxWeight: 12,
        sizeCalculation: ({ n }, key) => (n % 5) + key.length,
      }),
    ...(kind === 'SharedMemoryCache' && rng.below(3) === 0 && { maxBytes: 2_000 }),
  }
}

/** Does the same at random to each of `caches`; the last answers. */
function steps(caches, rng, clock, count) {
  for (let i = 0; i < count; i++) {
    const name = rng.pick(CHOICES)
    const key = rng.pick(KEYS)
    if (rng.below(4) === 0) clock.now += rng.below(12)
    const seed = rng.below(2 ** 31)
    const answers = caches.map((cache) => OPERATIONS[name](cache, key, randomFrom(seed), clock.now))
    for (const answer of answers) assert.deepEqual(answer, answers[0], `${name} ${key}`)
  }
}

const seen = (cache) => [
  cache.keys().map((key) => [key, cache.info(key)]),
  cache.getStats(),
  [...cache.dump()],
]

for (const [kind, open] of Object.entries(KINDS)) {
  const seed = chooseSeed('SNAPSHOTS_SEED')
  test(`a ${kind} and its copies go on alike (SNAPSHOTS_SEED=${seed})`, async (t) => {
    const at = folder(t)
    const clock = mockClock(t)
    for (let run = 0; run < RUNS; run++) {
      const rng = randomFrom(seed + run)
      const options = scenarioOf(kind, rng)
      const cache = open(t, options)
      steps([cache], rng, clock, STEPS)
      // What has expired and is still there is not part of a copy.
      cache.prune()
      const loaded = open(t, options)
      loaded.load(cache.dump())
      const restored = open(t, options)
      await cache.save(at())
      await restored.restore(at())
      cache.resetStats()
      const caches = [cache, loaded, restored]
      for (let round = 0; round < 4; round++) {
        const [expected, ...others] = caches.map(seen)
        for (const other of others) assert.deepEqual(other, expected, `run ${run}`)
        steps(caches, rng, clock, STEPS / 4)
      }
      for (const one of caches) one.close()
    }
  })
}
