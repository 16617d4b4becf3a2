// Entries of shared stores that live up to a given time, where that is a fraction of a millisecond away or
// passes while they are written. What a lifetime is otherwise belongs in the tests of both kinds.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockClock, openShared } from './support.mjs'

const WRITES = {
  set: (cache, options) => cache.set('k', 1, options),
  setIfAbsent: (cache, options) => cache.setIfAbsent('k', 1, options),
  replace: (cache, options) => cache.replace('k', 1, options),
  update: (cache, options) => cache.update('k', () => 1, options),
}

function openFor(t, method) {
  const cache = openShared(t, { ttl: 0 })
  if (method === 'replace') cache.set('k', 0)
  return cache
}

for (const [method, write] of Object.entries(WRITES)) {
  test(`${method} until a fraction of a millisecond from now lives no longer than that`, (t) => {
    const clock = mockClock(t)
    const cache = openFor(t, method)
    const expiresAt = clock.now + 0.25
    write(cache, { expiresAt })
    assert.equal(cache.info('k').expiresAt, expiresAt)
    clock.now += 0.5
    assert.equal(cache.has('k'), false)
  })

  test(`${method} until a time that passes meanwhile does not live for ever`, (t) => {
    const clock = mockClock(t)
    const cache = openFor(t, method)
    const times = [clock.now, clock.now + 150]
    Date.now = () => times.shift() ?? clock.now
    write(cache, { expiresAt: clock.now + 100 })
    assert.deepEqual(times, [], 'the second look at the clock found that the time had passed')
    clock.now += 200
    assert.equal(cache.has('k'), false)
  })
}
