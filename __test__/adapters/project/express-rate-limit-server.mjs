// A worker thread with a server of its own, whose limit is counted in the store `workerData.name`.
import { createServer } from 'node:http'
import { parentPort, threadId, workerData } from 'node:worker_threads'
import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { RateLimitStore } from 'native-memory-cache/express-rate-limit'

const { name, limit, windowMs, port, reusePort } = workerData
const answer = ({ rateLimit: { used, resetTime } }, response) => {
  response.json({ used, resetTime, thread: threadId })
}

const app = express()
app.use(
  rateLimit({
    windowMs,
    limit,
    keyGenerator: () => 'everybody',
    store: new RateLimitStore({ cache: { name } }),
    handler: (request, response) => answer(request, response.status(429)),
  }),
)
app.get('/', answer)

const server = createServer(app).listen({ host: '127.0.0.1', port, reusePort }, () => {
  parentPort.postMessage(server.address().port)
})
