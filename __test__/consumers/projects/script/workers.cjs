// The package in the main thread and in four worker threads at once, two of which are terminated.
'use strict'

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads')
const library = require('native-memory-cache')
const { checkSessions } = require('./sessions.cjs')

async function inWorker(goesOn) {
  const worker = new Worker(__filename, { workerData: { goesOn } })
  const exited = once(worker, 'exit')
  const [passed] = await once(worker, 'message')
  if (goesOn) await worker.terminate()
  await exited
  return passed
}

async function main() {
  const cache = new library.MemoryCache()
  cache.set('key', 'of the main thread')
  const passed = await Promise.all([false, true, false, true].map(inWorker))
  assert.equal(cache.get('key'), 'of the main thread')
  assert.equal(cache.size(), 1)
  console.log(`${passed.reduce((sum, n) => sum + n, checkSessions(library) + 1)} passed`)
}

function work() {
  const passed = checkSessions(library)
  // Threads have no origin; windows have.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort.postMessage(passed)
  if (!workerData.goesOn) return
  const cache = new library.MemoryCache({ maxSize: 1000 })
  const churn = (i) => {
    for (let n = 0; n < 1000; n += 1) cache.set(`key ${i + n}`, n)
    setImmediate(churn, i + 1000)
  }
  churn(0)
}

if (isMainThread) main()
else work()
