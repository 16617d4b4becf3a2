// A store of express-rate-limit and hono-rate-limiter.
// What must not live here: how requests are counted, which is in windows.js.
'use strict'

const { invalidOption, isShared, openCache, readOptions, readPrefix } = require('./common.js')
const { countHit, readWindow, takeBack } = require('./windows.js')

const told = ({ totalHits, resetTime }) => ({ totalHits, resetTime: new Date(resetTime) })

class RateLimitStore {
  #isOwn
  #windowMs

  constructor(options) {
    readOptions(RateLimitStore, options, () => {
      this.prefix = readPrefix(options, 'rl:')
      const { cache, isOwn } = openCache(options)
      this.cache = cache
      this.#isOwn = isOwn
      // Whether no other store can count under the same keys: the limiter looks for requests that count twice.
      this.localKeys = isOwn && !isShared(cache)
    })
  }

  init({ windowMs }) {
    if (!(Number.isFinite(windowMs) && windowMs > 0)) {
      throw invalidOption('windowMs', 'a positive number', windowMs)
    }
    this.#windowMs = windowMs
  }

  increment(key) {
    if (this.#windowMs === undefined) {
      throw new Error('increment: init was not called, which tells the length of a window')
    }
    return told(countHit(this.cache, this.prefix + key, this.#windowMs))
  }

  get(key) {
    const window = readWindow(this.cache, this.prefix + key)
    return window && told(window)
  }

  decrement(key) {
    takeBack(this.cache, this.prefix + key)
  }

  resetKey(key) {
    this.cache.delete(this.prefix + key)
  }

  resetAll() {
    this.cache.deleteByPrefix(this.prefix)
  }

  shutdown() {
    if (this.#isOwn) this.cache.close()
  }
}

module.exports = { __esModule: true, default: RateLimitStore, RateLimitStore }
