// `npm run bench -- --snapshots`: files of both kinds of caches.
// Lives here: the rounds, of which each has new processes, in turns. What is measured belongs in files.mjs.
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { carryOut } from '../cell-process.mjs'
import { summarizeRounds } from '../statistics.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/** Resolves to one row for each kind: its figures, or `failed`. */
export async function measureSnapshots({ size, rounds }) {
  const measured = ['shared', 'memory'].map((kind) => ({ cell: { kind, size }, found: [] }))
  const progress = startProgress('snapshots')
  for (let round = 0; round < rounds; round++) {
    for (const { cell, found } of measured) {
      if (found.some(({ failed }) => failed !== undefined)) continue
      progress.see(`round ${round + 1} of ${rounds}: ${cell.kind}`)
      found.push(await carryOut(CHILD, cell))
    }
  }
  const rows = measured.map(({ cell, found }) => Object.assign(cell, summarizeRounds(found)))
  progress.end(rows.some(({ failed }) => failed !== undefined) ? 'FAIL' : 'ok')
  return rows
}
