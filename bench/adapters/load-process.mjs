// The process that sends requests, by autocannon over connections that are kept alive.
// Lives here: what is sent, and what is told of the answers. Whose turn it is belongs in requests.mjs.
import { answerRequests } from '../conversation.mjs'
import { quantile } from '../statistics.mjs'
import { CLIENT_HEADER } from './apps.mjs'
import { idsOf } from './sessions.mjs'

const { project, size, connections } = JSON.parse(process.argv[2])

const { load } = await import(project)
const { default: autocannon } = await load('autocannon')

/** For each address one header object for each client, or session. */
const clients = new Map()

const SAMPLE_MS = 50

/** Resolves to the times of all answers, in ms. */
async function send(options) {
  const latencies = []
  let begin
  let end
  const running = autocannon({ connections, sampleInt: SAMPLE_MS, ...options })
  const cpu = process.cpuUsage()
  running.once('start', () => {
    begin = performance.now()
  })
  running.on('response', (client, status, bytes, time) => {
    latencies.push(time)
    end = performance.now()
  })
  const { non2xx, errors, timeouts } = await running
  const { user, system } = process.cpuUsage(cpu)
  const wrong = non2xx + errors + timeouts
  if (wrong > 0) throw new Error(`${wrong} of ${latencies.length} requests failed`)
  return { latencies, ms: end - begin, busy: (user + system) / 1000 / (end - begin) }
}

/**
 * Each connection speaks for clients of its own, so that no two requests have one session at a time, and begins with the
 * one that `from` says: in a short round it does not come to all of them.
 */
function inTurns(headers, from) {
  const share = Math.floor(headers.length / connections)
  let connection = 0
  return (client) => {
    const first = connection++ * share
    const requests = Array.from({ length: share }, (_, i) => ({
      headers: headers[first + ((i + from) % share)],
    }))
    client.setRequests(requests)
  }
}

const cookieOf = (headers) => {
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'set-cookie')
  return name === undefined ? undefined : [headers[name]].flat()[0].split(';')[0]
}

async function signIn(url) {
  const headers = []
  const onResponse = (status, body, context, given) => headers.push({ cookie: cookieOf(given) })
  await send({ url, amount: size, requests: [{ method: 'GET', path: '/', onResponse }] })
  if (headers.some(({ cookie }) => cookie === undefined)) throw new Error('no cookie was given')
  return headers
}

const REMAINING = ['ratelimit-remaining', 'x-ratelimit-remaining']

/** That requests are counted, by client. */
async function checkLimit(url) {
  const ask = async (client) => {
    const { headers } = await fetch(url, { headers: { [CLIENT_HEADER]: client } })
    return Number(REMAINING.map((name) => headers.get(name)).find((value) => value !== null))
  }
  const [first, other, second] = [await ask('one'), await ask('other'), await ask('one')]
  if (first !== other || second !== first - 1) throw new Error('requests are not counted')
}

answerRequests({
  async signIn({ url }) {
    clients.set(url, await signIn(url))
  },
  async introduce({ url, limited }) {
    const id = idsOf(size)
    const headers = Array.from({ length: size }, (_, i) => ({ [CLIENT_HEADER]: id(i) }))
    clients.set(url, headers)
    if (limited) await checkLimit(url)
    await send({ url, amount: size, setupClient: inTurns(headers, 0) })
  },
  async run({ url, ms, round }) {
    const headers = clients.get(url)
    const setupClient = inTurns(headers, Math.floor((headers.length / connections / 8) * round))
    const { latencies, ms: took, busy } = await send({ url, duration: ms / 1000, setupClient })
    return {
      requests: latencies.length,
      perSecond: (latencies.length / took) * 1000,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      busy,
    }
  },
})
