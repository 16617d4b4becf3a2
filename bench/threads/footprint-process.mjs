// A process that fills one store of limited bytes, in the turns of a run, and tells its resident
// memory before, after each turn and after `clear()`.
// Lives here: this process and its workers. Which runs there are belongs in footprint.mjs.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { SharedMemoryCache } from '../../index.mjs'
import { SEED, randomNumbers } from '../random.mjs'
import { RUNS } from './footprint.mjs'

// Some allocators give memory back only after a while.
const SETTLE_MS = 1500
// A turn writes so much more than the store can hold, for shards are never equally full.
const SURPLUS = 1.25
// Before anything is measured, each turn is taken once with a store of this size: V8's young space
// has then grown.
const WARM_UP_BYTES = 2 ** 20

const open = (name, maxBytes) =>
  new SharedMemoryCache({ name, maxBytes, maxSize: 0, ttl: 30 * 60_000 })

const resident = () => process.memoryUsage.rss()

async function settled() {
  globalThis.gc()
  await sleep(SETTLE_MS)
  return resident()
}

// What the store counts for an entry beside its value, or little more.
const BOOKKEEPING = 320

/** Writes values of `least` to `most` bytes under new keys until the store has been filled. */
function writeTurn(cache, maxBytes, turn, [least, most]) {
  const source = Buffer.alloc(most, 1)
  const next = randomNumbers(SEED + turn)
  for (let written = 0, i = 0; written < maxBytes * SURPLUS; i++) {
    const length = least + (next() % (most - least + 1))
    cache.set(`turn ${turn}: ${i}`, source.subarray(0, length))
    written += length + BOOKKEEPING
  }
  globalThis.gc()
}

function takeTurns() {
  const { name, maxBytes } = workerData
  const cache = open(name, maxBytes)
  const small = open(`${name}: warm-up`, WARM_UP_BYTES)
  parentPort.on('message', ({ turn, sizes, warmUp }) => {
    writeTurn(warmUp ? small : cache, maxBytes, turn, sizes)
    parentPort.postMessage('written')
  })
}

async function fillInTurns({ run, maxBytes }) {
  const { threads, turns } = RUNS[run]
  const name = 'bench: footprint'
  const cache = open(name, maxBytes)
  const small = open(`${name}: warm-up`, WARM_UP_BYTES)
  // One thread means this one.
  const workers = Array.from(
    { length: threads > 1 ? threads : 0 },
    () => new Worker(new URL(import.meta.url), { workerData: { name, maxBytes } }),
  )

  async function take(turn, sizes, warmUp) {
    if (workers.length === 0) return writeTurn(warmUp ? small : cache, maxBytes, turn, sizes)
    const worker = workers[turn % workers.length]
    worker.postMessage({ turn, sizes, warmUp })
    return once(worker, 'message')
  }

  for (const [turn, sizes] of turns.entries()) await take(turn, sizes, true)
  small.clear()
  const before = await settled()
  let most = 0
  for (const [turn, sizes] of turns.entries()) {
    await take(turn, sizes, false)
    most = Math.max(most, resident())
  }
  const filled = await settled()
  const { bytes } = cache.getMetrics()
  cache.clear()
  const atOnce = resident()
  const cleared = await settled()
  process.send({
    bytes,
    most: most - before,
    filled: filled - before,
    clearedAtOnce: atOnce - before,
    cleared: cleared - before,
  })
}

if (isMainThread) {
  await fillInTurns(JSON.parse(process.argv[2]))
  process.on('disconnect', () => process.exit())
} else {
  takeTurns()
}
