// What the end of a cache costs the event loop: its collection, and the end of the worker that holds it.
// Lives here: these two, in a process of their own, and that worker.
import { once } from 'node:events'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { fill, userKeys } from '../keys.mjs'
import { OURS, loadDriver } from '../peers/index.mjs'
import { longestTurn } from './clock.mjs'

const TTL_MS = 30 * 60_000
// As long as the end of a cache takes, and longer.
const WATCHED_MS = 1500

async function filled(size) {
  const driver = await loadDriver(OURS)
  const cache = driver.create({ maxSize: size, ttl: TTL_MS })
  fill(driver, cache, userKeys(size))
  return cache
}

/** The longest turn around `end`, beside that of a loop in which nothing ends. */
async function watchEnd(end) {
  globalThis.gc()
  const control = await longestTurn(WATCHED_MS)
  await end()
  return { longest: await longestTurn(WATCHED_MS), control }
}

const ENDS = {
  async 'a cache is collected'(size) {
    let cache = await filled(size)
    const outcome = await watchEnd(() => {
      if (cache.size() !== size) throw new Error('the cache is not full')
      cache = undefined
      // The collection itself is V8's and is not watched; what it finalizes is.
      globalThis.gc()
    })
    return outcome
  },
  async 'its worker ends'(size) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { size } })
    await once(worker, 'message')
    let ended = false
    worker.once('exit', () => {
      ended = true
    })
    const outcome = await watchEnd(() => worker.postMessage('end'))
    if (!ended) throw new Error('the worker has not ended in time')
    return outcome
  },
}

export const LOOP_ENDS = Object.keys(ENDS)

export const measureLoop = ({ operation, size }) => ENDS[operation](size)

if (!isMainThread && workerData?.size !== undefined) {
  const cache = await filled(workerData.size)
  parentPort.once('message', () => {
    if (cache.size() !== workerData.size) throw new Error('the cache is not full')
  })
  parentPort.postMessage('filled')
}
