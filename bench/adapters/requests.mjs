// Apps over HTTP, each in a process of its own, asked in interleaved rounds by one process.
// Lives here: which apps there are, whose turn it is and what comes of it. What is asked belongs in load-process.mjs.
import { fileURLToPath } from 'node:url'
import { startProgress } from '../../scripts/progress.mjs'
import { startProcess } from '../conversation.mjs'
import { summarizeEach } from '../statistics.mjs'
import { LIBRARIES } from './stores.mjs'

const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url))

const LIMIT_MS = 120_000

const SESSIONS = ['express-session', '@fastify/session']
const LIMITS = ['express-rate-limit', '@fastify/rate-limit']

/** Each framework alone, then with its libraries. */
const ORDER = ['express', SESSIONS[0], LIMITS[0], 'fastify', SESSIONS[1], LIMITS[1]]

const CELLS = ORDER.flatMap((library) =>
  (LIBRARIES[library] ?? [undefined]).map((store) => ({ library, store })),
)

async function startApp(cell, { project, redisUrl, plan }, load) {
  const argument = JSON.stringify({ ...cell, project, redisUrl, size: plan.sessions })
  const app = await startProcess(fileOf('server-process.mjs'), [argument])
  const url = await app.ask('url', undefined, LIMIT_MS)
  const hasSessions = SESSIONS.includes(cell.library)
  const request = hasSessions ? 'signIn' : 'introduce'
  await load.ask(request, { url, limited: LIMITS.includes(cell.library) }, LIMIT_MS)
  return { cell, app, url, hasSessions, rounds: [] }
}

/** Microseconds that the server has taken of the processor. */
async function cpuOf(redis) {
  const used = await redis.info('cpu')
  const seconds = (kind) => Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(used)[1])
  return (seconds('user') + seconds('sys')) * 1e6
}

/** One round: how fast it went, and what it took of the processor, of the server's apart. */
async function measureRound({ app, url, rounds }, argument, load, redis) {
  const [before, server] = [await app.ask('cpu', undefined, LIMIT_MS), await cpuOf(redis)]
  const { requests, ...figures } = await load.ask('run', { url, ...argument }, LIMIT_MS)
  const [after, serverAfter] = [await app.ask('cpu', undefined, LIMIT_MS), await cpuOf(redis)]
  rounds.push({
    ...figures,
    cpu: (after - before) / requests,
    serverCpu: (serverAfter - server) / requests,
  })
}

/** Resolves to a row for each app: requests per second, ms and microseconds per request. */
export async function measureRequests(context, redis) {
  const { project, plan } = context
  const { sessions, connections, rounds, windowMs, warmUpMs } = plan
  const progress = startProgress('requests over HTTP')
  const argument = JSON.stringify({ project, size: sessions, connections })
  const load = await startProcess(fileOf('load-process.mjs'), [argument])
  const running = []
  try {
    for (const cell of CELLS) {
      progress.see(`starting ${cell.library}, ${cell.store ?? 'alone'}`)
      running.push(await startApp(cell, context, load))
    }
    for (const { url } of running) {
      await load.ask('run', { url, ms: warmUpMs, round: 0 }, LIMIT_MS)
    }
    for (let round = 1; round <= rounds; round++) {
      for (const one of running) {
        progress.see(`round ${round} of ${rounds}: ${one.cell.library}, ${one.cell.store}`)
        await measureRound(one, { ms: windowMs, round }, load, redis)
      }
    }
    for (const { cell, app, hasSessions } of running) {
      const begun = await app.ask('begun', undefined, LIMIT_MS)
      if (hasSessions && begun !== sessions) {
        throw new Error(`${cell.store} of ${cell.library} lost ${begun - sessions} sessions`)
      }
    }
    progress.end('ok')
  } finally {
    for (const { app } of running) await app.stop()
    await load.stop()
  }
  return running.map((one) => Object.assign({}, one.cell, summarizeEach(one.rounds)))
}
