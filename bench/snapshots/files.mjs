// What a save and a restore take, beside a copy of the same bytes by `dd` and beside what a program would write by
// itself, and what the event loop feels of it. Each in a process of its own; the parts of one in turns.
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { MemoryCache, SharedMemoryCache } from '../../index.mjs'
import { root } from '../../scripts/run.mjs'

const MS_PER_NS = 1e-6
const RESOLUTION_MS = 1
const TTL_MS = 30 * 60_000

const keyOf = (i) => `sess:${i.toString(16).padStart(32, '0')}`

/** Some 200 bytes as JSON. */
const sessionOf = (i) => ({
  user: `user-${i}`,
  token: i.toString(36).padStart(64, 'k'),
  cookie: { originalMaxAge: 1_800_000, httpOnly: true, path: '/' },
  seen: 1_700_000_000_000 + i,
  cart: [i, i + 1],
})

/** A folder on the disk that the repository is on: the system's for temporary files may be memory. */
function onDisk(use) {
  const parent = join(root, 'target', 'bench')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'snapshots-'))
  return use((name) => join(folder, name)).finally(() => rmSync(folder, { recursive: true }))
}

function synchronously(step) {
  const started = performance.now()
  step()
  return performance.now() - started
}

/** How long it takes, and by how much timers were late meanwhile. A loop that spins would take the save's processor. */
async function watched(step) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  const started = performance.now()
  await step()
  const ms = performance.now() - started
  delays.disable()
  return { ms, longest: delays.max * MS_PER_NS, p99: delays.percentile(99) * MS_PER_NS }
}

/** As a program does it that has a `Map`. */
function writeJson(path, map) {
  const text = JSON.stringify([...map])
  const file = openSync(path, 'w')
  writeSync(file, text)
  fsyncSync(file)
  closeSync(file)
}

function readJson(path) {
  return new Map(JSON.parse(readFileSync(path, 'utf8')))
}

function copy(from, to) {
  return synchronously(() =>
    execFileSync('dd', [`if=${from}`, `of=${to}`, 'bs=1M', 'conv=fsync'], { stdio: 'ignore' }),
  )
}

function plainMap(size) {
  const map = new Map()
  for (let i = 0; i < size; i++) map.set(keyOf(i), sessionOf(i))
  return map
}

function filled(cache, size) {
  for (let i = 0; i < size; i++) cache.set(keyOf(i), sessionOf(i))
  return cache
}

async function measure(cache, copied, size) {
  return onDisk(async (at) => {
    let saved
    const save = await watched(async () => (saved = await cache.save(at('snapshot'))))
    if (saved.entries !== size) throw new Error(`${saved.entries} entries of ${size}`)
    const dd = copy(at('snapshot'), at('copy'))
    const restore = await watched(() => copied.restore(at('snapshot')))
    if (copied.size() !== size) throw new Error(`${copied.size()} entries of ${size}`)
    cache.close()
    copied.close()
    let map = plainMap(size)
    const jsonSave = synchronously(() => writeJson(at('json'), map))
    map = undefined
    const jsonRestore = synchronously(() => (map = readJson(at('json'))))
    if (map.size !== size) throw new Error('the rival has lost some')
    return {
      bytes: saved.bytes,
      save: save.ms,
      saveLongest: save.longest,
      saveP99: save.p99,
      restore: restore.ms,
      restoreLongest: restore.longest,
      restoreP99: restore.p99,
      dd,
      jsonSave,
      jsonRestore,
    }
  })
}

const openShared = (name) => new SharedMemoryCache({ name, maxSize: 0, ttl: TTL_MS })
const openMemory = () => new MemoryCache({ maxSize: 0, ttl: TTL_MS })

export const measureShared = ({ size }) =>
  measure(filled(openShared('sessions'), size), openShared('copy'), size)

export const measureMemory = ({ size }) => measure(filled(openMemory(), size), openMemory(), size)
