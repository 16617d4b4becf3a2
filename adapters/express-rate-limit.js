// A store of express-rate-limit and hono-rate-limiter: one number per client and window.
// What must not live here: anything that other adapters need, which is in common.js.
'use strict'

const { invalidOption, isShared, openCache, readOptions, readPrefix } = require('./common.js')

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
    const own = this.prefix + key
    return isShared(this.cache) ? this.#incrementShared(own) : this.#incrementLocal(own)
  }

  #incrementShared(key) {
    const { value, remainingTtl } = this.cache.incrementEntry(key, 1, { ttl: this.#windowMs })
    return { totalHits: value, resetTime: new Date(Date.now() + remainingTtl) }
  }

  // The window itself is the value: an entry that a write or a read renews does not prolong it.
  #incrementLocal(key) {
    const now = Date.now()
    let window = this.cache.get(key)
    if (window === undefined || window.resetTime <= now) {
      window = { totalHits: 0, resetTime: now + this.#windowMs }
      this.cache.set(key, window, this.#windowMs)
    }
    window.totalHits += 1
    return { totalHits: window.totalHits, resetTime: new Date(window.resetTime) }
  }

  get(key) {
    const found = this.cache.info(this.prefix + key)
    if (found === undefined) return undefined
    const { totalHits, resetTime } = isShared(this.cache)
      ? { totalHits: found.value, resetTime: found.expiresAt }
      : found.value
    return resetTime > Date.now() ? { totalHits, resetTime: new Date(resetTime) } : undefined
  }

  decrement(key) {
    const own = this.prefix + key
    const found = this.cache.peek(own)
    if (!isShared(this.cache)) {
      if (found?.totalHits > 0) found.totalHits -= 1
    } else if (found > 0) {
      const left = this.cache.incrementEntry(own, -1, { onlyIfPresent: true })
      // Another thread was faster and took the last.
      if (left?.value < 0) this.cache.incrementEntry(own, 1, { onlyIfPresent: true })
    }
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
