// The processes of the app as seen by the one that starts them.
// Lives here: questions and answers. What the processes do with them belongs in app.mjs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

const JOIN_LIMIT_MS = 20_000

const APP = new URL('app.mjs', import.meta.url)

/**
 * Starts a process of the app.
 *
 * @param options `library`, `'cacheable'` or `'bentocache'`, and what its `openCache` takes.
 */
export function startProcess(options) {
  const child = fork(APP, [JSON.stringify(options)])
  const waiting = new Map()
  let lastId = 0

  child.on('message', ({ id, result, failure }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (failure === undefined) resolve(result)
    else reject(new Error(failure))
  })
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`ended with ${signal ?? code}`))
  })

  const ask = (worker, action, details) =>
    new Promise((resolve, reject) => {
      lastId += 1
      waiting.set(lastId, { resolve, reject })
      child.send({ id: lastId, worker, action, ...details })
    })

  return {
    read: (worker, key, inDatabase) => ask(worker, 'read', { key, inDatabase }),
    write: (worker, key, value) => ask(worker, 'write', { key, value }),
    remove: (worker, key) => ask(worker, 'remove', { key }),
    failures: (worker) => ask(worker, 'failures'),
    async close() {
      await Promise.all([ask(0, 'close'), ask(1, 'close')])
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
    kill: () => child.kill('SIGKILL'),
  }
}

/** Resolves when each of two processes hears what the other one writes: a bus takes a moment to be joined. */
export async function joined(first, second) {
  let written = 0
  for (const [writer, reader] of [
    [first, second],
    [second, first],
  ]) {
    for (const worker of [0, 1]) {
      const deadline = performance.now() + JOIN_LIMIT_MS
      for (;;) {
        written += 1
        await writer.write(worker, 'joined', written)
        const { value } = await reader.read(worker, 'joined', 0)
        if (value === written) break
        if (performance.now() > deadline) throw new Error('the processes do not hear each other')
        await sleep(10)
      }
    }
  }
}
