// `npm run bench -- --pauses`: the longest single calls, the stalls of other threads, the turns of the
// event loop in which caches end.
// Lives here: what is measured in which process, and the rounds. How it is measured belongs in
// calls.mjs, stalls.mjs and loop.mjs.
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { carryOut } from '../cell-process.mjs'
import { LRU_CACHE_EXACT, OURS, PEERS, S3_FIFO, SHARED } from '../peers/index.mjs'
import { median } from '../statistics.mjs'
import { OPERATIONS } from './calls.mjs'
import { LOOP_ENDS } from './loop.mjs'
import { STALL_STEPS } from './stalls.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))

/** How lru-cache reads the clock makes no pause. */
export const PAUSE_PEERS = [
  OURS,
  S3_FIFO,
  SHARED,
  ...PEERS.filter((name) => name !== OURS && name !== LRU_CACHE_EXACT),
]

const times = (found, name) => {
  const each = found.map((one) => one[name])
  return { median: median(each), best: Math.min(...each) }
}

function summary(found) {
  const [{ lacks, rare, calls }] = found
  const failure = found.find(({ failed }) => failed !== undefined)
  if (lacks !== undefined) return { lacks }
  if (failure !== undefined) return { failed: failure.failed }
  return {
    rounds: found.length,
    longest: times(found, 'longest'),
    control: times(found, 'control'),
    ...(rare !== undefined && { rare: times(found, 'rare'), calls }),
  }
}

function cellsOf({ sizes, shards, peers }) {
  const [largest] = sizes.toSorted((a, b) => b - a)
  return [
    ...sizes.flatMap((size) =>
      Object.keys(OPERATIONS).flatMap((operation) =>
        peers.map((name) => ({ kind: 'calls', operation, size, name })),
      ),
    ),
    ...shards.flatMap((count) =>
      STALL_STEPS.map((operation) => ({ kind: 'stall', operation, size: largest, shards: count })),
    ),
    ...LOOP_ENDS.map((operation) => ({ kind: 'loop', operation, size: largest })),
  ]
}

/** Resolves to one row for each cell: `lacks`, `failed`, or milliseconds. */
export async function measurePauses(plan) {
  const measured = cellsOf(plan).map((cell) => ({ cell, found: [] }))
  const progress = startProgress('pauses')
  for (let round = 0; round < plan.rounds; round++) {
    for (const { cell, found } of measured) {
      // Peers that lack or fail once would do so again.
      if (found.some(({ lacks, failed }) => lacks ?? failed)) continue
      progress.see(`round ${round + 1} of ${plan.rounds}: ${cell.operation} ${cell.name ?? ''}`)
      found.push(await carryOut(CHILD, cell))
    }
  }
  const rows = measured.map(({ cell, found }) => Object.assign(cell, summary(found)))
  const failed = rows.filter((row) => row.failed !== undefined)
  progress.end(failed.length > 0 ? 'FAIL' : 'ok')
  return rows
}
