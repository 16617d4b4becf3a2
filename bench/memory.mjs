// What a full cache costs the process it lives in: memory, collections, pauses.
// Lives here: these measurements, in the peer's own process. What they are compared with belongs
// in report.mjs and targets.mjs.
import { PerformanceObserver, monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { keyAt, ownValueAt, userKeys, valueAt } from './keys.mjs'
import { uniform } from './random.mjs'
import { median } from './statistics.mjs'

const TTL_MS = 30 * 60_000
const FILL_CHUNK = 10_000
const COLLECTIONS = 5
const SETTLE_MS = 50
// A steady load that every peer can be expected to bear: per second, half reads, half new keys.
const OPERATIONS_PER_MS = 50
const MAX_OPERATIONS_PER_TURN = 1000

/** The pauses while `work` is done, in ms. */
export async function pausesDuring(work) {
  const pauses = []
  const take = (list) => {
    for (const { duration } of list.getEntries()) pauses.push(duration)
  }
  const observer = new PerformanceObserver(take)
  observer.observe({ entryTypes: ['gc'] })
  await work()
  // Collections are reported in a later turn.
  await sleep(SETTLE_MS)
  observer.disconnect()
  return {
    longest: pauses.reduce((longest, pause) => Math.max(longest, pause), 0),
    total: pauses.reduce((sum, pause) => sum + pause, 0),
  }
}

async function fullCollection() {
  const times = []
  for (let i = 0; i < COLLECTIONS; i++) {
    await sleep(1)
    const started = performance.now()
    globalThis.gc()
    times.push(performance.now() - started)
  }
  return median(times)
}

/** Young space at its full size, and the measuring code compiled, before anything is compared. */
export async function settle() {
  const garbage = userKeys(2_000_000)
  let length = 0
  for (let i = 0; i < garbage.size; i++) length += [keyAt(garbage, i)].length
  if (length !== garbage.size) throw new Error('the garbage was not made')
  await sleep(SETTLE_MS)
}

/** Bytes. */
export function usage() {
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers, resident: rss }
}

async function churn(driver, cache, space, size, churnMs) {
  const draws = uniform(size)
  const mask = draws.length - 1
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let done = 0
  let next = size
  delay.enable()
  const started = performance.now()
  for (;;) {
    const elapsed = performance.now() - started
    if (elapsed >= churnMs) break
    const due = Math.min(elapsed * OPERATIONS_PER_MS - done, MAX_OPERATIONS_PER_TURN)
    for (let i = 0; i < due; i++, done++) {
      if (done % 2 === 0) {
        driver.set(cache, keyAt(space, next), valueAt(next))
        next = next + 1 === space.size ? 0 : next + 1
      } else {
        driver.get(cache, keyAt(space, draws[done & mask]))
      }
    }
    await nextTurn()
  }
  delay.disable()
  const seconds = (performance.now() - started) / 1000
  return {
    p99: delay.percentile(99) / 1e6,
    max: delay.max / 1e6,
    operationsPerSecond: Math.round(done / seconds),
  }
}

async function createFull(driver, options, space, valueOf) {
  const cache = driver.create(options)
  for (let i = 0; i < options.maxSize; i++) {
    driver.set(cache, keyAt(space, i), valueOf(i))
    if (i % FILL_CHUNK === 0) await nextTurn()
  }
  return cache
}

/** Of a cache that is filled now and goes when this ends. */
async function collectionOfOwnValues(driver, options, space) {
  const cache = await createFull(driver, options, space, ownValueAt)
  const duration = await fullCollection()
  for (let i = 0; i < options.maxSize; i += 997) {
    const found = driver.get(cache, keyAt(space, i))
    if (found?.userId !== ownValueAt(i).userId) throw new Error(`entry ${i} was lost`)
  }
  return duration
}

/** What the cache takes besides the values, of which there are few. */
async function measureCache(driver, options, space, { churnMs, emptyCollection }) {
  const { maxSize: size, ttl } = options
  const before = usage()

  let cache
  const fillPauses = await pausesDuring(async () => {
    cache = await createFull(driver, options, space, valueAt)
  })

  const fullCollectionMs = (await fullCollection()) - emptyCollection
  const after = usage()
  const perEntry = (kind) => (after[kind] - before[kind]) / size
  const result = {
    ttl: ttl > 0,
    bytesPerEntry: {
      heap: perEntry('heap'),
      buffers: perEntry('buffers'),
      resident: perEntry('resident'),
    },
    fullCollectionMs,
    fillPauses,
  }
  // A read of each: what was measured was there, and is not collected before.
  for (let i = 0; i < size; i += 997) {
    const found = driver.get(cache, keyAt(space, i))
    if (found !== valueAt(i)) throw new Error(`entry ${i} was lost`)
  }
  if (driver.lru) {
    result.churnPauses = await pausesDuring(async () => {
      result.delay = await churn(driver, cache, space, size, churnMs)
    })
  }

  return result
}

/** Of copies only what they cost the collector can be compared. */
export async function measureMemory(driver, { size, churnMs }) {
  const ttl = driver.ttl ? TTL_MS : 0
  const options = { maxSize: size, ttl }
  // The ring of keys is as long as it is for the peer that forgets late: see set with eviction.
  const space = userKeys(size * 3)
  await settle()
  const emptyCollection = await fullCollection()
  const ofCache = driver.copies
    ? { ttl: ttl > 0 }
    : await measureCache(driver, options, space, { churnMs, emptyCollection })
  const withOwnValues = await collectionOfOwnValues(driver, options, space)
  return { ...ofCache, ownValuesCollectionMs: withOwnValues - emptyCollection }
}
