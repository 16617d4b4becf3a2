// The session storage under jest's fake timers.
import { isMainThread } from 'node:worker_threads'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { CacheConfigError, MemoryCache } from 'native-memory-cache'
import {
  auditLog,
  countSessions,
  createSession,
  destroySession,
  getSession,
  ttl,
} from '../src/sessions.js'

beforeEach(() => {
  jest.useFakeTimers()
  auditLog.length = 0
})

afterEach(() => {
  jest.useRealTimers()
})

test('runs in a worker thread if and only if jest was told to use threads', () => {
  expect(isMainThread).toBe(process.env.THREADS === undefined)
})

test('a session can be read for half an hour and then no more', () => {
  const sessionId = createSession('ada', ['read'])
  jest.advanceTimersByTime(ttl)
  expect(getSession(sessionId)).toEqual({
    userId: 'ada',
    permissions: ['read'],
    createdAt: Date.now() - ttl,
  })
  jest.advanceTimersByTime(1)
  expect(getSession(sessionId)).toBeUndefined()
  expect(auditLog).toEqual(['created for ada', 'expired for ada, found by get'])
})

test('a destroyed session cannot be read or destroyed again', () => {
  const sessionId = createSession('bob', [])
  expect(destroySession(sessionId)).toBe(true)
  expect(destroySession(sessionId)).toBe(false)
  expect(getSession(sessionId)).toBeUndefined()
  expect(auditLog).toEqual(['created for bob', 'destroyed for bob by delete'])
})

test('expired sessions are not counted', () => {
  createSession('carol', [])
  jest.advanceTimersByTime(ttl + 1)
  createSession('dave', [])
  expect(countSessions()).toBe(1)
  expect(auditLog).toContain('expired for carol, found by prune')
})

test('a wrong option is an error of the class that the package exports', () => {
  expect(() => new MemoryCache({ ttl: -1 })).toThrow(CacheConfigError)
})
