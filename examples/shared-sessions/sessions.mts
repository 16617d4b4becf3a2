// The sessions that all workers share, and what can be done to one.
// Lives here: the store and its limits. Requests belong in worker.mts.
import { SharedMemoryCache, type SharedCacheHooks } from 'native-memory-cache'

export interface Session {
  userId: string
  permissions: string[]
  createdAt: number
}

// A web application would say 30 * 60 * 1000; at 2 seconds the example can show real expiry.
export const ttl = 2 * 1000

/** Each worker opens the store for itself; whoever is first makes it. */
export function openSessions(hooks?: SharedCacheHooks<Session>): SharedMemoryCache<Session> {
  return new SharedMemoryCache<Session>({ name: 'sessions', maxSize: 10_000, ttl, hooks })
}

export function createSession(sessions: SharedMemoryCache<Session>, userId: string): string {
  const sessionId = crypto.randomUUID()

  sessions.set(sessionId, { userId, permissions: ['read', 'write'], createdAt: Date.now() })

  return sessionId
}
