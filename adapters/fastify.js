// Stores of @fastify/session and @fastify/rate-limit. What must not live here: how sessions are kept and requests
// counted, which is in sessions.js and windows.js.
'use strict'

const { openCache, readOptions, readPrefix } = require('./common.js')
const { Sessions, answer } = require('./sessions.js')
const { countHit, readWindow, renewWindow } = require('./windows.js')

class FastifySessionStore {
  #sessions

  constructor(options) {
    readOptions(FastifySessionStore, options, () => {
      this.#sessions = new Sessions(options)
      this.cache = this.#sessions.cache
      this.prefix = this.#sessions.prefix
    })
  }

  get(sid, callback) {
    answer(callback, () => this.#sessions.read(sid))
  }

  set(sid, session, callback) {
    answer(callback, () => this.#sessions.write(sid, session))
  }

  destroy(sid, callback) {
    answer(callback, () => this.#sessions.remove(sid))
  }
}

function reply(callback, step) {
  let result
  try {
    result = step()
  } catch (error) {
    callback(error)
    return
  }
  callback(null, result)
}

class Limit {
  #cache
  #params
  #prefix

  constructor(cache, prefix, params) {
    this.#cache = cache
    this.#params = params
    this.#prefix = prefix
  }

  incr(key, callback, timeWindow, max) {
    reply(callback, () => this.#count(this.#prefix + key, timeWindow, max))
  }

  #count(key, timeWindow, max) {
    // To the cache a lifetime of 0 is one without an end.
    const windowMs = Math.max(1, timeWindow)
    const { totalHits, resetTime } = countHit(this.#cache, key, windowMs)
    const { continueExceeding, exponentialBackoff } = this.#params
    if (totalHits <= max || !(continueExceeding || exponentialBackoff)) {
      return { current: totalHits, ttl: Math.max(0, resetTime - Date.now()) }
    }
    const factor = continueExceeding ? 1 : 2 ** (totalHits - max - 1)
    const ttl = Math.min(windowMs * factor, Number.MAX_SAFE_INTEGER)
    renewWindow(this.#cache, key, ttl)
    return { current: totalHits, ttl }
  }

  read(key, callback) {
    reply(callback, () => {
      const window = readWindow(this.#cache, this.#prefix + key)
      if (window === undefined) return { current: 0, ttl: 0 }
      return { current: window.totalHits, ttl: window.resetTime - Date.now() }
    })
  }

  // Routes that have limits of their own count by themselves.
  child(params) {
    const { method = '', url = '' } = params.routeInfo ?? {}
    return new Limit(this.#cache, `${this.#prefix}${method}${url}-`, params)
  }
}

/** A class, for the plugin makes the store itself and tells it nothing of ours. */
function fastifyRateLimitStore(options) {
  const { cache, prefix } = readOptions(fastifyRateLimitStore, options, () => ({
    prefix: readPrefix(options, 'rl:'),
    cache: openCache(options).cache,
  }))
  return class FastifyRateLimitStore extends Limit {
    constructor(params) {
      super(cache, prefix, params)
    }
  }
}

module.exports = { FastifySessionStore, fastifyRateLimitStore }
