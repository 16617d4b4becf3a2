// A worker that can read all sessions, and has read each of them.
// Lives here: what it holds. When it is measured belongs in memory-process.mjs.
import { parentPort, workerData } from 'node:worker_threads'
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { keyAt } from '../keys.mjs'
import { NONE, OWN, SHARED } from './memory.mjs'
import { sessionsOf } from './sources.mjs'

const { kind, size, first } = workerData
const space = sessionsOf(size)

// Each session its own objects: values that are shared would cost nothing in a store of objects.
const sessionAt = (i) => ({
  userId: `user ${i}`,
  permissions: ['read', 'write'],
  createdAt: 1_700_000_000_000 + i,
})

// Twice the room, for the limit is divided over the shards, which are never equally full.
const options = { maxSize: size * 2, ttl: 30 * 60_000 }

/** Makes the same garbage as the others, and forgets. */
const nothing = { set: () => {}, get: (_key, i) => sessionAt(i) }

function open() {
  if (kind === NONE) return nothing
  return kind === OWN
    ? new MemoryCache(options)
    : new SharedMemoryCache({ name: 'bench: memory', ...options })
}

const cache = open()
if (first || kind !== SHARED) {
  for (let i = 0; i < size; i++) cache.set(keyAt(space, i), sessionAt(i))
}

function read(i) {
  const session = cache.get(keyAt(space, i), i)
  if (session?.createdAt !== sessionAt(i).createdAt) throw new Error(`session ${i} was lost`)
}
for (let i = 0; i < size; i++) read(i)

parentPort.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  // Held until now, and for as long as there can be a message.
  read(0)
  parentPort.postMessage('collected')
})
parentPort.postMessage('held')
