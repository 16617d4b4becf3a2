// A limiter of rate-limiter-flexible. What must not live here: how requests are counted, which is in windows.js.
'use strict'

const { openCache, readOptions, requirePeer } = require('./common.js')
const { countHit, readWindow, startWindow } = require('./windows.js')

const NAME = 'rate-limiter-flexible'
// The package does not name the class to extend among what it exports.
const StoreAbstract = requirePeer(NAME, () =>
  require('rate-limiter-flexible/lib/RateLimiterStoreAbstract.js'),
)
const Res = requirePeer(NAME, () => require('rate-limiter-flexible/lib/RateLimiterRes.js'))

class RateLimiterCache extends StoreAbstract {
  #isOwn

  constructor(options) {
    super(options)
    readOptions(RateLimiterCache, options, () => {
      const { cache, isOwn } = openCache(options)
      this.cache = cache
      this.#isOwn = isOwn
    })
  }

  // The library turns to the insurance limiter if the promises of these methods reject.

  async _upsert(rlKey, points, msDuration, forceExpire) {
    const windowMs = msDuration > 0 ? msDuration : Infinity
    if (forceExpire) return startWindow(this.cache, String(rlKey), points, windowMs)
    return countHit(this.cache, String(rlKey), windowMs, points)
  }

  async _get(rlKey) {
    return readWindow(this.cache, String(rlKey))
  }

  async _delete(rlKey) {
    return this.cache.delete(String(rlKey))
  }

  _getRateLimiterRes(rlKey, changedPoints, { totalHits, resetTime }) {
    const remaining = Math.max(this.points - totalHits, 0)
    const msBeforeNext = resetTime === Infinity ? -1 : Math.max(resetTime - Date.now(), 0)
    return new Res(remaining, msBeforeNext, totalHits, totalHits === changedPoints)
  }

  close() {
    if (this.#isOwn) this.cache.close()
  }
}

module.exports = { __esModule: true, default: RateLimiterCache, RateLimiterCache }
