// `npm run bench -- --eviction`: what an entry costs with each policy of eviction, and with lru-cache.
// Lives here: who takes part and what is measured. What the policies answer from is in ../hit-ratio.
import { evictionPlan, labelOf } from '../plan.mjs'
import { OURS, S3_FIFO } from '../peers/index.mjs'
import { createRunner } from '../runner.mjs'

const EVICTION_PEERS = [OURS, S3_FIFO, 'lru-cache']

/** Resolves to cells and memory as ../runner.mjs has them. */
export async function measureEviction({ sizes, memory, time }, keepProcesses) {
  const runner = createRunner({ peers: EVICTION_PEERS, floors: [], time, keepProcesses })
  try {
    const checks = await runner.checkAll()
    const measured = { ...memory, results: await runner.measureMemory(memory, checks) }
    const plan = evictionPlan(sizes)
    const cells = []
    for (const [i, cell] of plan.entries()) {
      cells.push(await runner.measure(cell, `${i + 1}/${plan.length} ${labelOf(cell)}`, checks))
    }
    return { checks, cells, memory: measured }
  } finally {
    await runner.stop()
  }
}
