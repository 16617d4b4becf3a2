// A worker thread that logs in as many users as it is told, and answers with the number of sessions.
import { parentPort, workerData } from 'node:worker_threads'
import { countSessions, createSession } from '../src/sessions.js'

for (let user = 0; user < workerData; user += 1) createSession(`user ${user}`, [])
// Threads have no origin; windows have.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(countSessions())
