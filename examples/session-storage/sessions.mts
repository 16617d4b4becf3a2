// Session storage with audit logging: the published pattern, with another import and a shorter ttl, with
// sessions that live on while they are used, and with those of people who want to stay signed in.
// Lives here: the session cache and what can be done to a session. Requests belong in main.mts.
import { MemoryCache } from 'native-memory-cache'
import { auditLog } from './audit-log.mjs'

export interface Session {
  userId: string
  permissions: string[]
  createdAt: number
}

// A web application would say 30 * 60 * 1000; at 2 seconds the replay can show real expiry.
export const ttl = 2 * 1000

export const sessionCache = new MemoryCache<Session>({
  maxSize: 10000,
  ttl,
  updateAgeOnGet: true,
  hooks: {
    onSet: ({ key, value, isUpdate }) => {
      if (!isUpdate) {
        auditLog.info('Session created', {
          sessionId: key,
          userId: value.userId,
        })
      }
    },
    onExpire: ({ key, value }) => {
      auditLog.info('Session expired', {
        sessionId: key,
        userId: value?.userId,
      })
    },
    onDelete: ({ key, value, source }) => {
      auditLog.info('Session destroyed', {
        sessionId: key,
        userId: value?.userId,
        reason: source,
      })
    },
  },
})

/** `maxAge` is the cookie's, in milliseconds, where it has one of its own. */
export function createSession(userId: string, permissions: string[], maxAge?: number): string {
  const sessionId = crypto.randomUUID()

  sessionCache.set(sessionId, { userId, permissions, createdAt: Date.now() }, { ttl: maxAge })

  return sessionId
}

export function getSession(sessionId: string): Session | undefined {
  return sessionCache.get(sessionId)
}

export function destroySession(sessionId: string): void {
  sessionCache.delete(sessionId)
}
