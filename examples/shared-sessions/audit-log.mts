// The audit log: one worker's hooks, which hear of what all workers do to the sessions.
// Lives here: what is worth a line, and its form. When the log ends is decided in worker.mts.
import { appendFileSync } from 'node:fs'
import type { SharedCacheHooks } from 'native-memory-cache'
import type { Session } from './sessions.mjs'

export class AuditLog {
  readonly #file: string
  #ended = 0
  #awaited = Infinity
  #onEnd = (): void => {}

  constructor(file: string) {
    this.#file = file
  }

  readonly hooks: SharedCacheHooks<Session> = {
    onSet: ({ key, value, isUpdate }) => {
      if (!isUpdate) this.#write('Session created', key, value)
    },
    onExpire: ({ key, value }) => {
      this.#write('Session expired', key, value)
      this.#end()
    },
    onDelete: ({ key, value }) => {
      this.#write('Session destroyed', key, value)
      this.#end()
    },
  }

  /** Resolves when so many sessions have ended, in one way or the other. */
  hasEnded(sessions: number): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = sessions
      this.#onEnd = resolve
      if (this.#ended >= sessions) resolve()
    })
  }

  #write(message: string, sessionId: string, session: Session | undefined): void {
    const line = { message, sessionId, userId: session?.userId }
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  #end(): void {
    this.#ended++
    if (this.#ended === this.#awaited) this.#onEnd()
  }
}
