// Limits that hold for several threads together. What must not live here: what one thread shows as well.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { SharedMemoryCache } from 'native-memory-cache'
import { RateLimitStore } from 'native-memory-cache/express-rate-limit'

const THREADS = 4
const REQUESTS = 200
const settings = { name: 'limits of four servers', limit: 50, windowMs: 15 * 60_000 }

const [major, minor] = process.versions.node.split('.').map(Number)
const reusePort =
  process.platform === 'linux' &&
  (major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12))

async function start(t, port) {
  const workerData = { ...settings, port, reusePort }
  const worker = new Worker(new URL('express-rate-limit-server.mjs', import.meta.url), {
    workerData,
  })
  t.after(() => worker.terminate())
  const [listening] = await once(worker, 'message')
  return listening
}

test(`${THREADS} servers ${reusePort ? 'on one port' : 'on a port each'} let through exactly what the limit says`, async (t) => {
  const cache = new SharedMemoryCache({ name: settings.name, maxSize: 0 })
  const ports = [await start(t, 0)]
  while (ports.length < THREADS) ports.push(await start(t, reusePort ? ports[0] : 0))
  assert.equal(new Set(ports).size, reusePort ? 1 : THREADS)

  const store = new RateLimitStore({ cache })
  store.init(settings)
  for (let window = 0; window < 3; window++) {
    const before = Date.now()
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, async (_, i) => {
        const address = `http://127.0.0.1:${ports[i % THREADS]}`
        const response = await fetch(address, { headers: { connection: 'close' } })
        return { status: response.status, ...(await response.json()) }
      }),
    )
    const after = Date.now()
    const passed = answers.filter(({ status }) => status === 200)
    assert.equal(passed.length, settings.limit)
    assert.equal(answers.filter(({ status }) => status === 429).length, REQUESTS - settings.limit)
    assert.deepEqual(
      answers.map(({ used }) => used).toSorted((a, b) => a - b),
      Array.from({ length: REQUESTS }, (_, i) => i + 1),
    )
    const ends = answers.map(({ resetTime }) => Date.parse(resetTime))
    const [earliest, latest] = [Math.min(...ends), Math.max(...ends)]
    assert.ok(earliest >= before + settings.windowMs, `${earliest - before}`)
    assert.ok(latest <= after + settings.windowMs, `${latest - after}`)
    // Each thread reads the clock by itself after it has counted.
    assert.ok(earliest <= store.get('everybody').resetTime.getTime() + 1)
    t.diagnostic(`${new Set(answers.map(({ thread }) => thread)).size} threads answered`)
    store.resetKey('everybody')
  }
})
