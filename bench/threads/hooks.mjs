// What an audit log costs requests if its hooks run within them, and if they run after them.
// Lives here: the variants and their rounds. What a thread does in its turn belongs in auditor.mjs.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { startProgress } from '../../scripts/progress.mjs'
import { summarize } from '../statistics.mjs'

const AUDITOR = new URL('auditor.mjs', import.meta.url)
const VARIANTS = ['none', 'sync', 'deferred']

async function answered(worker) {
  const [{ result, failed }] = await once(worker, 'message')
  if (failed !== undefined) throw new Error(failed)
  return result
}

/** Resolves to one row per variant: nanoseconds per request within the turns, and in all. */
export async function measureHooks({ size, turns, rounds }) {
  const progress = startProgress('session mix with an audit log')
  const rows = []
  for (const variant of VARIANTS) {
    const worker = new Worker(AUDITOR, { workerData: { variant, size } })
    await answered(worker)
    rows.push({ variant, worker, within: [], total: [], events: 0 })
  }
  try {
    // The first round warms up.
    for (let round = -1; round < rounds; round++) {
      const first = (round + VARIANTS.length) % VARIANTS.length
      for (const row of [...rows.slice(first), ...rows.slice(0, first)]) {
        progress.see(`round ${round + 1} of ${rounds}: ${row.variant}`)
        row.worker.postMessage(turns)
        const { within, total, events } = await answered(row.worker)
        row.events += events
        if (round < 0) continue
        row.within.push(within)
        row.total.push(total)
      }
    }
    const [, sync, deferred] = rows
    if (sync.events === 0 || sync.events !== deferred.events) {
      throw new Error(`${sync.events} events were synchronous, ${deferred.events} deferred`)
    }
    progress.end('ok')
  } finally {
    await Promise.all(rows.map(({ worker }) => worker.terminate()))
  }
  return rows.map(({ variant, events, within, total }) => ({
    variant,
    events,
    within: summarize(within),
    total: summarize(total),
  }))
}
