// Walking over a large cache: scan, step by step, against a list.
// Lives here: what is walked over and what is measured, in a process of its own.
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { fill, userKeys } from '../keys.mjs'
import { idleGap } from '../pauses/clock.mjs'

const TTL_MS = 30 * 60_000
const WARM_UP = 20_000
const WARM_UPS = 3

const CACHES = {
  native: (size) => new MemoryCache({ maxSize: size, ttl: TTL_MS }),
  shared: (size) =>
    new SharedMemoryCache({ name: `bench: ${size}`, maxSize: size * 2, ttl: TTL_MS }),
}

function* inOneStep(list) {
  yield list()
}

const ofList = (list) => list.length

/** `steps` makes an iterator whose steps are what the caller waits for, `count` tells how many entries one has. */
const WALKS = {
  scan: { steps: (cache) => cache.scan(), count: () => 1 },
  'keys()': { steps: (cache) => inOneStep(() => cache.keys()), count: ofList },
  'entries()': { steps: (cache) => inOneStep(() => cache.entries()), count: ofList },
}

export const walkCells = (size) =>
  Object.keys(WALKS).flatMap((operation) =>
    Object.keys(CACHES).map((name) => ({ kind: 'walk', operation, size, name })),
  )

function held() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Milliseconds: the longest step, and all of them. */
function walk({ steps, count }, cache) {
  const started = performance.now()
  let last = started
  let longest = 0
  let entries = 0
  for (const step of steps(cache)) {
    const now = performance.now()
    if (now - last > longest) longest = now - last
    last = now
    entries += count(step)
  }
  if (entries !== cache.getMetrics().entries) throw new Error(`${entries} entries were met`)
  return { longest, total: last - started }
}

function openFull(name, size) {
  const cache = CACHES[name](size)
  fill({ set: (target, key, value) => target.set(key, value) }, cache, userKeys(size))
  return cache
}

export function measureWalk({ operation, size, name }) {
  const measured = WALKS[operation]
  const warm = openFull(name, Math.min(size, WARM_UP))
  for (let i = 0; i < WARM_UPS; i++) walk(measured, warm)
  warm.close()

  const cache = openFull(name, size)
  const before = held()
  // In the middle of the walk: all of a list, of a scan what its step holds.
  const steps = measured.steps(cache)
  const { value, done } = steps.next()
  const bytes = held() - before
  if (done || value === undefined) throw new Error('nothing was met')
  const { longest, total } = walk(measured, cache)
  return { longest, total, bytes, idle: idleGap(total) }
}
