// A process whose workers hold sessions; it tells its resident memory when all of them do.
// Lives here: this process. What a worker holds belongs in holder.mjs.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

const SETTLE_MS = 200

const { workers: count, kind, size } = JSON.parse(process.argv[2])
const workers = []
for (let i = 0; i < count; i++) {
  // One after the other: the first one fills what is shared.
  const workerData = { kind, size, first: i === 0 }
  const worker = new Worker(new URL('holder.mjs', import.meta.url), { workerData })
  worker.on('error', (error) => {
    throw error
  })
  await once(worker, 'message')
  workers.push(worker)
}

for (const worker of workers) {
  worker.postMessage('collect')
  await once(worker, 'message')
}
globalThis.gc()
await sleep(SETTLE_MS)
process.send({ resident: process.memoryUsage().rss })
process.on('disconnect', () => process.exit())
