// An HTTP server on a pool of workers that share one session store; one worker keeps an audit log
// of what all of them do. Some users visit it over loopback, and then it ends.
// Lives here: start, end and what is printed. The server is in server.mts, its users in users.mts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from './server.mjs'
import { ttl } from './sessions.mjs'
import { visits } from './users.mjs'

const WORKERS = 4
const USERS = 20

const folder = mkdtempSync(join(tmpdir(), 'shared-sessions-'))
const auditFile = join(folder, 'audit.log')

function auditedEvents(): Map<string, number> {
  const events = new Map<string, number>()
  for (const line of readFileSync(auditFile, 'utf8').trimEnd().split('\n')) {
    const { message } = JSON.parse(line) as { message: string }
    events.set(message, (events.get(message) ?? 0) + 1)
  }
  return events
}

function print(title: string, counts: Map<string, number>): void {
  console.log(`\n${title}`)
  for (const [name, count] of counts) console.log(`  ${name}: ${count}`)
}

try {
  const server = await startServer({ workers: WORKERS, auditFile })
  console.log(`${WORKERS} workers share the sessions, which live ${ttl / 1000} s.`)

  print(`${USERS} users visit`, await visits(server.address, USERS))

  // Those who have not logged out never come back: their sessions expire without anyone's doing.
  const statistics = await server.sessionsEnded(USERS)
  print('The audit log, written by one of the workers', auditedEvents())

  console.log(`\nThe store: ${statistics}`)
  await server.stop()
} finally {
  rmSync(folder, { recursive: true })
}
