// `npm run bench:scaling`: what a cache in the process is worth in front of a Redis or Valkey server.
// Lives here: the rounds, and what comes of them. What a thread does belongs in scaling/worker.mjs.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { install } from '../__test__/consumers/tools.mjs'
import { startProgress } from '../scripts/progress.mjs'
import { startRedis } from '../scripts/redis.mjs'
import { root } from '../scripts/run.mjs'
import { writeTables } from './documents.mjs'
import { readOptions } from './options.mjs'
import { circumstances, writeResults } from './report.mjs'
import { scalingTables } from './scaling/report.mjs'
import { setUpBench } from './setup.mjs'

const HELP = `npm run bench:scaling -- [options]

  (none)        everything, in under two minutes; writes bench/results and the table in docs/
  --quick       everything once and small: whether it works, not how fast; writes target/bench
  --out folder  where results are written
`

const LOAD = { keys: 20_000, maxItems: 10_000, writesPerThousand: 10, concurrency: 32, ttl: 60_000 }

const MODES = {
  full: { folder: join('bench', 'results'), ...LOAD, rounds: 7, windowMs: 1000, warmUpMs: 2000 },
  quick: {
    folder: join('target', 'bench', 'quick'),
    ...LOAD,
    rounds: 1,
    windowMs: 100,
    warmUpMs: 100,
  },
}

const CELLS = [1, 4].flatMap((threads) => [
  { threads, l1: 'none', label: 'the server alone' },
  { threads, l1: 'javascript', label: 'lru-cache in each thread' },
  { threads, l1: 'native', label: 'MemoryCache in each thread' },
  { threads, l1: 'shared', label: 'SharedMemoryCache of all threads' },
])

const values = readOptions(HELP)

async function startWorkers({ threads, l1 }, context) {
  const name = `bench-${l1}-${threads}`
  const processId = randomBytes(12).toString('hex')
  const workers = Array.from({ length: threads }, (_, i) => {
    const workerData = { ...context, l1, name, processId, seed: i + 1 }
    return new Worker(new URL('scaling/worker.mjs', import.meta.url), { workerData })
  })
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  return workers
}

async function stopWorkers(workers) {
  const ended = workers.map((worker) => once(worker, 'exit'))
  for (const worker of workers) worker.postMessage(undefined)
  await Promise.all(ended)
}

const quantile = (sorted, part) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]

const median = (numbers) =>
  quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  )

async function runFor(workers, ms) {
  for (const worker of workers) worker.postMessage(ms)
  const outcomes = await Promise.all(workers.map((worker) => once(worker, 'message')))
  const latencies = Float64Array.from(outcomes.flatMap(([outcome]) => [...outcome.latencies]))
  latencies.sort()
  return {
    perSecond: outcomes.reduce(
      (sum, [{ latencies: own, seconds }]) => sum + own.length / seconds,
      0,
    ),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    requests: latencies.length,
  }
}

/** Reads that the server has answered so far. */
async function serverReads(client) {
  const [, hits, misses] = /keyspace_hits:(\d+)\s+keyspace_misses:(\d+)/.exec(
    await client.info('stats'),
  )
  return Number(hits) + Number(misses)
}

/** One round: how fast it went, what it took of the processors, and what was asked of the server. */
async function measureRound({ workers, rounds }, ms, client) {
  const [reads, cpu] = [await serverReads(client), process.cpuUsage()]
  const round = await runFor(workers, ms)
  const { user, system } = process.cpuUsage(cpu)
  const asked = (await serverReads(client)) - reads
  rounds.push({
    ...round,
    cpuMicroseconds: (user + system) / round.requests,
    serverReadsPerThousand: (asked / round.requests) * 1000,
  })
}

const FIGURES = ['perSecond', 'p50', 'p99', 'cpuMicroseconds', 'serverReadsPerThousand']

/** Interleaved rounds of all cells: what else the machine does then hits each of them. */
async function measureAll(context, client, see) {
  const { rounds, windowMs, warmUpMs } = context.plan
  const running = []
  for (const cell of CELLS) {
    see(`starting ${cell.threads}, ${cell.label}`)
    running.push({ cell, workers: await startWorkers(cell, context), rounds: [] })
  }
  for (const { workers } of running) await runFor(workers, warmUpMs)
  for (let round = 1; round <= rounds; round++) {
    for (const one of running) {
      see(`round ${round} of ${rounds}: ${one.cell.threads}, ${one.cell.label}`)
      await measureRound(one, windowMs, client)
    }
  }
  for (const { workers } of running) await stopWorkers(workers)
  return running.map(({ cell, rounds: measured }) => {
    const figures = FIGURES.map((name) => [name, median(measured.map((round) => round[name]))])
    return Object.assign(Object.fromEntries(figures), cell)
  })
}

await setUpBench()
const mode = values.quick ? 'quick' : 'full'
const { folder, ...plan } = MODES[mode]
const installed = await install('../scaling/')
const versionOf = (name) =>
  JSON.parse(readFileSync(join(installed, 'node_modules', name, 'package.json'), 'utf8')).version

const server = await startRedis()
if (server.lacks) {
  console.error(server.lacks)
  process.exit(1)
}
const { createClient } = await import('@redis/client')
const client = await createClient({ url: server.url }).connect()
const progress = startProgress('requests through BentoCache')
let cells
try {
  const context = { libraries: join(installed, 'index.js'), url: server.url, plan }
  cells = await measureAll(context, client, progress.see)
  progress.end('ok')
} finally {
  await client.close()
  await server.stop()
}

const versions = Object.fromEntries(
  ['bentocache', 'ioredis', 'lru-cache'].map((name) => [name, versionOf(name)]),
)
const run = { mode, ...circumstances(), plan, redisServer: server.version, versions, cells }
for (const text of Object.values(scalingTables(run))) console.log(`\n${text}`)
const written = [writeResults(values.out ?? join(root, folder), 'scaling', run)]
if (mode === 'full' && values.out === undefined) written.push(...writeTables('scaling', run))
for (const file of written) console.log(`wrote ${file}`)
