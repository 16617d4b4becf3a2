// Worker threads for the native tests: this file is both the starter and what runs in the worker.
// No assertions of the tests themselves live here.

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'

/** Starts a worker on one of the tasks below. */
export function startWorker(task, options = {}) {
  return new Worker(new URL(import.meta.url), { workerData: { task, options } })
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

const tasks = {
  fill({ MemoryCache }, { entries }) {
    const cache = new MemoryCache({ maxSize: 0 })
    for (let i = 0; i < entries; i++) cache.set(`key:${i}:some-more-text`, i)
    return cache.size()
  },

  exercise({ MemoryCache, CacheConfigError }, { id }) {
    const events = []
    const cache = new MemoryCache({
      maxSize: 3,
      hooks: { onEvict: ({ key }) => events.push(key) },
    })
    for (let i = 0; i < 1_000; i++) cache.set(`${id}:${i}`, { id, i })
    let refused
    try {
      cache.constructor({ maxSize: -1 })
    } catch (error) {
      refused = error instanceof TypeError
    }
    try {
      Reflect.construct(MemoryCache, [{ maxSize: -1 }])
    } catch (error) {
      refused &&= error instanceof CacheConfigError && error instanceof Error
    }
    return { keys: cache.keys(), evicted: events.length, refused }
  },

  // Never ends by itself: the test terminates it at a random moment.
  async churn({ MemoryCache }) {
    const cache = new MemoryCache({
      maxSize: 50,
      ttl: 1,
      hooks: { onEvict: () => cache.has('x'), onExpire: () => cache.get('y'), onDelete() {} },
    })
    const plain = new MemoryCache({ maxSize: 100, ttl: 1 })
    parentPort.postMessage('churning')
    for (let i = 0; ; i++) {
      cache.set(`key:${i % 97}`, i)
      plain.set(`key:${i % 197}`, i)
      if (i % 50 === 0) cache.deleteByMagicString('*1*')
      if (i % 101 === 0) plain.clear()
      if (i % 500 === 0) {
        await cache.getOrSet(`flight:${i}`, async () => i)
        new MemoryCache().set('left behind', i)
      }
    }
  },
}

if (!isMainThread && workerData?.task in tasks) {
  const api = await import('native-memory-cache')
  parentPort.postMessage(await tasks[workerData.task](api, workerData.options))
}
