// Runs every scenario on the package named in the argument vector, loaded while preload.mjs holds the clock,
// and prints the outcomes as JSON. Whether they are right is for before-load.test.mjs to say.

import { START, scenarios } from './scenarios.cjs'

const { clock } = globalThis
const { MemoryCache, cached } = await import(process.argv[2])
new MemoryCache().clear()

const outcomes = []
for (const { title, run } of scenarios) {
  clock.stop()
  clock.start(START)
  try {
    await run({ MemoryCache, cached, clock })
    outcomes.push({ title })
  } catch (error) {
    outcomes.push({ title, error: error.stack })
  }
}
clock.stop()
console.log(JSON.stringify(outcomes))
