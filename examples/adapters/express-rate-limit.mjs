// One rate limit for all worker threads of the process, each with a server of its own.
// Run it in a project that has native-memory-cache, express and express-rate-limit.
import { once } from 'node:events'
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { RateLimitStore } from 'native-memory-cache/express-rate-limit'

if (isMainThread) {
  const workers = [1, 2].map(() => new Worker(new URL(import.meta.url)))
  const ready = workers.map((worker) => once(worker, 'message'))
  const [[one], [other]] = await Promise.all(ready)

  for (const url of [one, other, other, one]) {
    const { status, headers } = await fetch(url)
    console.log(status, headers.get('ratelimit-remaining'))
  }
  // → 200 2
  // → 200 1
  // → 200 0
  // → 429 0
  process.exit()
}

const store = new RateLimitStore({ cache: { name: 'limits', maxSize: 0, maxBytes: 64 << 20 } })
const app = express()
app.use(rateLimit({ windowMs: 60_000, limit: 3, standardHeaders: true, store }))
app.get('/', (request, response) => response.end('Welcome'))
const server = app.listen(0, '127.0.0.1', () => {
  parentPort.postMessage(`http://127.0.0.1:${server.address().port}`)
})
