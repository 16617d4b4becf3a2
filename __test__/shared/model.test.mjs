// Long random operation sequences on a SharedMemoryCache of one shard and on its model, in one thread: every
// outcome, every event with its context, the statistics and the order of keys after each operation must be
// equal. The model is in model.mjs, what surrounds both in worlds.mjs.
//
//   DIFFERENTIAL_SEED=12345 DIFFERENTIAL_RUNS=1 node --test __test__/shared/model.test.mjs

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { cutKeys } from '../../lib/common/keys.js'
import native from '../../lib/common/native.js'
import { kState } from '../../lib/shared-memory-cache/handle.js'
import { compareRuns } from '../extended/comparison.mjs'
import { show } from '../extended/worlds.mjs'
import { generator } from '../native/differential.mjs'
import { SharedModel } from './model.mjs'
import { chooseSeed, freshName, openShared } from './support.mjs'
import { SharedWorld, randomSharedOperation, randomSharedScenario } from './worlds.mjs'

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 350)
const OPERATIONS = 300
const SEED = chooseSeed('DIFFERENTIAL_SEED')

const ours = {
  open(options, { scenario: { nearCache } }) {
    return new SharedMemoryCache({ ...options, name: freshName('model'), shards: 1, nearCache })
  },
  raw(cache) {
    const { index } = cache[kState]
    const [hits, misses, evictions, expirations, size, bytes] = native.sharedStats(index)
    const [, maxBytes] = native.sharedLimits(index)
    const stats = { hits, misses, evictions, expirations, size, weight: maxBytes > 0 ? bytes : 0 }
    return { keys: cutKeys(native.sharedKeys(index, undefined, 0)), stats }
  },
}

/** Bytes that a store accounts for an entry. */
function scales(t) {
  const cache = openShared(t, { maxSize: 0, ttl: 0, shards: 1 })
  const known = new Map()
  return (value, key) => {
    const shown =
      typeof value === 'number' ? show(key) : `${show(key)} ${typeof value} ${show(value)}`
    if (!known.has(shown)) {
      cache.clear()
      cache.set(key, value)
      known.set(shown, cache.getMetrics().bytes)
    }
    return known.get(shown)
  }
}

/** The model takes entries of one deadline in the order in which `subject` has taken them. */
const modelOf = (subject, weigh) => ({
  open: (options, world) =>
    new SharedModel(options, {
      weigh,
      now: () => world.time,
      choose(entries) {
        const told = world.pruned.length
        const places = entries.map(({ key, value }) =>
          subject.pruned.indexOf(`${show(key)} ${show(value)}`, told),
        )
        const [first] = places.filter((place) => place >= 0).toSorted((a, b) => a - b)
        return entries[Math.max(0, places.indexOf(first))]
      },
    }),
  raw: (cache) => ({ keys: cache.rawKeys(), stats: cache.rawStats() }),
})

test(`random operations give the model's outcomes, events and state (seed ${SEED})`, async (t) => {
  const weigh = scales(t)
  const operations = await compareRuns(
    t,
    { runs: RUNS, operations: OPERATIONS, seed: SEED },
    {
      randomScenario: randomSharedScenario,
      randomOperation: randomSharedOperation,
      worldsOf(scenario) {
        const subject = new SharedWorld(ours, scenario, generator(scenario.seed))
        const model = new SharedWorld(modelOf(subject, weigh), scenario, generator(scenario.seed))
        return { subject, model }
      },
    },
  )
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
  if (process.env.DIFFERENTIAL_RUNS === undefined) assert.ok(operations >= 100_000)
})
