// `npm run bench -- --extended`: lifetimes of single entries, single operations beside get and set, and scan
// against lists.
// Lives here: the rounds, of which each has new processes, in turns. What is measured belongs in points.mjs,
// lifetimes.mjs and walks.mjs.
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { carryOut } from '../cell-process.mjs'
import { summarizeRounds } from '../statistics.mjs'
import { lifetimeCells } from './lifetimes.mjs'
import { pointCells } from './points.mjs'
import { walkCells } from './walks.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/** What is measured, and in how many rounds. */
const measurementsOf = ({ size, largeSize, rounds, largeRounds }) => [
  ...pointCells(size).map((cell) => ({ cell, rounds, found: [] })),
  ...lifetimeCells(largeSize).map((cell) => ({ cell, rounds: largeRounds, found: [] })),
  ...walkCells(largeSize).map((cell) => ({ cell, rounds: largeRounds, found: [] })),
]

/** Resolves to one row for each cell: its circumstances and its figures, or `failed`. */
export async function measureExtended(plan) {
  const measured = measurementsOf(plan)
  const progress = startProgress('extended methods')
  const mostRounds = Math.max(plan.rounds, plan.largeRounds)
  for (let round = 0; round < mostRounds; round++) {
    for (const { cell, rounds, found } of measured) {
      if (round >= rounds || found.some(({ failed }) => failed !== undefined)) continue
      progress.see(`round ${round + 1}: ${cell.operation}, ${cell.name}`)
      found.push(await carryOut(CHILD, { ...cell, ...plan.time }))
    }
  }
  const rows = measured.map(({ cell, found }) => Object.assign(cell, summarizeRounds(found)))
  progress.end(rows.some(({ failed }) => failed !== undefined) ? 'FAIL' : 'ok')
  return rows
}
