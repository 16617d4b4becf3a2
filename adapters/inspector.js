// A page on which one looks into caches, as a handler of HTTP requests. Who may see and change what is decided here.
// What must not live here: what is read of a cache, which is in inspected-cache.js and inspector-search.js; the page, which is
// made in inspector-document.js.
'use strict'

const { AsyncResource } = require('node:async_hooks')
const { randomBytes } = require('node:crypto')
const { invalidOption, isCache, readFlag, readOptions } = require('./common.js')
const { InspectedCache, LIFETIMES, isInspectable } = require('./inspected-cache.js')
const { makePage } = require('./inspector-document.js')
const {
  Bodies,
  Refusal,
  isEndless,
  isLocal,
  isSameOrigin,
  requireOwnPage,
} = require('./inspector-requests.js')
const { Searches } = require('./inspector-search.js')

const TICK_MS = 1000
// For the lifetimes of all caches together, at each tick.
const SAMPLE_MS = 5
const MOST_CLIENTS = 32
// A stream ends after this, and the browser opens another one, which is authorized anew.
const STREAM_MS = 5 * 60_000
// A client that takes nothing for so long is cut off.
const STALL_MS = 30_000

const JSON_TYPE = 'application/json; charset=utf-8'
// As it comes in a request: printable ASCII, without a query, and without what browsers leave out.
const PATH = /^(?:\/(?!\.{0,2}(?:\/|$))[!"$-.0->@-~]+)*$/
const ROUTES = new Map([
  ['/', 'GET, HEAD'],
  ['/events', 'GET, HEAD'],
  ...['/search', '/entry', '/delete', '/clear'].map((path) => [path, 'POST']),
])

// Nothing but the page, which has a policy of its own, is to be shown as a document.
const HEADERS = {
  'cache-control': 'no-store, no-transform',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

// Timers keep the async context in which they are made: the first visitor's must not live on in it.
const outside = new AsyncResource('native-memory-cache/inspector')

function send(req, res, status, type, body, headers = {}) {
  if (res.headersSent || res.destroyed) return
  const described = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
  // Node.js would else read on and throw away what comes.
  if (isEndless(req)) described.connection = 'close'
  res.writeHead(status, { ...HEADERS, ...headers, ...described })
  res.end(body)
}

class Inspector {
  #caches
  #authorize
  #options
  #path
  #token = randomBytes(24).toString('base64url')
  #clients = new Set()
  #bodies = new Bodies()
  #searches = new Searches()
  #timer
  #turn = 0
  #closed = false

  constructor(caches, authorize, path, options) {
    this.#caches = new Map(caches.map(([name, cache]) => [name, new InspectedCache(name, cache)]))
    this.#authorize = authorize
    this.#path = path
    this.#options = options
  }

  /** Answers a request. Never rejects. */
  async answer(req, res) {
    try {
      this.#requireOpen()
      await this.#admit(req)
      this.#requireOpen()
      const route = this.#routeOf(req)
      if (route === '/') this.#sendPage(req, res)
      else if (route === '/events') this.#stream(req, res)
      else send(req, res, 200, JSON_TYPE, JSON.stringify(await this.#act(route, req)))
    } catch (error) {
      const { status, message, headers } = Refusal.is(error)
        ? error
        : new Refusal(500, this.#told(error))
      send(req, res, status, JSON_TYPE, JSON.stringify({ error: message }), headers)
    }
  }

  #requireOpen() {
    if (this.#closed) throw new Refusal(503, 'The inspector is closed.')
  }

  // What a codec throws may quote the value, and may be anything.
  #told(error) {
    try {
      if (this.#options.showValues) {
        return `The cache could not do that: ${String(error?.message ?? error)}`
      }
    } catch {}
    return 'The cache could not do that.'
  }

  async #admit(req) {
    if (!this.#authorize) {
      if (isLocal(req)) return
      throw new Refusal(403, 'Without authorize the inspector answers this machine only.')
    }
    const admitted = await new Promise((resolve) => resolve(this.#authorize(req))).catch(
      () => false,
    )
    if (admitted !== true) throw new Refusal(403, 'Not authorized.')
  }

  #routeOf(req) {
    const [whole] = req.url.split('?', 1)
    const path = whole.startsWith(this.#path) ? whole.slice(this.#path.length) || '/' : undefined
    const methods = ROUTES.get(path)
    if (!methods) throw new Refusal(404, 'There is no such page.')
    if (!methods.split(', ').includes(req.method)) {
      throw new Refusal(405, `Only by ${methods}.`, { allow: methods })
    }
    const { 'sec-fetch-site': site, origin } = req.headers
    const isTold = (site !== undefined && site !== 'none') || origin !== undefined
    if (path === '/events' && isTold && !isSameOrigin(req)) {
      throw new Refusal(403, 'The request comes from another site.')
    }
    return path
  }

  #sendPage(req, res) {
    // Nothing of a cache, and nothing that would have to be escaped.
    const { page, policy } = makePage({
      token: this.#token,
      lifetimes: LIFETIMES,
      ...this.#options,
    })
    send(req, res, 200, 'text/html; charset=utf-8', page, { 'content-security-policy': policy })
  }

  #stream(req, res) {
    if (this.#clients.size >= MOST_CLIENTS) throw new Refusal(503, 'Too many look on already.')
    // The client may have left while it was authorized.
    if (res.destroyed) return
    res.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' })
    if (req.method === 'HEAD') return void res.end()
    const now = performance.now()
    const client = { res, since: now, taken: now, full: false }
    this.#clients.add(client)
    res.on('drain', () => (client.full = false))
    res.on('error', () => res.destroy())
    res.on('close', () => {
      this.#clients.delete(client)
      if (this.#clients.size === 0) this.#rest()
    })
    // Who comes later sees what the others see.
    const budget = this.#timer === undefined ? SAMPLE_MS : 0
    client.full = !res.write(`retry: ${TICK_MS}\n${this.#message(budget)}`)
    this.#run()
  }

  #message(budget) {
    const inspected = [...this.#caches.values()]
    const until = performance.now() + budget
    const caches = []
    // Each is the first in its turn: a step of one may take all the time that there is for all.
    for (let i = 0; i < inspected.length; i++) {
      const at = (this.#turn + i) % inspected.length
      caches[at] = inspected[at].measure(until)
    }
    if (budget > 0) this.#turn++
    return `data: ${JSON.stringify({ time: performance.now(), caches })}\n\n`
  }

  #run() {
    this.#timer ??= outside.runInAsyncScope(() => setInterval(() => this.#tick(), TICK_MS).unref())
  }

  // Searches go on: a page that is hidden for a moment has no stream.
  #rest() {
    for (const cache of this.#caches.values()) cache.rest()
    if (this.#searches.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  // Figures are totals: a client that is told of some ticks only misses nothing.
  #tick() {
    const now = performance.now()
    this.#searches.forget(now)
    if (this.#clients.size === 0) {
      this.#rest()
      return
    }
    const message = this.#message(SAMPLE_MS)
    for (const client of this.#clients) {
      if (client.full) {
        if (now - client.taken > STALL_MS) client.res.destroy()
      } else if (now - client.since > STREAM_MS) {
        client.res.end()
        // For who does not take the end.
        client.full = true
      } else {
        client.taken = now
        client.full = !client.res.write(message)
      }
    }
  }

  async #act(route, req) {
    requireOwnPage(req, this.#token)
    if ((route === '/delete' || route === '/clear') && !this.#options.allowChanges) {
      throw new Refusal(403, 'Changes are not allowed.')
    }
    const { cache: name, ...rest } = await this.#bodies.readObject(req)
    this.#requireOpen()
    const inspected = this.#caches.get(name)
    if (!inspected) throw new Refusal(404, 'There is no such cache.')
    if (!inspected.isOpen()) throw new Refusal(410, 'This cache is closed.')
    if (route === '/search') {
      const found = this.#searches.step(inspected.cache, rest)
      if (found.cursor) this.#run()
      return found
    }
    if (route === '/clear') {
      inspected.cache.clear()
      return { cleared: true }
    }
    if (typeof rest.key !== 'string') throw new Refusal(400, 'key must be a string.')
    if (route === '/delete') return { deleted: inspected.cache.delete(rest.key) }
    const entry = inspected.describe(rest.key, this.#options.showValues)
    if (!entry) throw new Refusal(404, 'There is no such entry now.')
    return entry
  }

  close() {
    this.#closed = true
    this.#searches.clear()
    // To one that takes nothing the end would not come, and nobody would cut it off.
    for (const { res } of this.#clients) res[res.writableLength > 0 ? 'destroy' : 'end']()
    this.#rest()
  }
}

function createInspector(options) {
  return readOptions(createInspector, options, () => {
    const { caches, authorize = undefined, path = '' } = options
    if (typeof caches !== 'object' || caches === null || caches instanceof Map || isCache(caches)) {
      throw invalidOption('caches', 'an object of caches by name', caches)
    }
    const named = Object.entries(caches)
    for (const [name, cache] of named) {
      // To measure a view, all of its cache has to be counted.
      if (isCache(cache) && !('prefix' in cache) && isInspectable(cache)) continue
      throw invalidOption(`caches.${name}`, 'a MemoryCache or a SharedMemoryCache', cache)
    }
    // Silently taken for none it would open the page to this machine, and a value such as true to nobody.
    if (authorize !== undefined && typeof authorize !== 'function') {
      throw invalidOption('authorize', 'a function', authorize)
    }
    if (typeof path !== 'string' || !PATH.test(path)) {
      throw invalidOption('path', "a path such as '/caches', or ''", path)
    }
    const flags = ['showValues', 'allowChanges'].map((name) => [name, readFlag(options, name)])
    const inspector = new Inspector(named, authorize, path, Object.fromEntries(flags))
    return Object.assign((req, res) => inspector.answer(req, res), {
      close: () => inspector.close(),
    })
  })
}

module.exports = { createInspector }
