// A cache to look into, requests of the inspector as a browser sends them, and as others might; clients of its stream that can be slow.
// What must not live here: tests.
import { EventEmitter, once } from 'node:events'
import { request } from 'node:http'
import { MemoryCache } from 'native-memory-cache'
import { serve } from './http.mjs'

export const users = () => {
  const cache = new MemoryCache({ maxSize: 0 })
  for (const key of ['ada', 'bob', 'eve']) cache.set(key, { secret: `of ${key}` })
  return cache
}

/** Sends one request with exactly these headers; resolves to the answer with its whole text. */
export async function send(url, { method = 'GET', headers = {}, body } = {}) {
  const sent = request(url, { method, headers, agent: false })
  sent.end(body)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

/** What the page is told when it is opened. */
export async function factsOf(url, headers) {
  const { text } = await send(url, { headers })
  const [, json] = /<script id="facts" type="application\/json">(.*?)<\/script>/s.exec(text)
  return JSON.parse(json)
}

/** A page that is open: `ask` sends what its script does. */
export async function open(t, handler, path = '') {
  const address = await serve(t, handler)
  const { token } = await factsOf(`${address}${path}/`)
  const headers = {
    'content-type': 'application/json',
    'x-inspector-token': token,
    'sec-fetch-site': 'same-origin',
  }
  const ask = async (action, body, changed = {}) => {
    const sent = Object.entries({ ...headers, ...changed }).filter(
      ([, value]) => value !== undefined,
    )
    const options = {
      method: 'POST',
      headers: Object.fromEntries(sent),
      body: JSON.stringify(body),
    }
    const { status, text } = await send(`${address}${path}/${action}`, options)
    return { status, ...JSON.parse(text) }
  }
  return { address, token, ask }
}

/** All keys that a search finds, step by step. */
export async function keysOf(ask, cache, pattern) {
  const keys = []
  let cursor
  do {
    const answer = await ask('search', { cache, pattern, cursor })
    if (answer.status !== 200) throw new Error(answer.error)
    keys.push(...answer.keys)
    cursor = answer.cursor
  } while (cursor)
  return keys
}

/** The side of a client that is no socket, so that a test decides how fast it is. */
class Client extends EventEmitter {
  messages = []
  destroyed = false
  headersSent = false

  constructor(fast) {
    super()
    this.fast = fast
  }

  get writableLength() {
    return this.fast ? 0 : 1
  }

  writeHead(status) {
    this.status = status
    this.headersSent = true
  }

  write(text) {
    this.messages.push(JSON.parse(/^data: (.*)$/m.exec(text)[1]))
    return this.fast
  }

  end(text) {
    this.ended = true
    this.text = text
    this.emit('close')
  }

  destroy() {
    this.destroyed = true
    this.emit('close')
  }

  drain() {
    this.fast = true
    this.emit('drain')
  }
}

export async function look(inspector, headers = {}, fast = true) {
  const client = new Client(fast)
  const socket = { remoteAddress: '127.0.0.1' }
  await inspector(
    { url: '/events', method: 'GET', headers: { host: 'localhost', ...headers }, socket },
    client,
  )
  return client
}

/** Stands in for the timer and the clock: `tick` is a second. */
export function mockTicks(t) {
  const timers = new Set()
  let now = 1_000_000
  t.mock.method(performance, 'now', () => now)
  t.mock.method(globalThis, 'setInterval', (run, milliseconds) => {
    const timer = { run, milliseconds, isUnref: false }
    timer.unref = () => Object.assign(timer, { isUnref: true })
    timers.add(timer)
    return timer
  })
  t.mock.method(globalThis, 'clearInterval', (timer) => timers.delete(timer))
  const tick = (seconds = 1) => {
    for (let i = 0; i < seconds; i++) {
      now += 1000
      for (const { run } of timers) run()
    }
  }
  return { timers, tick }
}
