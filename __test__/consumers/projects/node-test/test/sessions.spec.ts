// The session storage under the mock timers of node:test.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import {
  auditLog,
  countSessions,
  createSession,
  destroySession,
  getSession,
} from '../src/sessions.js'
import { ttl } from '../src/sessions.js'

beforeEach(() => {
  mock.timers.enable({ apis: ['Date'], now: 1_000 })
  auditLog.length = 0
})

afterEach(() => {
  mock.timers.reset()
})

test('a session can be read for half an hour and then no more', () => {
  const sessionId = createSession('ada', ['read'])
  mock.timers.tick(ttl)
  assert.deepEqual(getSession(sessionId), {
    userId: 'ada',
    permissions: ['read'],
    createdAt: 1_000,
  })
  mock.timers.tick(1)
  assert.equal(getSession(sessionId), undefined)
  assert.deepEqual(auditLog, ['created for ada', 'expired for ada, found by get'])
})

test('a destroyed session cannot be read or destroyed again', () => {
  const sessionId = createSession('bob', [])
  assert.equal(destroySession(sessionId), true)
  assert.equal(destroySession(sessionId), false)
  assert.equal(getSession(sessionId), undefined)
  assert.deepEqual(auditLog, ['created for bob', 'destroyed for bob by delete'])
})

test('expired sessions are not counted', () => {
  createSession('carol', [])
  mock.timers.tick(ttl + 1)
  createSession('dave', [])
  assert.equal(countSessions(), 1)
  assert.ok(auditLog.includes('expired for carol, found by prune'))
})

test('a wrong option is an error of the class that the package exports', () => {
  assert.throws(() => new MemoryCache({ ttl: -1 }), CacheConfigError)
})
