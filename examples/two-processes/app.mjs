// One process of the app: two worker threads, each with its handle on the L1 that they have in common.
// Lives here: the threads, and what they are asked by the parent process. What a cache is made of belongs
// in cacheable.mjs and bentocache.mjs.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { shareProcessId } from './process-id.mjs'

const WORKERS = 2

function start() {
  const options = JSON.parse(process.argv[2])
  shareProcessId()
  const workers = Array.from({ length: WORKERS }, () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options })
    return worker.on('message', (answer) => process.send(answer))
  })
  process.on('message', ({ worker, ...question }) => workers[worker].postMessage(question))
}

async function answerQuestions({ library, ...options }) {
  const { openCache } = await import(`./${library}.mjs`)
  // The layers go on without the server; an app would log why.
  const failures = []
  const cache = openCache({ ...options, onError: (error) => failures.push(error.message) })

  const actions = {
    /** `inDatabase` is what the database would say. */
    async read({ key, inDatabase }) {
      let from = 'cache'
      const load = () => {
        from = 'database'
        return inDatabase
      }
      return { value: await cache.read(key, load), from }
    },
    write: ({ key, value }) => cache.write(key, value),
    remove: ({ key }) => cache.remove(key),
    failures: () => failures.splice(0),
    close: () => cache.close(),
  }

  parentPort.on('message', async ({ id, action, ...details }) => {
    try {
      parentPort.postMessage({ id, result: await actions[action](details) })
    } catch (error) {
      parentPort.postMessage({ id, failure: error.stack })
    }
    if (action === 'close') parentPort.close()
  })
}

await (isMainThread ? start() : answerQuestions(workerData))
