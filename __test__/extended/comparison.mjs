// Runs of a differential test: the same random operations in the world of the cache under test and in that
// of its model, compared after each. What is random and what a world is belongs in worlds.mjs.

import assert from 'node:assert/strict'
import { generator } from '../native/differential.mjs'

const SHOWN_BEFORE = 5

const genuineNow = Date.now

function installClock(now) {
  Date.now = now
}

// The first difference ends the run, so that what it tells of is the shortest prefix that shows one.
async function compareRun(seed, operations, { randomScenario, randomOperation, worldsOf }) {
  const rng = generator(seed)
  const scenario = randomScenario(rng)
  const { subject, model } = worldsOf(scenario)
  const trace = []
  for (let count = 0; count < operations; count++) {
    const operation = randomOperation(rng, scenario)
    const actual = await subject.step(operation, installClock)
    const expected = await model.step(operation, installClock)
    if (actual !== expected) {
      Date.now = genuineNow
      const config = JSON.stringify(scenario, (_, item) => (item === Infinity ? 'Infinity' : item))
      const before = trace.slice(-SHOWN_BEFORE).join('\n')
      assert.equal(
        actual,
        expected,
        `seed ${seed}, operation ${count}, ${config}, after\n${before}`,
      )
    }
    trace.push(expected)
  }
  Date.now = genuineNow
  subject.end?.()
  return operations
}

/** Resolves to how many operations there were. */
export async function compareRuns(t, { runs, operations, seed }, random) {
  t.after(() => (Date.now = genuineNow))
  let compared = 0
  for (let i = 0; i < runs; i++) compared += await compareRun((seed + i) >>> 0, operations, random)
  return compared
}
