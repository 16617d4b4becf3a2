// How far the resident memory of a process grows for a store of limited bytes, and what of it the
// system gets back after `clear()`.
// Lives here: the runs and their rounds. How a run is carried out belongs in footprint-process.mjs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { median } from '../statistics.mjs'

const USUAL = [1024, 8192]
const SMALL = [32, 256]
const LARGE = [32_768, 262_144]

/** Each turn fills the store anew, with values of so many bytes; threads take turns. */
export const RUNS = {
  '8 workers in turns, 1 to 8 kB': { threads: 8, turns: Array.from({ length: 16 }, () => USUAL) },
  'one thread, small, large, small': { threads: 1, turns: [SMALL, LARGE, SMALL] },
  'one thread, 1 to 8 kB': { threads: 1, turns: Array.from({ length: 4 }, () => USUAL) },
}

const PROCESS = fileURLToPath(new URL('footprint-process.mjs', import.meta.url))

async function carryOut(run, maxBytes) {
  const child = fork(PROCESS, [JSON.stringify({ run, maxBytes })], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const found = await Promise.race([
    once(child, 'message').then(([message]) => message),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the process of "${run}" ended with ${code}`)
    }),
  ])
  child.kill('SIGKILL')
  return found
}

/** Resolves to one row for each run: medians of bytes, as shares of `maxBytes` where they grew. */
export async function measureFootprint({ maxBytes, rounds }) {
  const progress = startProgress(`resident memory of a store of ${maxBytes / 2 ** 20} MiB`)
  const rows = Object.keys(RUNS).map((run) => ({ run, found: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const { run, found } of rows) {
      progress.see(`round ${round + 1} of ${rounds}: ${run}`)
      found.push(await carryOut(run, maxBytes))
    }
  }
  progress.end('ok')
  return rows.map(({ run, found }) => {
    const share = (name) => median(found.map((each) => each[name])) / maxBytes
    return {
      run,
      rounds,
      bytes: share('bytes'),
      most: share('most'),
      filled: share('filled'),
      clearedAtOnce: share('clearedAtOnce'),
      cleared: share('cleared'),
    }
  })
}
