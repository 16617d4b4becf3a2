// A program as it stands in a `.ts` file, whose module kind the compiler's options decide: session
// storage with an audit log. What must not live here: assertions.

import { MemoryCache } from 'native-memory-cache'
import type { OnDeleteContext } from 'native-memory-cache'

interface Session {
  userId: string
  permissions: string[]
  createdAt: number
}

declare const audit: { info(message: string, fields: Record<string, unknown>): void }

const reportSignOut = (context: OnDeleteContext<Session>) => audit.info('signed out', context)

export const sessions = new MemoryCache<Session>({
  maxSize: 10_000,
  ttl: 30 * 60 * 1000,
  hooks: {
    onSet: ({ key, value, isUpdate }) => {
      if (!isUpdate) audit.info('signed in', { session: key, user: value.userId })
    },
    onExpire: ({ key, value }) => audit.info('timed out', { session: key, user: value?.userId }),
    onDelete: reportSignOut,
  },
})

export function signIn(id: string, userId: string, permissions: string[]): void {
  sessions.set(id, { userId, permissions, createdAt: Date.now() })
}

export function may(id: string, permission: string): boolean {
  return sessions.get(id)?.permissions.includes(permission) ?? false
}

export function signOut(id: string): boolean {
  return sessions.delete(id)
}
