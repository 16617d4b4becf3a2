// The session storage in ava's worker threads, under the fake timers that its documentation names.
import { isMainThread } from 'node:worker_threads'
import FakeTimers from '@sinonjs/fake-timers'
import test from 'ava'
import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import {
  auditLog,
  countSessions,
  createSession,
  destroySession,
  getSession,
} from '../src/sessions.js'
import { ttl } from '../src/sessions.js'

const clock = FakeTimers.install({ toFake: ['Date'] })

test.after.always(() => clock.uninstall())

test.beforeEach(() => {
  auditLog.length = 0
})

test.serial('runs in a worker thread unless ava was told to use processes', (t) => {
  t.is(isMainThread, process.env.THREADS === undefined)
})

test.serial('a session can be read for half an hour and then no more', (t) => {
  const sessionId = createSession('ada', ['read'])
  clock.tick(ttl)
  t.deepEqual(getSession(sessionId), {
    userId: 'ada',
    permissions: ['read'],
    createdAt: Date.now() - ttl,
  })
  clock.tick(1)
  t.is(getSession(sessionId), undefined)
  t.deepEqual(auditLog, ['created for ada', 'expired for ada, found by get'])
})

test.serial('a destroyed session cannot be read or destroyed again', (t) => {
  const sessionId = createSession('bob', [])
  t.true(destroySession(sessionId))
  t.false(destroySession(sessionId))
  t.is(getSession(sessionId), undefined)
  t.deepEqual(auditLog, ['created for bob', 'destroyed for bob by delete'])
})

test.serial('expired sessions are not counted', (t) => {
  createSession('carol', [])
  clock.tick(ttl + 1)
  createSession('dave', [])
  t.is(countSessions(), 1)
  t.true(auditLog.includes('expired for carol, found by prune'))
})

test.serial('a wrong option is an error of the class that the package exports', (t) => {
  t.throws(() => new MemoryCache({ ttl: -1 }), { instanceOf: CacheConfigError })
})
