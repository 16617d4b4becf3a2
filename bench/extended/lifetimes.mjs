// What entries with lifetimes of their own take, in time and in memory.
// Lives here: the mixes of lifetimes and what is done with each, in a process of its own.
import { MemoryCache } from '../../index.mjs'
import { keyAt, userKeys } from '../keys.mjs'
import { randomNumbers } from '../random.mjs'

const HOUR_MS = 3_600_000
// A prime that divides no size, so that each entry is met once, in no order of theirs.
const STRIDE = 7919
const WARM_UP = 20_000

/** By entry: milliseconds, or undefined for the cache's own. */
const MIXES = {
  'one ttl': () => () => undefined,
  'four ttls': () => (i) => HOUR_MS + (i & 3) * 1000,
  'random ttls'() {
    const next = randomNumbers()
    return () => HOUR_MS + next() / 1000
  },
}

/** What is done with a cache, in this order, each once per entry. */
export const PHASES = ['fill', 'update', 'evict']

export const lifetimeCells = (size) =>
  Object.keys(MIXES).map((operation) => ({ kind: 'lifetimes', operation, size, name: 'native' }))

const open = (size) => new MemoryCache({ maxSize: size, ttl: 2 * HOUR_MS })

function resident() {
  globalThis.gc()
  return process.memoryUsage().rss
}

/** Nanoseconds per write, the key at `place(i)` built for it. */
function writeAll(cache, space, ttls, place) {
  const { length } = ttls
  const started = performance.now()
  for (let i = 0; i < length; i++) cache.set(keyAt(space, place(i)), i, ttls[i])
  return ((performance.now() - started) * 1e6) / length
}

export function measureLifetimes({ operation, size }) {
  const space = userKeys(size * 2)
  const ttlOf = MIXES[operation]()
  const ttls = Array.from({ length: size }, (_, i) => ttlOf(i))
  const places = {
    fill: (i) => i,
    update: (i) => (i * STRIDE) % size,
    evict: (i) => size + i,
  }
  const warm = open(WARM_UP)
  for (const phase of PHASES) writeAll(warm, space, ttls.slice(0, WARM_UP), places[phase])
  warm.close()

  const before = resident()
  const cache = open(size)
  const ns = { fill: writeAll(cache, space, ttls, places.fill) }
  const bytes = {
    resident: (resident() - before) / size,
    native: cache.getMetrics().bytes / size,
  }
  for (const phase of PHASES.slice(1)) ns[phase] = writeAll(cache, space, ttls, places[phase])
  if (cache.size() !== size) throw new Error(`${cache.size()} of ${size} entries are left`)
  return { ...ns, ...bytes }
}
