// What the inspector reads of requests: bodies that others have read before, bodies without end, many, and slow ones.
// What must not live here: who is answered, which is in inspector.spec.mjs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { createInspector } from 'native-memory-cache/inspector'
import { open, users } from './inspector-requests.mjs'

const UNFINISHED = 'transfer-encoding: chunked\r\n\r\n4\r\n{"ca\r\n'
const LARGE = 'content-length: 8388609\r\n\r\n{'

const headOf = (token, changed = {}) => ({
  host: 'localhost',
  'content-type': 'application/json',
  'sec-fetch-site': 'same-origin',
  'x-inspector-token': token,
  ...changed,
})

const posted = (headers) =>
  `POST /entry HTTP/1.1\r\n${Object.entries(headers)
    .map((header) => `${header.join(': ')}\r\n`)
    .join('')}`

/** A connection on which a test writes what it likes. */
function connected(t, address) {
  const socket = connect(new URL(address).port, '127.0.0.1')
  // The other side ends it while this one writes.
  socket.on('error', () => {})
  t.after(() => socket.destroy())
  return socket
}

/** All that is answered until the server ends the connection. */
async function answersTo(socket, text) {
  const answers = []
  socket.setEncoding('latin1').on('data', (answer) => answers.push(answer))
  socket.write(text)
  await once(socket, 'close')
  return answers.join('')
}

/** A request whose body comes as the test says. */
function begin(inspector, token) {
  const request = Object.assign(new PassThrough(), {
    url: '/entry',
    method: 'POST',
    headers: headOf(token, { 'content-length': '100' }),
    socket: { remoteAddress: '127.0.0.1' },
  })
  const response = { writeHead: (status, headers) => Object.assign(response, { status, headers }) }
  response.end = () => {}
  const answered = inspector(request, response).then(() => response)
  return { request, response, answered }
}

const ASKED = JSON.stringify({ cache: 'users', key: 'ada' })

// Long enough for what has come to be handled.
const handled = () => new Promise(setImmediate)

describe('a request that is refused', { timeout: 20_000 }, () => {
  test('ends the connection if its body may go on without end, or is too large', async (t) => {
    const { address, token } = await open(t, createInspector({ caches: { users: users() } }))
    for (const [status, changed] of [
      [403, { 'x-inspector-token': 'x'.repeat(token.length) }],
      [403, { host: 'other.example' }],
      [403, { 'sec-fetch-site': 'cross-site' }],
      [415, { 'content-type': 'text/plain' }],
    ]) {
      for (const body of [UNFINISHED, LARGE]) {
        const request = posted(headOf(token, changed)) + body
        const answer = await answersTo(connected(t, address), request)
        assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `), JSON.stringify(changed))
        assert.match(answer, /^connection: close\r$/im)
      }
    }
  })

  test('leaves the connection to the next one else', async (t) => {
    const { address } = await open(t, createInspector({ caches: {} }))
    const head = posted(headOf('of another page'))
    const whole = `${head}content-length: 2\r\n\r\n{}`
    const answers = await answersTo(connected(t, address), whole + whole + head + UNFINISHED)
    assert.equal(answers.split('HTTP/1.1 403 ').length, 4)
    assert.equal(answers.match(/^connection: close\r$/gim).length, 1)
  })

  test('reads no body without end, nor does one that is accepted', async (t) => {
    const { address, token } = await open(t, createInspector({ caches: {} }))
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    for (const sent of [token, 'of another page']) {
      const socket = connected(t, address)
      socket.write(`${posted(headOf(sent))}transfer-encoding: chunked\r\n\r\n`)
      for (let i = 0; i < 4000 && !socket.destroyed; i++) {
        if (socket.write(chunk)) continue
        await new Promise((resolve) => {
          socket.once('drain', resolve).once('close', resolve)
        })
      }
      assert.equal(socket.destroyed, true)
    }
  })
})

describe('bodies', { timeout: 20_000 }, () => {
  test('are read 16 at a time, and whoever comes then is told', async (t) => {
    const inspector = createInspector({ caches: { users: users() } })
    const { token } = await open(t, inspector)
    const slow = Array.from({ length: 16 }, () => begin(inspector, token))
    await handled()
    const refused = await begin(inspector, token).answered
    assert.equal(refused.status, 503)
    slow[0].request.end(ASKED)
    assert.equal((await slow[0].answered).status, 200)
    slow[1].request.destroy()
    assert.equal((await slow[1].answered).status, 400)
    for (let i = 0; i < 2; i++) {
      const next = begin(inspector, token)
      next.request.end(ASKED)
      assert.equal((await next.answered).status, 200)
    }
    for (const { request } of slow) request.destroy()
    await Promise.all(slow.map(({ answered }) => answered))
  })

  test('that take more than ten seconds are given up', async (t) => {
    const inspector = createInspector({ caches: { users: users() } })
    const { token } = await open(t, inspector)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { request, response, answered } = begin(inspector, token)
    await handled()
    request.write('{')
    t.mock.timers.tick(9999)
    await handled()
    assert.equal(response.status, undefined)
    t.mock.timers.tick(1)
    await answered
    assert.equal(response.status, 408)
    assert.equal(response.headers.connection, 'close')
  })
})
