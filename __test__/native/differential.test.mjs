// Long random operation sequences on the published package and on ours: every outcome, event,
// clock reading and the state after each operation must be equal. The worlds are in differential.mjs.

import assert from 'node:assert/strict'
import test from 'node:test'
import { MemoryCache as Published } from '@humanspeak/memory-cache'
import { MemoryCache as Native } from 'native-memory-cache'
import { World, generator, randomOperation, randomScenario } from './differential.mjs'

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 700)
const OPERATIONS = 300
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 2 ** 32))

const genuineNow = Date.now

/** Promise callbacks of one world run while its clock is the one in force. */
async function settle() {
  for (let tick = 0; tick < 8; tick++) await null
}

async function step(world, operation) {
  world.activate()
  world.budget = operation.budget
  world.run(operation)
  await settle()
  return `${world.takeLog()}\n${world.snapshot()}`
}

async function run(seed) {
  const rng = generator(seed)
  const scenario = randomScenario(rng)
  const published = new World(Published, scenario)
  const ours = new World(Native, scenario)
  const trace = []
  for (let count = 0; count < OPERATIONS; count++) {
    const operation = randomOperation(rng)
    const expected = await step(published, operation)
    const actual = await step(ours, operation)
    trace.push(expected)
    if (actual !== expected) {
      Date.now = genuineNow
      const config = JSON.stringify(scenario, (_, value) => (value === Infinity ? 'Infinity' : value))
      const before = trace.slice(-6, -1).join('\n')
      assert.equal(actual, expected, `seed ${seed}, operation ${count}, ${config}, after\n${before}`)
    }
  }
  return OPERATIONS
}

test(`random operations give the published package's outcomes, events and state (seed ${SEED})`, async (t) => {
  t.after(() => (Date.now = genuineNow))
  let operations = 0
  for (let i = 0; i < RUNS; i++) operations += await run((SEED + i) >>> 0)
  Date.now = genuineNow
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
  if (process.env.DIFFERENTIAL_RUNS === undefined) assert.ok(operations >= 200_000)
})
