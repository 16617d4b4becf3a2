// Threads whose fetches a test begins, settles and leaves from afar: this file is both the starter and what
// runs in the worker. What a test expects is the test's own business.

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { SharedMemoryCache } from 'native-memory-cache'
import { deferred } from './support.mjs'

/**
 * A worker with a handle of its own. `begin` returns the number of a call of getOrSet, whose fetcher settles
 * when `settle` says so; `seen` tells how often it was called, of what it was told, and whether its signal was
 * aborted; `outcome` resolves as the call does.
 */
export async function openFetcher(t, options) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { fetcher: options } })
  const calls = new Map()
  let last = 0
  worker.on('message', ({ call, failed, value }) => {
    const { resolve, reject } = calls.get(call)
    calls.delete(call)
    if (failed) reject(value)
    else resolve(value)
  })
  const send = (method, ...args) =>
    new Promise((resolve, reject) => {
      const call = ++last
      calls.set(call, { resolve, reject })
      worker.postMessage({ call, method, args })
    })
  let ended = false
  worker.once('exit', () => (ended = true))
  t.after(() => (ended ? undefined : worker.terminate()))
  await send('ready')
  return {
    worker,
    begin: (key, { leaves = false, ...wanted } = {}) => send('begin', key, leaves, wanted),
    settle: (number, settled) => send('settle', number, settled),
    abort: (number, reason) => send('abort', number, reason),
    outcome: (number) => send('outcome', number),
    seen: (number) => send('seen', number),
    call: (method, ...args) => send('call', method, args),
  }
}

function serve(options) {
  const cache = new SharedMemoryCache(options)
  const begun = new Map()
  let unhandled = 0
  process.on('unhandledRejection', () => unhandled++)
  const methods = {
    ready: () => true,
    begin(key, leaves, wanted) {
      const number = begun.size + 1
      const controller = new AbortController()
      const call = { controller, gates: [], fetches: 0, stale: undefined, aborted: false }
      begun.set(number, call)
      const signal = leaves ? controller.signal : undefined
      const fetcher = ({ signal: own, stale }) => {
        call.fetches++
        call.stale = stale
        own.addEventListener('abort', () => {
          call.aborted = true
          call.reason = { name: own.reason?.name, message: own.reason?.message }
        })
        const gate = deferred()
        call.gates.push(gate)
        return gate.promise
      }
      const promise = cache.getOrSet(key, fetcher, { ...wanted, signal })
      promise.catch(() => {})
      call.promise = promise
      return number
    },
    settle(number, { value, error }) {
      const { gates } = begun.get(number)
      for (const gate of gates) {
        if (error === undefined) gate.resolve(value)
        else gate.reject(new Error(error))
      }
    },
    abort: (number, reason) => void begun.get(number).controller.abort(new Error(reason)),
    outcome: (number) => begun.get(number).promise,
    seen(number) {
      const { fetches, stale, aborted, reason } = begun.get(number)
      return { fetches, stale, aborted, reason, unhandled }
    },
    call: (method, args) => cache[method](...args),
  }
  parentPort.on('message', async ({ call, method, args }) => {
    try {
      parentPort.postMessage({ call, value: await methods[method](...args) })
    } catch (error) {
      parentPort.postMessage({ call, failed: true, value: error })
    }
  })
}

if (!isMainThread && workerData?.fetcher !== undefined) serve(workerData.fetcher)
