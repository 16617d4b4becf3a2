// A thread that answers the session mix, with an audit log of it or without.
// Lives here: the log and the timed turns. The mix itself belongs in ../workloads, the other end of
// the conversation in hooks.mjs.
import { parentPort, workerData } from 'node:worker_threads'
import { MemoryCache } from '../../index.mjs'
import native from '../peers/native.mjs'
import { sessionMix } from '../workloads/mixes.mjs'

const TTL_MS = 30 * 60_000
// Requests that a busy server answers in one turn of its event loop.
const PER_TURN = 100

const { variant, size } = workerData

let events = 0
let characters = 0
const log = (event) => (context) => {
  const { key, value } = context
  const line = JSON.stringify({ event, sessionId: key, userId: value?.userId, at: Date.now() })
  events++
  characters += line.length
}

const AUDITED = {
  hooks: {
    onSet: log('created'),
    onEvict: log('evicted'),
    onExpire: log('expired'),
    onDelete: log('destroyed'),
  },
  hookDelivery: variant,
}

let cache
const driver = {
  ...native,
  create({ maxSize }) {
    cache = new MemoryCache({ maxSize, ttl: TTL_MS, ...(variant !== 'none' && AUDITED) })
    return cache
  },
}
const work = await sessionMix.start(driver, { size, options: {} })
await cache.flushHooks()

async function answerTurns(turns) {
  events = 0
  let wrong = 0
  let within = 0
  const started = performance.now()
  for (let turn = 0; turn < turns; turn++) {
    const turnStarted = performance.now()
    wrong += work.run(PER_TURN)
    within += performance.now() - turnStarted
    await cache.flushHooks()
  }
  const total = performance.now() - started
  if (wrong > 0) throw new Error(`${wrong} wrong results`)
  if (events > characters) throw new Error('a line of the log was empty')
  const perRequest = (ms) => (ms * 1e6) / (turns * PER_TURN)
  return { within: perRequest(within), total: perRequest(total), events }
}

parentPort.on('message', async (turns) => {
  try {
    parentPort.postMessage({ result: await answerTurns(turns) })
  } catch (error) {
    parentPort.postMessage({ failed: error.message })
  }
})
parentPort.postMessage({ result: 'ready' })
