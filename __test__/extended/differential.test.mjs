// Long random operation sequences on MemoryCache and on its model: every outcome, every event with its
// context, the statistics and the order of keys after each operation must be equal. The model is in
// model.mjs, what surrounds both in worlds.mjs.
//
//   DIFFERENTIAL_SEED=12345 DIFFERENTIAL_RUNS=1 node --test __test__/extended/differential.test.mjs

import assert from 'node:assert/strict'
import test from 'node:test'
import { MemoryCache } from 'native-memory-cache'
import { kState } from '../../lib/memory-cache/memory-cache.js'
import { listKeys, statistics } from '../../lib/memory-cache/state.js'
import { generator } from '../native/differential.mjs'
import { callHooks } from './channels.mjs'
import { compareRuns } from './comparison.mjs'
import { Model } from './model.mjs'
import { World, randomOperation, randomScenario } from './worlds.mjs'

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 700)
const OPERATIONS = 300
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 32))

const ours = {
  open: (options) => new MemoryCache(options),
  raw(cache) {
    const { refreshErrors, staleServed } = cache.getMetrics()
    const stats = { ...statistics(cache[kState]), refreshErrors, staleServed }
    return { keys: listKeys(cache[kState]), stats }
  },
}

/** The model takes entries of one deadline, kept ones and those of a tag in the order in which `subject` has. */
const modelOf = (subject) => ({
  follows: true,
  open: (options, world) =>
    new Model(options, {
      now: () => world.time,
      choose(entries) {
        const key = subject.expired[world.expired.length]
        return entries.find((entry) => entry.key === key) ?? entries[0]
      },
      chooseTagged(keys) {
        const key = subject.tagged[world.tagged.length]
        return keys.includes(key) ? key : keys[0]
      },
    }),
  raw: (cache) => ({ keys: cache.rawKeys(), stats: cache.rawStats() }),
})

function worldsOf(scenario, implementation = ours) {
  const subject = new World(implementation, scenario, generator(scenario.seed))
  return { subject, model: new World(modelOf(subject), scenario, generator(scenario.seed)) }
}

test(`random operations give the model's outcomes, events and state (seed ${SEED})`, async (t) => {
  const random = { randomScenario, randomOperation, worldsOf }
  const operations = await compareRuns(
    t,
    { runs: RUNS, operations: OPERATIONS, seed: SEED },
    random,
  )
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
  if (process.env.DIFFERENTIAL_RUNS === undefined) assert.ok(operations >= 200_000)
})

test(`subscribers of all channels are told what hooks are told, and change nothing (seed ${SEED})`, async (t) => {
  const told = new WeakMap()
  callHooks(t, (cache) => told.get(cache))
  const observed = {
    ...ours,
    open({ hooks, ...options }) {
      const cache = new MemoryCache(options)
      told.set(cache, hooks)
      return cache
    },
  }
  const random = {
    randomScenario,
    randomOperation,
    worldsOf: (scenario) => worldsOf(scenario, observed),
  }
  const runs = Math.ceil(RUNS / 3)
  const operations = await compareRuns(t, { runs, operations: OPERATIONS, seed: SEED }, random)
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
})
