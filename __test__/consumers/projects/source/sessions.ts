// Session storage with audit logging, as an application has it. Every project compiles this file.
// Lives here: what an application does with sessions. How it is tested is each project's own affair.
import { MemoryCache } from 'native-memory-cache'

export interface Session {
  userId: string
  permissions: string[]
  createdAt: number
}

export const ttl = 30 * 60 * 1000

export const auditLog: string[] = []

const sessionCache = new MemoryCache<Session>({
  maxSize: 10000,
  ttl,
  hooks: {
    onSet: ({ value, isUpdate }) => {
      if (!isUpdate) auditLog.push(`created for ${value.userId}`)
    },
    onExpire: ({ value, source }) => {
      auditLog.push(`expired for ${value?.userId}, found by ${source}`)
    },
    onDelete: ({ value, source }) => {
      auditLog.push(`destroyed for ${value?.userId} by ${source}`)
    },
  },
})

export function createSession(userId: string, permissions: string[]): string {
  const sessionId = crypto.randomUUID()
  sessionCache.set(sessionId, { userId, permissions, createdAt: Date.now() })
  return sessionId
}

export function getSession(sessionId: string): Session | undefined {
  return sessionCache.get(sessionId)
}

export function destroySession(sessionId: string): boolean {
  return sessionCache.delete(sessionId)
}

export function countSessions(): number {
  return sessionCache.size()
}
