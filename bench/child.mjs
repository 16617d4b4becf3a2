// A peer's own process: loads its driver and does what the benchmark's process asks for, one
// request at a time.
// Lives here: that conversation. What the requests mean belongs in check.mjs, timing.mjs, memory.mjs.
import { check } from './check.mjs'
import { measureMemory } from './memory.mjs'
import { loadDriver } from './peers/index.mjs'
import { start } from './timing.mjs'
import { lacking } from './workloads/index.mjs'

const driver = await loadDriver(process.argv[2])
let round

const requests = {
  check: () => check(driver),
  lacking: (cell) => lacking(driver, cell),
  async start({ cell, time }) {
    round = undefined
    round = await start(driver, cell, time)
  },
  round: () => round(),
  memory: (options) => measureMemory(driver, options),
}

process.on('message', async ({ request, argument }) => {
  try {
    process.send({ result: await requests[request](argument) })
  } catch (error) {
    process.send({ error: error.message })
  }
})
// The benchmark's process has ended, or has no more questions.
process.on('disconnect', () => process.exit())
process.send({ result: 'ready' })
