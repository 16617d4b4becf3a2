// A store of express-session. A session is kept as JSON, the end of its cookie as the end of its entry.
// What must not live here: anything that other adapters need, which is in common.js.
'use strict'

const { isShared, openCache, requirePeer } = require('./common.js')
const { readFlag, readOptions, readPrefix, readTtl } = require('./common.js')

const { Store } = requirePeer('express-session', () => require('express-session'))

// As it is now: a test may replace it later.
const defer = setImmediate

// Callbacks come later, as from the library's own store: callers rely on it.
function answer(callback, step) {
  let error = null
  let result
  try {
    result = step()
  } catch (thrown) {
    if (!callback) throw thrown
    error = thrown
  }
  if (callback) defer(callback, error, result)
}

// All of a cookie but when it ends, for comparisons.
function lasting(cookie) {
  return JSON.stringify({ ...cookie, expires: Boolean(cookie?.expires) })
}

class ExpressSessionStore extends Store {
  #disableTouch
  #ttl

  constructor(options) {
    super()
    readOptions(ExpressSessionStore, options, () => {
      this.#ttl = readTtl(options)
      this.#disableTouch = readFlag(options, 'disableTouch')
      this.prefix = readPrefix(options, 'sess:')
      this.cache = openCache(options).cache
    })
  }

  // As `set` takes it: the end of the cookie, or `ttl`, without which it is the cache that decides.
  #lifetime({ cookie }) {
    const { expires, maxAge } = cookie ?? {}
    if (expires) return { expiresAt: new Date(expires).getTime() }
    if (typeof maxAge === 'number') return { expiresAt: Date.now() + maxAge }
    return { ttl: this.#ttl }
  }

  // `touch` renews the entry alone, so it is the entry that knows when the cookie ends.
  #inflate(key, text) {
    const session = JSON.parse(text)
    if (!session.cookie?.expires) return session
    const remaining = this.cache.getRemainingTTL(key)
    if (remaining === 0) return undefined
    session.cookie.expires = new Date(Date.now() + remaining).toJSON()
    return session
  }

  *#entries() {
    // The prefix may have wildcards in it.
    for (const [key, text] of this.cache.scan(`${this.prefix}*`)) {
      if (key.startsWith(this.prefix)) yield [key, text]
    }
  }

  get(sid, callback) {
    answer(callback, () => {
      const key = this.prefix + sid
      const text = this.cache.get(key)
      return text === undefined ? undefined : this.#inflate(key, text)
    })
  }

  set(sid, session, callback) {
    answer(callback, () => {
      this.cache.set(this.prefix + sid, JSON.stringify(session), this.#lifetime(session))
    })
  }

  touch(sid, session, callback) {
    answer(callback, () => {
      if (!this.#disableTouch) this.#renew(this.prefix + sid, session)
    })
  }

  // Whatever a user wrote, such as a `toJSON`, is called before anything is read.
  #renew(key, session) {
    const cookie = JSON.parse(JSON.stringify(session.cookie ?? {}))
    const lifetime = this.#lifetime(session)
    const text = this.cache.peek(key)
    if (text === undefined) return
    const rewritten = (found) => JSON.stringify({ ...JSON.parse(found), cookie })
    if (lasting(JSON.parse(text).cookie) === lasting(cookie)) {
      this.#extend(key, lifetime)
    } else if (isShared(this.cache)) {
      this.cache.update(key, (found) => found && rewritten(found), lifetime)
    } else {
      this.cache.set(key, rewritten(text), lifetime)
    }
  }

  #extend(key, { expiresAt, ttl }) {
    const remaining = expiresAt === undefined ? ttl : expiresAt - Date.now()
    // To the cache a lifetime of 0 is one without an end.
    if (expiresAt !== undefined && remaining <= 0) this.cache.delete(key)
    else this.cache.touch(key, remaining)
  }

  destroy(sid, callback) {
    answer(callback, () => {
      this.cache.delete(this.prefix + sid)
    })
  }

  all(callback) {
    answer(callback, () => {
      const sessions = Object.create(null)
      for (const [key, text] of this.#entries()) {
        const session = this.#inflate(key, text)
        if (session) sessions[key.slice(this.prefix.length)] = session
      }
      return sessions
    })
  }

  length(callback) {
    answer(callback, () => [...this.#entries()].length)
  }

  clear(callback) {
    answer(callback, () => {
      this.cache.deleteByPrefix(this.prefix)
    })
  }
}

module.exports = { __esModule: true, default: ExpressSessionStore, ExpressSessionStore }
