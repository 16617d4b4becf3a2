// What a key costs in getMany, hasMany, setMany and deleteMany against the single call, batches of 100, for
// both kinds of caches: `node bench/batches.mjs`, less than a minute; writes bench/results and its table in docs/. Rounds are interleaved and short; the fastest tenth counts, so that
// neighbours on the machine do not.
// Lives here: workloads and their table. Comparisons with other packages belong in run.mjs.
import { join } from 'node:path'
import { MemoryCache, SharedMemoryCache } from '../index.mjs'
import { root } from '../scripts/run.mjs'
import { writeTables } from './documents.mjs'
import { circumstances, writeResults } from './report.mjs'
import { quantile } from './statistics.mjs'

const BATCH = 100
const OPERATIONS = 2_000
const ROUNDS = 200
const SIZES = [10_000, 1_000_000]
const VALUE = { userId: 'ada', permissions: ['read', 'write'] }

const KINDS = {
  MemoryCache: () => new MemoryCache({ maxSize: 0, ttl: 1_800_000 }),
  SharedMemoryCache: () =>
    new SharedMemoryCache({ name: 'batches', maxSize: 0, maxBytes: 0, ttl: 1_800_000 }),
}

const each = (keyAt, act) => {
  for (let i = 0; i < OPERATIONS; i++) act(keyAt(i))
}

const inBatches = (keyAt, act) => {
  for (let i = 0; i < OPERATIONS; i += BATCH) {
    const keys = []
    for (let j = 0; j < BATCH; j++) keys[j] = keyAt(i + j)
    act(keys)
  }
}

const WORKLOADS = {
  get: [(cache, key) => cache.get(key), (cache, keys) => cache.getMany(keys)],
  has: [(cache, key) => cache.has(key), (cache, keys) => cache.hasMany(keys)],
  set: [
    (cache, key) => cache.set(key, VALUE),
    (cache, keys) => cache.setMany(keys.map((key) => [key, VALUE])),
  ],
  delete: [(cache, key) => cache.delete(key), (cache, keys) => cache.deleteMany(keys)],
}

const nanoseconds = (run) => {
  const start = process.hrtime.bigint()
  run()
  return Number(process.hrtime.bigint() - start) / OPERATIONS
}

function measure(cache, keyAt, [single, many], refill) {
  const [singly, batched] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    if (refill) each(keyAt, (key) => cache.set(key, VALUE))
    singly.push(nanoseconds(() => each(keyAt, (key) => single(cache, key))))
    if (refill) each(keyAt, (key) => cache.set(key, VALUE))
    batched.push(nanoseconds(() => inBatches(keyAt, (keys) => many(cache, keys))))
  }
  return [singly, batched].map((rounds) => quantile(rounds, 0.1))
}

const rows = []
for (const [kind, open] of Object.entries(KINDS)) {
  for (const size of SIZES) {
    const cache = open()
    const keys = Array.from({ length: size }, (_, i) => `user:${i}:sess`)
    for (const key of keys) cache.set(key, VALUE)
    // A prime far from the order of writing.
    const numberAt = (i) => (i * 7_919) % size
    const sources = {
      same: (i) => keys[numberAt(i)],
      built: (i) => `user:${numberAt(i)}:sess`,
    }
    for (const [name, workload] of Object.entries(WORKLOADS)) {
      for (const [source, keyAt] of Object.entries(sources)) {
        const [one, batch] = measure(cache, keyAt, workload, name === 'delete')
        rows.push({ kind, operation: name, keys: source, size, one, batch })
      }
      if (name === 'delete') for (const key of keys) cache.set(key, VALUE)
    }
    cache.close()
  }
}

const run = { ...circumstances(), batch: BATCH, rounds: ROUNDS, rows }
for (const file of [
  writeResults(join(root, 'bench/results'), 'batches', run),
  ...writeTables('batches', run),
])
  console.log(`wrote ${file}`)
