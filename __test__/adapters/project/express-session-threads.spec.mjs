// Sessions that threads share. What must not live here: what one thread shows as well.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { SharedMemoryCache } from 'native-memory-cache'
import { ExpressSessionStore } from 'native-memory-cache/express-session'
import { browser } from './http.mjs'

const worker = (t, file, workerData) => {
  const started = new Worker(new URL(file, import.meta.url), { workerData })
  t.after(() => started.terminate())
  return started
}

test('a login and a logout on one thread are seen by the other at once', async (t) => {
  const name = 'sessions of two servers'
  const cache = new SharedMemoryCache({ name, maxSize: 0, ttl: 60_000 })
  const addresses = []
  for (let i = 0; i < 2; i++) {
    const [address] = await once(worker(t, 'express-session-server.mjs', { name }), 'message')
    addresses.push(address)
  }
  const [one, other] = addresses
  for (let i = 0; i < 20; i++) {
    const visit = browser(one)
    await visit(`/login/user${i}`)
    assert.equal((await visit('/user', other)).text, `user${i}`)
    await visit('/logout', i % 2 ? one : other)
    assert.equal((await visit('/user', one)).text, 'nobody')
    assert.equal((await visit('/user', other)).text, 'nobody')
  }
  assert.equal(cache.size(), 0)
})

test('no touch on another thread, whatever it is about, brings back a session that was destroyed', async (t) => {
  const ROUNDS = 500
  const name = 'touched and destroyed'
  const cache = new SharedMemoryCache({ name, maxSize: 0, ttl: 60_000 })
  const store = new ExpressSessionStore({ cache })
  // The round that is asked for, that which is under way, and how often it has touched.
  const state = new Int32Array(new SharedArrayBuffer(12))
  const toucher = worker(t, 'express-session-toucher.mjs', { name, state, rounds: ROUNDS })
  const ended = once(toucher, 'exit')
  await once(toucher, 'message')

  const revived = []
  for (let round = 1; round <= ROUNDS; round++) {
    store.set(`s${round}`, { user: 'ada', cookie: { originalMaxAge: null, expires: null } })
    Atomics.store(state, 2, 0)
    Atomics.store(state, 0, round)
    Atomics.notify(state, 0)
    const wanted = round % 4
    while (Atomics.load(state, 1) !== round || Atomics.load(state, 2) < wanted);
    store.destroy(`s${round}`)
    // Past the touch that may have been under way.
    const touched = Atomics.load(state, 2)
    while (Atomics.load(state, 2) < touched + 2);
    if (cache.has(`sess:s${round}`)) revived.push(round)
  }
  Atomics.store(state, 0, -1)
  Atomics.notify(state, 0)
  await ended
  assert.deepEqual(revived, [])
  assert.equal(cache.size(), 0)
})
