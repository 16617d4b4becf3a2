// One process of the benchmark of diagnostics channels: how it is observed, and how many rounds it makes, are its
// arguments; nanoseconds of processor time per call of each operation are what it prints.
// Lives here: the workloads. What is made of the figures belongs in ../diagnostics.mjs.
import diagnostics from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { quantile } from '../statistics.mjs'

const [, , manner, rounds] = process.argv
const CALLS = 20_000
const SIZE = 10_000
const nobody = () => false

const require = createRequire(import.meta.url)
if (manner === 'without') {
  // As if the module had not been written: the same code that asks nobody.
  const id = require.resolve('../../lib/common/diagnostics.js')
  const exports = {
    areDeletionsObserved: nobody,
    areExpirationsObserved: nobody,
    areReadsObserved: nobody,
    areWritesObserved: nobody,
    isObserved: nobody,
    observedInterest: () => 0,
    traced: (cache, key, fetch) => fetch(),
  }
  require.cache[id] = { id, filename: id, loaded: true, exports }
}
const { MemoryCache, SharedMemoryCache } = require('../../index.js')

const keys = Array.from({ length: SIZE }, (_, i) => `session:user:${i}`)
const options = { maxSize: SIZE, ttl: 1_800_000 }
const cache = new MemoryCache(options)
const shared = new SharedMemoryCache({ name: 'observed', ...options })
for (const key of keys) cache.set(key, key)
for (const key of keys) shared.set(key, 1)

const each = (call) => {
  for (let i = 0; i < CALLS; i++) call(keys[(i * 7919) % SIZE], i)
}
let created = 0
const OPERATIONS = {
  get: () => each((key) => cache.get(key)),
  has: () => each((key) => cache.has(key)),
  'set, update': () => each((key, i) => cache.set(key, i)),
  'set, evict': () => each((key, i) => cache.set(`new:${created++}`, i)),
  delete: () => each((key) => cache.delete(key)),
  'shared get': () => each((key) => shared.get(key)),
  'shared set': () => each((key, i) => shared.set(key, i)),
}

let heard = 0
const hear = () => heard++
const names = manner === 'other' ? ['evict'] : ['get', 'set', 'delete', 'evict', 'expire']
const channels = names.map((name) => `native-memory-cache:${name}`)
if (manner === 'stranger') diagnostics.subscribe('of:another-library', hear)
else if (manner !== 'without' && manner !== 'never') {
  for (const name of channels) diagnostics.subscribe(name, hear)
}
if (manner === 'after') {
  for (const operation of Object.values(OPERATIONS)) operation()
  for (const name of channels) diagnostics.unsubscribe(name, hear)
}

const measured = Object.fromEntries(Object.keys(OPERATIONS).map((name) => [name, []]))
// What is deleted comes back, and what was evicted is not counted as a miss of the next round.
const refill = () => {
  for (const key of keys) cache.set(key, key)
}
for (let round = 0; round < Number(rounds) + 2; round++) {
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    refill()
    const start = process.cpuUsage()
    operation()
    const { user, system } = process.cpuUsage(start)
    if (round >= 2 || rounds === '1') measured[name].push(((user + system) * 1000) / CALLS)
  }
}
// The fastest tenth: neighbours on the machine only ever add.
const figures = Object.entries(measured).map(([name, all]) => [name, quantile(all, 0.1)])
console.log(JSON.stringify(Object.fromEntries(figures)))
