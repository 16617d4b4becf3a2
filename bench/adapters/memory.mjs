// What a full store of each library costs the process: interleaved rounds, each store in a process of its own.
// Lives here: whose turn it is and what comes of it. What is measured belongs in memory-process.mjs.
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { carryOut } from '../cell-process.mjs'
import { summarizeEach } from '../statistics.mjs'
import { LIBRARIES, NEEDS_REDIS } from './stores.mjs'

const PROCESS = fileURLToPath(new URL('memory-process.mjs', import.meta.url))

const CELLS = Object.entries(LIBRARIES).flatMap(([library, stores]) =>
  stores.map((store) => ({ library, store })),
)

/** Resolves to a row for each store: what it adds, in bytes and ms, or why it failed. */
export async function measureMemory({ project, redisUrl, plan: { size, rounds } }) {
  const progress = startProgress(`memory of ${size.toLocaleString('en-US')} entries`)
  const rows = CELLS.map((cell) => ({ cell, found: [] }))
  for (let round = 1; round <= rounds; round++) {
    for (const { cell, found } of rows) {
      progress.see(`round ${round} of ${rounds}: ${cell.library}, ${cell.store}`)
      const redis = NEEDS_REDIS.includes(cell.store) && { redisUrl }
      found.push(await carryOut(PROCESS, { kind: 'memory', ...cell, project, size, ...redis }))
    }
  }
  const outcomes = rows.map(({ cell, found }) => {
    const failure = found.find((each) => each.failed !== undefined)
    return Object.assign({}, cell, failure ?? summarizeEach(found))
  })
  const failed = outcomes.filter((outcome) => outcome.failed !== undefined)
  progress.end(failed.length > 0 ? 'FAIL' : 'ok')
  return outcomes
}
