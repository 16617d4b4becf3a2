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
import { Model } from './model.mjs'
import { World, randomOperation, randomScenario } from './worlds.mjs'

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 700)
const OPERATIONS = 300
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 32))

const genuineNow = Date.now

const ours = {
  open: (options) => new MemoryCache(options),
  raw: (cache) => ({ keys: listKeys(cache[kState]), stats: statistics(cache[kState]) }),
}

/** The model takes entries of one deadline, or tag, in the order in which `subject` has taken them. */
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

function installClock(now) {
  Date.now = now
}

async function run(seed) {
  const rng = generator(seed)
  const scenario = randomScenario(rng)
  const subject = new World(ours, scenario, generator(scenario.seed))
  const model = new World(modelOf(subject), scenario, generator(scenario.seed))
  const trace = []
  for (let count = 0; count < OPERATIONS; count++) {
    const operation = randomOperation(rng, scenario)
    const actual = await subject.step(operation, installClock)
    const expected = await model.step(operation, installClock)
    trace.push(expected)
    if (actual !== expected) {
      Date.now = genuineNow
      const config = JSON.stringify(scenario, (_, item) => (item === Infinity ? 'Infinity' : item))
      const before = trace.slice(-6, -1).join('\n')
      assert.equal(
        actual,
        expected,
        `seed ${seed}, operation ${count}, ${config}, after\n${before}`,
      )
    }
  }
  Date.now = genuineNow
  return OPERATIONS
}

test(`random operations give the model's outcomes, events and state (seed ${SEED})`, async (t) => {
  t.after(() => (Date.now = genuineNow))
  let operations = 0
  for (let i = 0; i < RUNS; i++) operations += await run((SEED + i) >>> 0)
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
  if (process.env.DIFFERENTIAL_RUNS === undefined) assert.ok(operations >= 200_000)
})
