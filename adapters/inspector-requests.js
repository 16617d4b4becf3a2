// Whether a request may be answered: who sends it, from where, and what its body is.
// What must not live here: what it is answered with, which is in inspector.js.
'use strict'

const { timingSafeEqual } = require('node:crypto')

// A key of a million units may be six times as long in JSON.
const MOST_BODY_BYTES = 8 << 20
const MOST_BODIES = 16
const BODY_MS = 10_000
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/
const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
const PROXIED =
  /^(?:forwarded.*|via|x-forwarded.*|x-origin.*|x-real-ip|.*client-ip|x-proxyuser-ip|x-envoy-.*|x-amzn-.*|cf-.*|fastly-.*|cdn-loop)$/

/** What a request is answered with in place of what it asks for. */
class Refusal extends Error {
  #status

  constructor(status, message, headers = {}) {
    super(message)
    this.#status = status
    this.headers = headers
  }

  get status() {
    return this.#status
  }

  /** Whether that is what was thrown. Asked by `instanceof` a proxy could throw once more. */
  static is(thrown) {
    return typeof thrown === 'object' && thrown !== null && #status in thrown
  }
}

const hostOf = ({ headers }) => headers.host ?? headers[':authority'] ?? ''

// The host is looked at because a name of somebody else's may be resolved to this machine, and a proxy on this machine
// speaks for anybody.
function isLocal(req) {
  const { remoteAddress } = req.socket ?? {}
  if (!LOOPBACK.test(remoteAddress ?? '') || !LOCAL_HOST.test(hostOf(req))) return false
  return !Object.keys(req.headers).some((name) => PROXIED.test(name))
}

// Browsers send one or both of these with every POST, and no page can change them.
function isSameOrigin(req) {
  const { origin, 'sec-fetch-site': site } = req.headers
  if (site !== undefined) return site === 'same-origin'
  return URL.canParse(origin ?? '') && new URL(origin).host === hostOf(req).toLowerCase()
}

/** Refuses what does not come from a page of this inspector, which knows the token. */
function requireOwnPage(req, expected) {
  if (!isSameOrigin(req)) throw new Refusal(403, 'The request comes from another site.')
  if (!/^application\/json\s*(?:;|$)/i.test(req.headers['content-type'] ?? '')) {
    throw new Refusal(415, 'Requests are application/json.')
  }
  const token = Buffer.from(String(req.headers['x-inspector-token'] ?? ''))
  if (token.length !== expected.length || !timingSafeEqual(token, Buffer.from(expected))) {
    throw new Refusal(403, 'The page is out of date: reload it.')
  }
}

/** Reads the bodies of requests: of some at a time, each up to a size and for a while. */
class Bodies {
  #underWay = 0

  /** The object that a request holds in JSON. */
  async readObject(req) {
    let body = await this.#read(req)
    try {
      if (typeof body === 'string' || Buffer.isBuffer(body)) body = JSON.parse(String(body))
    } catch {
      throw new Refusal(400, 'The request is no JSON.')
    }
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw new Refusal(400, 'The request is no object.')
    }
    return body
  }

  async #read(req) {
    // Express may have read it; its parsers of other types leave an empty object, and the body unread.
    if (req.body !== undefined && !req.readable) return req.body
    if (req.readableEnded) throw new Refusal(400, 'Somebody has read the request before.')
    // While it was authorized, of which there is no further event.
    if (req.destroyed) throw new Refusal(400, 'The request was cut off.')
    if (this.#underWay >= MOST_BODIES) throw new Refusal(503, 'Too many ask at once.')
    this.#underWay++
    let timer
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(tooSlow()), BODY_MS)
        collect(req, resolve, reject)
      })
    } finally {
      clearTimeout(timer)
      this.#underWay--
    }
  }
}

function tooSlow() {
  return new Refusal(408, 'The request takes too long.', { connection: 'close' })
}

function collect(req, resolve, reject) {
  const chunks = []
  let size = 0
  req.on('data', (chunk) => {
    size += chunk.length
    if (size <= MOST_BODY_BYTES) chunks.push(chunk)
    else reject(new Refusal(413, 'The request is too large.'))
  })
  req.on('end', () => resolve(Buffer.concat(chunks)))
  req.on('error', reject)
  req.on('close', () => reject(new Refusal(400, 'The request was cut off.')))
}

/** Whether of a request more may come on its connection than is ever read; of HTTP/2 that is the stream's matter. */
function isEndless({ complete, headers, httpVersionMajor }) {
  if (complete || httpVersionMajor === 2) return false
  return 'transfer-encoding' in headers || headers['content-length'] > MOST_BODY_BYTES
}

module.exports = { Bodies, Refusal, isEndless, isLocal, isSameOrigin, requireOwnPage }
