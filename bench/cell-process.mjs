// Measurements that each have a process of their own, from both of its ends.
// Lives here: that process's start, answer and time limit. What is measured belongs to who asks.
import { fork } from 'node:child_process'
import { once } from 'node:events'

const HEAP_MB = 8192
const LIMIT_MS = 120_000

/** Resolves to what the measurement has found, or to `{ failed }`. `child` ends with `answer`. */
export async function carryOut(child, cell, limitMs = LIMIT_MS) {
  const forked = fork(child, [JSON.stringify(cell)], {
    execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MB}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const signal = AbortSignal.timeout(limitMs)
  try {
    return await Promise.race([
      once(forked, 'message', { signal }).then(
        ([{ result, error }]) => result ?? { failed: error },
      ),
      once(forked, 'exit', { signal }).then(([code]) => ({ failed: `it ended with ${code}` })),
    ])
  } catch {
    return { failed: `no answer in ${limitMs / 1000} s` }
  } finally {
    forked.kill('SIGKILL')
  }
}

/** In that process: takes the measurement that the cell's kind names, and tells its outcome. */
export async function answer(measures) {
  const { kind, ...cell } = JSON.parse(process.argv[2])
  try {
    process.send({ result: await measures[kind](cell) })
  } catch (error) {
    process.send({ error: error.message })
  }
  process.on('disconnect', () => process.exit())
}
