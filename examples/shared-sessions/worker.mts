// A worker of the pool: it answers requests of any user, whichever worker knew the user before.
// Lives here: the answers, and the messages that a worker understands. Which worker is asked is
// decided in server.mts.
import { parentPort, workerData } from 'node:worker_threads'
import { AuditLog } from './audit-log.mjs'
import { createSession, openSessions } from './sessions.mjs'

export interface WorkerOptions {
  /** The audit log's file, for the one worker that keeps it. */
  auditFile?: string
}

/** Asks for an answer or, if `ended` is there, for a word when so many sessions have ended. */
export interface Question {
  id: number
  path: string
  sessionId: string
  ended?: number
}

export interface Answer {
  id: number
  status: number
  body: string
  sessionId?: string
}

const { auditFile } = workerData as WorkerOptions
const auditLog = auditFile === undefined ? undefined : new AuditLog(auditFile)
const sessions = openSessions(auditLog?.hooks)

function answer({ id, path, sessionId }: Question): Answer {
  const [, action, userId = ''] = path.split('/')
  switch (action) {
    case 'login':
      return { id, status: 200, body: 'welcome', sessionId: createSession(sessions, userId) }
    case 'profile': {
      const session = sessions.get(sessionId)
      return session
        ? { id, status: 200, body: `${session.userId}: ${session.permissions.join(', ')}` }
        : { id, status: 401, body: 'please log in' }
    }
    case 'logout':
      sessions.delete(sessionId)
      return { id, status: 200, body: 'goodbye' }
    default:
      return { id, status: 404, body: 'not found' }
  }
}

parentPort?.on('message', async (question: Question) => {
  if (question.ended === undefined) {
    parentPort?.postMessage(answer(question))
    return
  }
  await auditLog?.hasEnded(question.ended)
  const { hits, misses } = sessions.getStats()
  const body = `${hits} sessions found, ${misses} not found`
  parentPort?.postMessage({ id: question.id, status: 200, body } satisfies Answer)
})
