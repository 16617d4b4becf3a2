// Replays requests.txt against the session storage: sessions are created, read, expired and
// destroyed, and the audit log of it is printed.
// Lives here: reading requests and answering them. Sessions belong in sessions.mts.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { createSession, destroySession, getSession, sessionCache, ttl } from './sessions.mjs'

// What the users' browsers keep: a cookie outlives its session, as on the real web.
const cookies = new Map<string, string>()

function answer(user: string, action: string, permissions: string, maxAge?: number): string {
  const sessionId = cookies.get(user) ?? 'no cookie'
  switch (action) {
    case 'login':
      cookies.set(user, createSession(user, permissions.split(','), maxAge))
      return 'welcome'
    case 'read': {
      const session = getSession(sessionId)
      return session ? `granted: ${session.permissions.join(', ')}` : 'please log in'
    }
    case 'logout':
      destroySession(sessionId)
      return 'goodbye'
    default:
      throw new Error(`unknown request: ${user} ${action}`)
  }
}

console.log(`Sessions live on for ${ttl / 1000} s in this replay, not the usual 30 minutes.\n`)

for (const line of readFileSync('requests.txt', 'utf8').split('\n')) {
  if (line === '' || line.startsWith('#')) continue
  const [user = '', action = '', permissions = '', seconds] = line.split(/\s+/)
  if (user === 'wait') {
    console.log(`${action} ms go by`)
    await wait(Number(action))
  } else {
    console.log(`${user}: ${action}`)
    console.log(
      `  ${answer(user, action, permissions, seconds === undefined ? undefined : Number(seconds) * 1000)}`,
    )
  }
}

// Counting looks at every session, and so finds those that nobody has come back to.
console.log('The sessions are counted')
const statistics = Object.entries(sessionCache.getStats())

console.log('\nStatistics of the session cache')
for (const [name, value] of statistics) {
  console.log(`  ${name}: ${value}`)
}
