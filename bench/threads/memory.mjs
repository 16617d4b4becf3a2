// What it costs that all workers of a process can read all sessions: in a store of each worker's
// own, and in one store that they share.
// Lives here: the arrangements and their rounds. What the workers do belongs in holder.mjs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { median } from '../statistics.mjs'

export const NONE = 'none'
export const OWN = 'own'
export const SHARED = 'shared'

const WORKERS = [1, 4]
const KINDS = [NONE, OWN, SHARED]

const PROCESS = fileURLToPath(new URL('memory-process.mjs', import.meta.url))

/** Resident bytes of a process that has done nothing else. */
async function residentBytes(arrangement) {
  const child = fork(PROCESS, [JSON.stringify(arrangement)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const bytes = await Promise.race([
    once(child, 'message').then(([{ resident }]) => resident),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the process of ${JSON.stringify(arrangement)} ended with ${code}`)
    }),
  ])
  child.kill('SIGKILL')
  return bytes
}

/** Resolves to one row for each arrangement; `added` is what the sessions add to it. */
export async function measureSharing({ size, rounds }) {
  const progress = startProgress(`memory of workers that hold ${size} sessions`)
  const rows = WORKERS.flatMap((workers) =>
    KINDS.map((kind) => ({ workers, kind, size, measured: [] })),
  )
  for (let round = 0; round < rounds; round++) {
    for (const { measured, ...arrangement } of rows) {
      progress.see(`round ${round + 1} of ${rounds}: ${arrangement.workers} ${arrangement.kind}`)
      measured.push(await residentBytes(arrangement))
    }
  }
  progress.end('ok')
  return rows.map(({ workers, kind, measured }) => {
    const without = rows.find((row) => row.workers === workers && row.kind === NONE)
    const added = median(measured.map((bytes, round) => bytes - without.measured[round]))
    return { workers, kind, resident: median(measured), added, rounds }
  })
}
