// The HTTP server: it hands each request to the next worker of the pool.
// Lives here: the pool, and the way from a request to a worker and back. Answers belong in worker.mts.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Answer, Question, WorkerOptions } from './worker.mjs'

const COOKIE = /(?:^|; )sessionId=([^;]*)/

class PoolWorker {
  readonly #worker: Worker
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #asked = 0

  constructor(options: WorkerOptions) {
    this.#worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: options })
    this.#worker.on('message', (answer: Answer) => {
      this.#waiting.get(answer.id)?.(answer)
      this.#waiting.delete(answer.id)
    })
  }

  ask(question: Omit<Question, 'id'>): Promise<Answer> {
    const id = this.#asked++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#worker.postMessage({ ...question, id } satisfies Question)
    })
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

export async function startServer({ workers, auditFile }: { workers: number; auditFile: string }) {
  const auditor = new PoolWorker({ auditFile })
  const others = Array.from({ length: workers - 1 }, () => new PoolWorker({}))
  const pool = [...others, auditor]
  // Nothing is missed: a worker that answers has opened its sessions.
  await Promise.all(pool.map((worker) => worker.ask({ path: '/', sessionId: '' })))

  let requests = 0
  const server = createServer(async (request, response) => {
    const place = requests++ % workers
    const sessionId = COOKIE.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const answer = await pool[place]!.ask({ path: request.url ?? '/', sessionId })
    const cookie = answer.sessionId && { 'set-cookie': `sessionId=${answer.sessionId}; HttpOnly` }
    response.writeHead(answer.status, { 'x-worker': place + 1, ...cookie }).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,

    /** Resolves to the store's statistics when so many sessions have ended. */
    async sessionsEnded(ended: number): Promise<string> {
      const { body } = await auditor.ask({ path: '', sessionId: '', ended })
      return body
    },

    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await Promise.all(pool.map((worker) => worker.stop()))
    },
  }
}
