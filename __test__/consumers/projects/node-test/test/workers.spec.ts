// Sessions in worker threads: each thread that loads the package has caches of its own.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { countSessions, createSession } from '../src/sessions.js'

const login = new URL('login.mjs', import.meta.url)

test('four worker threads keep their sessions apart from each other and from this thread', async () => {
  createSession('ada', [])
  const counts = await Promise.all(
    [1, 2, 3, 4].map(async (users) => {
      const worker = new Worker(login, { workerData: users })
      const [[count]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
      return count
    }),
  )
  assert.deepEqual(counts, [1, 2, 3, 4])
  assert.equal(countSessions(), 1)
})
