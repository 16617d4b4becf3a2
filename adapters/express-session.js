// A store of express-session. What must not live here: how sessions are kept, which is in sessions.js.
'use strict'

const { isShared, readFlag, readOptions, requirePeer } = require('./common.js')
const { Sessions, answer } = require('./sessions.js')

const { Store } = requirePeer('express-session', () => require('express-session'))

// All of a cookie but when it ends, for comparisons.
function lasting(cookie) {
  return JSON.stringify({ ...cookie, expires: Boolean(cookie?.expires) })
}

class ExpressSessionStore extends Store {
  #disableTouch
  #sessions

  constructor(options) {
    super()
    readOptions(ExpressSessionStore, options, () => {
      this.#disableTouch = readFlag(options, 'disableTouch')
      this.#sessions = new Sessions(options)
      this.cache = this.#sessions.cache
      this.prefix = this.#sessions.prefix
    })
  }

  *#entries() {
    // The prefix may have wildcards in it.
    for (const [key, text] of this.cache.scan(`${this.prefix}*`)) {
      if (key.startsWith(this.prefix)) yield [key, text]
    }
  }

  get(sid, callback) {
    answer(callback, () => this.#sessions.read(sid))
  }

  set(sid, session, callback) {
    answer(callback, () => this.#sessions.write(sid, session))
  }

  touch(sid, session, callback) {
    answer(callback, () => {
      if (!this.#disableTouch) this.#renew(this.prefix + sid, session)
    })
  }

  // Whatever a user wrote, such as a `toJSON`, is called before anything is read.
  #renew(key, session) {
    const cookie = JSON.parse(JSON.stringify(session.cookie ?? {}))
    const lifetime = this.#sessions.lifetimeOf(session)
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
    answer(callback, () => this.#sessions.remove(sid))
  }

  all(callback) {
    answer(callback, () => {
      const sessions = Object.create(null)
      for (const [key, text] of this.#entries()) {
        const session = this.#sessions.inflate(key, text)
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
