// Processes that do what the benchmark's process asks for, one request at a time, from both of their ends.
// Lives here: start, request, time limit and end of such a process. What the requests mean belongs to who asks.
import { fork } from 'node:child_process'

const HEAP_MB = 8192
const START_LIMIT_MS = 30_000

/** Resolves once the process answers. `file` ends with `answerRequests`. */
export async function startProcess(file, args = []) {
  const child = fork(file, args, {
    execArgv: ['--expose-gc', `--max-old-space-size=${HEAP_MB}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-2000)
  })
  let ended
  child.once('exit', (code, signal) => {
    ended = `the process ended with ${signal ?? code}`
  })
  // Sending to a process that has just ended: its exit tells more.
  child.on('error', () => {})

  function answer(limitMs) {
    return new Promise((resolve, reject) => {
      const settle = (outcome, value) => {
        clearTimeout(timer)
        child.off('message', onMessage).off('exit', onExit)
        outcome(value)
      }
      const onMessage = ({ result, error }) =>
        error === undefined ? settle(resolve, result) : settle(reject, new Error(error))
      const onExit = () => {
        const [reason] = /^(?:\w*Error\b|FATAL ERROR).*/m.exec(complaints) ?? []
        settle(reject, new Error([ended, reason].filter(Boolean).join(': ')))
      }
      const timer = setTimeout(() => {
        child.kill('SIGKILL')
        settle(reject, new Error(`no answer in ${Math.round(limitMs / 1000)} s`))
      }, limitMs)
      child.on('message', onMessage)
      if (ended) onExit()
      else child.once('exit', onExit)
    })
  }

  await answer(START_LIMIT_MS)
  return {
    ask(request, argument, limitMs) {
      const answered = answer(limitMs)
      if (!ended) child.send({ request, argument })
      return answered
    },
    /** Resolves when its memory is free again. */
    async stop() {
      if (ended) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** In that process: carries out the requests by their names. */
export function answerRequests(requests) {
  process.on('message', async ({ request, argument }) => {
    try {
      process.send({ result: await requests[request](argument) })
    } catch (error) {
      process.send({ error: error.message })
    }
  })
  // The benchmark's process has ended, or has no more questions.
  process.on('disconnect', () => process.exit())
  process.send({ result: 'ready' })
}
