// Worker threads for the tests of shared stores: this file is both the starter and what runs in
// the worker. What a test expects of it is the test's own business.

import { Worker, isMainThread, workerData } from 'node:worker_threads'

/** Starts a worker on one of the tasks of tasks.mjs. */
export function startWorker(task, options = {}, workerOptions = {}) {
  return new Worker(new URL(import.meta.url), { workerData: { task, options }, ...workerOptions })
}

/** Starts a worker on one of the tasks of doomed.cjs, which never end by themselves. */
export function startDoomed(task, options) {
  return new Worker(new URL('doomed.cjs', import.meta.url), { workerData: { task, options } })
}

/** Resolves to what the task returned, once the worker has ended. */
export function runWorker(task, options) {
  return new Promise((resolve, reject) => {
    const worker = startWorker(task, options)
    let result
    worker.on('message', (message) => (result = message))
    worker.on('error', reject)
    worker.on('exit', (code) =>
      code === 0 ? resolve(result) : reject(new Error(`${task} ended with ${code}`)),
    )
  })
}

/** Runs the task in so many workers at once, each of which gets a number as `id`. */
export function runWorkers(count, task, options) {
  const ids = Array.from({ length: count }, (_, id) => id)
  return Promise.all(ids.map((id) => runWorker(task, { ...options, count, id })))
}

/** Resolves to the worker's next message. */
export function nextMessage(worker) {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
}

/**
 * A worker with a cache of its own on which the test calls methods from afar. `events()` hands over
 * what its hooks noted; `hooks` names those it has.
 */
export async function openRemote(t, options) {
  const worker = startWorker('serve', options)
  const calls = new Map()
  let last = 0
  let ended = false
  worker.on('message', ({ call, failed, value }) => {
    const { resolve, reject } = calls.get(call)
    calls.delete(call)
    if (failed) reject(value)
    else resolve(value)
  })
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  exited.then(() => (ended = true))
  const send = (message) =>
    new Promise((resolve, reject) => {
      const call = ++last
      calls.set(call, { resolve, reject })
      worker.postMessage({ call, ...message })
    })
  t.after(() => (ended ? undefined : worker.terminate()))
  const remote = {
    worker,
    exited,
    call: (method, ...args) => send({ method, args }),
    /** Starts a `getOrSet` whose fetcher returns the value, or never settles. */
    fetch: (key, { value, pending = false, fetches } = {}) =>
      send({ special: 'fetch', args: [key, { value, pending, fetches }] }),
    events: () => send({ special: 'events', args: [] }),
    warnings: () => send({ special: 'warnings', args: [] }),
    /** Blocks the thread: sets the first number of `gate`, then waits for the second. */
    block: (gate) => send({ special: 'block', args: [gate] }),
    end: async () => {
      worker.postMessage({ special: 'end' })
      await exited
    },
  }
  await remote.call('getMetrics')
  return remote
}

if (!isMainThread && workerData?.task !== undefined) {
  const { runTask } = await import('./tasks.mjs')
  await runTask(workerData)
}
