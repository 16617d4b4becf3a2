// A thread that reads sessions from one source, so that V8 sees one kind of source per call site.
// Lives here: the check and the timed window. The other end is readers.mjs.
import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { keyAt, valueAt } from '../keys.mjs'
import { uniform } from '../random.mjs'
import { SOURCES, sessionsOf } from './sources.mjs'

// So many reads between two looks at the clock.
const BATCH = 256
const CHECKED = 100

const { source, size, seed, redisPort, port } = workerData
const { atOnce, open } = SOURCES[source]
const sessions = sessionsOf(size)
const get = await open({ sessions, redisPort, port })

for (let i = 0; i < Math.min(size, CHECKED); i++) {
  assert.deepEqual(await get(keyAt(sessions, i)), valueAt(i))
}

const draws = uniform(size, seed)
const mask = draws.length - 1
let position = 0
const nextKey = () => keyAt(sessions, draws[position++ & mask])

let missing = 0
function readBatch() {
  for (let i = 0; i < BATCH; i++) if (get(nextKey()) === undefined) missing++
  return BATCH
}

async function readTogether() {
  if (atOnce === 1) {
    if (!(await get(nextKey()))) missing++
    return 1
  }
  const found = await Promise.all(Array.from({ length: atOnce }, () => get(nextKey())))
  for (const session of found) if (!session) missing++
  return atOnce
}

/** Reads from `begin`, a time of the monotonic clock that all threads share, for `ms`. */
async function readWindow({ begin, ms }) {
  while (process.hrtime.bigint() < begin);
  const started = performance.now()
  let reads = 0
  let elapsed
  do {
    reads += atOnce === undefined ? readBatch() : await readTogether()
    elapsed = performance.now() - started
  } while (elapsed < ms)
  if (missing > 0) throw new Error(`${missing} sessions were missing`)
  return (elapsed * 1e6) / reads
}

parentPort.on('message', async (window) => {
  try {
    parentPort.postMessage({ nanoseconds: await readWindow(window) })
  } catch (error) {
    parentPort.postMessage({ failed: error.message })
  }
})
parentPort.postMessage({ nanoseconds: 0 })
