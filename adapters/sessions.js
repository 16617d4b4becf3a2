// Sessions kept as JSON, the end of a cookie as the end of the entry, for the stores of session libraries.
// What must not live here: anything that knows one of these libraries.
'use strict'

const { openCache, readPrefix, readTtl } = require('./common.js')

// As it is now: a test may replace it later.
const defer = setImmediate

// Callbacks come later, as from express-session's own store: callers rely on it.
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

class Sessions {
  constructor(options) {
    this.ttl = readTtl(options)
    this.prefix = readPrefix(options, 'sess:')
    this.cache = openCache(options).cache
  }

  // As `set` takes it: the end of the cookie, or `ttl`, without which it is the cache that decides.
  lifetimeOf({ cookie }) {
    const { expires, maxAge } = cookie ?? {}
    if (expires) return { expiresAt: new Date(expires).getTime() }
    if (typeof maxAge === 'number') return { expiresAt: Date.now() + maxAge }
    return { ttl: this.ttl }
  }

  // What renews a session renews its entry alone, so it is the entry that knows when the cookie ends.
  inflate(key, text) {
    const session = JSON.parse(text)
    if (!session.cookie?.expires) return session
    const remaining = this.cache.getRemainingTTL(key)
    if (remaining === 0) return undefined
    session.cookie.expires = new Date(Date.now() + remaining).toJSON()
    return session
  }

  // Not by `get`: with `updateAgeOnGet` it would let a session outlive its cookie, and to take that back would
  // undo what another thread renews meanwhile.
  read(sid) {
    const key = this.prefix + sid
    const text = this.cache.peek(key)
    return text === undefined ? undefined : this.inflate(key, text)
  }

  write(sid, session) {
    this.cache.set(this.prefix + sid, JSON.stringify(session), this.lifetimeOf(session))
  }

  remove(sid) {
    this.cache.delete(this.prefix + sid)
  }
}

module.exports = { Sessions, answer }
