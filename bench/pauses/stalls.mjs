// How long a `get` on one thread can wait for what another thread does to the whole store.
// Lives here: both threads. Where the figures go belongs in index.mjs.
//
// The reader's control is a store of its own, read for as long while the other thread computes: what
// the machine takes from two busy threads is in it.
import { once } from 'node:events'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { SharedMemoryCache } from '../../index.mjs'
import { keyAt, userKeys, valueAt } from '../keys.mjs'
import { idleGap } from './clock.mjs'

const NAME = 'bench: stalls'
const CONTROL = `${NAME}, control`
const READ = 1000
const LEAD_MS = 20
const TTL_MS = 30 * 60_000
// What `state` tells the reader.
const STOP = 0
const GO = 1

const STEPS = {
  'keys()': (cache) => cache.keys(),
  'entries()': (cache) => cache.entries(),
  'deleteByMagicString, no match': (cache) => cache.deleteByMagicString('*no such key*'),
  'clear()': (cache) => cache.clear(),
  'destroy()': () => SharedMemoryCache.destroy(NAME),
}

export const STALL_STEPS = Object.keys(STEPS)

const openStore = (name, size, shards) =>
  new SharedMemoryCache({ name, maxSize: size * 2, ttl: TTL_MS, shards })

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

export async function measureStall({ operation, size, shards }) {
  const cache = openStore(NAME, size, shards)
  const control = openStore(CONTROL, READ, shards)
  const space = userKeys(size)
  for (let i = 0; i < size; i++) cache.set(keyAt(space, i), valueAt(i))
  // Numbers: reading them makes nothing that the reader's thread would have to collect.
  for (let i = 0; i < READ; i++) for (const each of [cache, control]) each.set(keyAt(space, i), i)
  const state = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL(import.meta.url), { workerData: { state, size, shards } })
  await once(worker, 'message')
  globalThis.gc()

  async function longestRead(name, work) {
    Atomics.store(state, 0, GO)
    worker.postMessage(name)
    // The reader is to be at work before.
    pause(LEAD_MS)
    const started = performance.now()
    work()
    const took = performance.now() - started
    Atomics.store(state, 0, STOP)
    const [longest] = await once(worker, 'message')
    return { longest, took }
  }

  // The reader's code has to be compiled before.
  await longestRead(CONTROL, () => idleGap(LEAD_MS * 5))
  const { longest, took } = await longestRead(NAME, () => STEPS[operation](cache))
  const idle = await longestRead(CONTROL, () => idleGap(took))
  await worker.terminate()
  return { longest, control: idle.longest, took }
}

/** False once the store is no more, which is how `destroy()` ends a reader's work. */
function readOne(cache, key) {
  try {
    cache.get(key)
    return true
  } catch (error) {
    if (SharedMemoryCache.names().includes(NAME)) throw error
    return false
  }
}

function readUntilStopped({ cache, keys, state }) {
  let longest = 0
  let open = true
  for (let i = 0; open && Atomics.load(state, 0) === GO; i++) {
    const before = performance.now()
    open = readOne(cache, keys[i % READ])
    const took = performance.now() - before
    if (took > longest) longest = took
  }
  return longest
}

if (!isMainThread && workerData?.state !== undefined) {
  const { state, size, shards } = workerData
  const stores = {
    [NAME]: openStore(NAME, size, shards),
    [CONTROL]: openStore(CONTROL, READ, shards),
  }
  const keys = userKeys(READ, { keep: true }).objects
  parentPort.on('message', (name) => {
    parentPort.postMessage(readUntilStopped({ cache: stores[name], keys, state }))
  })
  parentPort.postMessage('ready')
}
