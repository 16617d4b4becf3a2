// The users: each logs in, reads a few times, and some log out again.
// Lives here: what a user asks the server for, and what came of it. Answers belong in worker.mts.

const READS = 6
// Every fourth user logs out.
const LOGOUTS = 4

/** One user with a browser, that is, a cookie and a count of what it was answered. */
class User {
  readonly #address: string
  readonly #count: (event: string) => void
  #cookie = 'sessionId=no-such-session'

  constructor(address: string, count: (event: string) => void) {
    this.#address = address
    this.#count = count
  }

  async ask(path: string): Promise<{ worker: string | null; granted: boolean }> {
    const response = await fetch(this.#address + path, { headers: { cookie: this.#cookie } })
    await response.text()
    this.#count('requests')
    const cookie = response.headers.get('set-cookie')
    if (cookie !== null) this.#cookie = cookie.split(';')[0]!
    return { worker: response.headers.get('x-worker'), granted: response.ok }
  }

  async readRefused(): Promise<void> {
    const { granted } = await this.ask('/profile')
    this.#count(granted ? 'reads without a session' : 'reads refused')
  }

  async visit(userId: string, logsOut: boolean): Promise<void> {
    await this.readRefused()
    const login = await this.ask(`/login/${userId}`)
    for (let i = 0; i < READS; i++) {
      const { worker, granted } = await this.ask('/profile')
      if (!granted) throw new Error(`worker ${worker} did not know ${userId}`)
      this.#count('reads granted')
      if (worker !== login.worker) this.#count('reads granted by another worker than the login')
    }
    if (!logsOut) return
    await this.ask('/logout')
    this.#count('logouts')
    await this.readRefused()
  }
}

/** Resolves to how often what happened. */
export async function visits(address: string, users: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const count = (event: string): void => {
    counts.set(event, (counts.get(event) ?? 0) + 1)
  }
  for (let i = 0; i < users; i++) {
    await new User(address, count).visit(`user-${i}`, i % LOGOUTS === 0)
  }
  return counts
}
