// The threads that read, alone and two at a time: interleaved rounds over all sources.
// Lives here: the start of the threads, whose turn it is, what comes of the rounds. What a thread
// does in its turn belongs in reader.mjs.
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { startProgress } from '../../scripts/progress.mjs'
import { SEED } from '../random.mjs'
import { summarize } from '../statistics.mjs'
import { MEMORY, NEAR, SHARED, SOURCES, answer, filled, ownCache, sessionsOf } from './sources.mjs'

/** Own caches tell what the machine allows. */
const PAIRS = [MEMORY, NEAR, SHARED]

// Long enough for a message to arrive: threads of a pair begin at the same time.
const LEAD_NS = 5_000_000n

const READER = new URL('reader.mjs', import.meta.url)

async function outcome(worker) {
  const [{ nanoseconds, failed }] = await once(worker, 'message')
  if (failed !== undefined) throw new Error(failed)
  return nanoseconds
}

async function startReader(source, seed, { size, redisPort, cache }) {
  const { port1, port2 } = new MessageChannel()
  answer(port1, cache)
  const workerData = { source, size, seed, redisPort, port: port2 }
  const worker = new Worker(READER, { workerData, transferList: [port2] })
  await outcome(worker)
  return worker
}

/** Nanoseconds per read of all workers together. */
async function readTogether(workers, ms) {
  const begin = process.hrtime.bigint() + LEAD_NS
  for (const worker of workers) worker.postMessage({ begin, ms })
  const nanoseconds = await Promise.all(workers.map(outcome))
  return 1 / nanoseconds.reduce((sum, each) => sum + 1 / each, 0)
}

async function startTurns(context) {
  const { redis } = context
  const turns = []
  for (const [source, { redis: needsRedis }] of Object.entries(SOURCES)) {
    const turn = { source, threads: 1, workers: [], rounds: [] }
    turns.push(turn)
    if (needsRedis && redis.lacks !== undefined) turn.lacks = redis.lacks
    else turn.workers.push(await startReader(source, SEED, context))
  }
  for (const source of PAIRS) {
    const [first] = turns.find((turn) => turn.source === source).workers
    const second = await startReader(source, SEED + 1, context)
    turns.push({ source, threads: 2, workers: [first, second], rounds: [] })
  }
  return turns
}

function outcomeOf({ source, threads, lacks, rounds }) {
  return lacks === undefined
    ? { source, threads, ...summarize(rounds) }
    : { source, threads, lacks }
}

/** Resolves to `{ source, threads, lacks }` or `{ source, threads, ...summary }` for each turn. */
export async function measureReads({ size, rounds, windowMs, warmUpMs, redis }) {
  const progress = startProgress(`reads of ${size} sessions`)
  const cache = filled(ownCache(size), sessionsOf(size))
  const turns = await startTurns({ size, cache, redis, redisPort: redis.port })
  const able = turns.filter(({ workers }) => workers.length > 0)
  try {
    for (const { workers } of able) await readTogether(workers, warmUpMs)
    for (let round = 0; round < rounds; round++) {
      const first = round % able.length
      for (const turn of [...able.slice(first), ...able.slice(0, first)]) {
        progress.see(`round ${round + 1} of ${rounds}: ${turn.source}`)
        turn.rounds.push(await readTogether(turn.workers, windowMs))
      }
    }
    progress.end('ok')
  } finally {
    const workers = new Set(turns.flatMap((turn) => turn.workers))
    await Promise.all([...workers].map((worker) => worker.terminate()))
  }
  return turns.map(outcomeOf)
}
