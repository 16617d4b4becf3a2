// The garbage collector for tests of what is held, without a flag of the process.
// What must not live here: tests, and what they measure.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

/** Collects what is unreachable now. A `WeakRef` keeps its target until the turn has ended. */
export async function collectGarbage() {
  await new Promise(setImmediate)
  collect()
}
