// A peer's own process: loads its driver and does what it is asked for.
// Lives here: which requests there are. What they mean belongs in check.mjs, timing.mjs, memory.mjs.
import { check } from './check.mjs'
import { answerRequests } from './conversation.mjs'
import { measureMemory } from './memory.mjs'
import { loadDriver } from './peers/index.mjs'
import { start } from './timing.mjs'
import { lacking } from './workloads/index.mjs'

const driver = await loadDriver(process.argv[2])
let round

answerRequests({
  check: () => check(driver),
  lacking: (cell) => lacking(driver, cell),
  async start({ cell, time }) {
    round = undefined
    round = await start(driver, cell, time)
  },
  round: () => round(),
  memory: (options) => measureMemory(driver, options),
})
