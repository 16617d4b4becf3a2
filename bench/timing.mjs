// How a workload is timed, in the peer's own process.
// Lives here: warm-up, the choice of how much a round does, the clock. Whose turn it is belongs in
// runner.mjs.
import { workloadNamed } from './workloads/index.mjs'

const TTL_MS = 30 * 60_000
const FIRST_COUNT = 16
const PREPARED_WARM_UPS = 2
// In a large cache each operation takes longer, and what happens rarely (a table that is rebuilt)
// is to have its chance to happen.
const LARGE_SIZE = 1_000_000
const LARGE_FACTOR = 2

let events = 0
function onEvent() {
  events = (events + 1) | 0
}

function optionsOf({ ttl, hooks }) {
  return { ttl: ttl ? TTL_MS : 0, ...(hooks && { onEvent }) }
}

/**
 * Sets up the cell's cache, warms up, and resolves to a function that does one round and resolves
 * to its nanoseconds per operation. `time` says for how long.
 */
export async function start(driver, cell, time) {
  const factor = cell.size >= LARGE_SIZE ? LARGE_FACTOR : 1
  const workload = workloadNamed(cell.workload)
  const work = await workload.start(driver, {
    size: cell.size,
    same: cell.keys === 'same',
    options: optionsOf(cell),
  })
  return startRounds(work, {
    warmUpMs: time.warmUpMs * factor,
    roundMs: time.roundMs * factor,
  })
}

/** The same for work that is set up. */
export async function startRounds(work, { warmUpMs, roundMs }) {
  async function measure(count) {
    const started = performance.now()
    let wrong = work.run(count)
    // Only what is asynchronous is to pay for a turn of the microtask queue.
    if (typeof wrong !== 'number') wrong = await wrong
    const elapsed = performance.now() - started
    wrong += work.verify?.() ?? 0
    if (wrong > 0) throw new Error(`${wrong} wrong results in ${count} operations`)
    return elapsed
  }

  // Collections that a repeated workload causes are a part of what it costs, in their usual share:
  // after a forced one, V8 has shrunk its young space and the next 10 ms are ten times slower.
  async function repeatedRound(count) {
    // The other peers' turns have emptied the processor's caches.
    await measure(Math.ceil(count / 3))
    return measure(count)
  }

  async function preparedRound(count) {
    await work.prepare()
    // What the preparation left behind is not the call's to collect.
    globalThis.gc()
    return measure(count)
  }

  async function affordableCount() {
    globalThis.gc()
    let count = FIRST_COUNT
    let done = 0
    let spent = 0
    for (let last = 0; spent < warmUpMs || last < roundMs / 4; spent += last) {
      last = await measure(count)
      done += count
      if (last < roundMs / 4) count *= 2
    }
    return Math.max(1, Math.round((done * roundMs) / spent))
  }

  const prepared = work.calls !== undefined
  const count = prepared ? work.calls : await affordableCount()
  const round = prepared ? preparedRound : repeatedRound
  if (prepared) for (let i = 0; i < PREPARED_WARM_UPS; i++) await round(count)

  return async () => ((await round(count)) * 1e6) / count
}
