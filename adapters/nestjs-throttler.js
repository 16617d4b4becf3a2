// A storage of @nestjs/throttler. What must not live here: how requests are counted, which is in windows.js.
'use strict'

const { openCache, readOptions, readPrefix } = require('./common.js')
const { blockClient, countHit } = require('./windows.js')

const seconds = (ms) => Math.ceil(Math.max(0, ms) / 1000)

class NestThrottlerStorage {
  #isOwn

  constructor(options) {
    readOptions(NestThrottlerStorage, options, () => {
      this.prefix = readPrefix(options, 'throttler:')
      const { cache, isOwn } = openCache(options)
      this.cache = cache
      this.#isOwn = isOwn
    })
  }

  // Guards await it: what it throws is a rejection.
  async increment(key, ttl, limit, blockDuration, throttlerName) {
    const cacheKey = `${this.prefix}${throttlerName}:${key}`
    // To the cache a lifetime of 0 is one without an end.
    const { totalHits, resetTime } = countHit(this.cache, cacheKey, Math.max(1, ttl))
    const isBlocked = totalHits > limit
    const remaining = resetTime - Date.now()
    const record = { totalHits, timeToExpire: seconds(remaining), isBlocked, timeToBlockExpire: 0 }
    if (!isBlocked) return record
    // A block is a window that is full: of all threads, the one that crossed the limit lets it last.
    const isCrossed = blockDuration > 0 && totalHits - 1 <= limit
    if (isCrossed) blockClient(this.cache, cacheKey, totalHits, blockDuration)
    record.timeToBlockExpire = seconds(isCrossed ? blockDuration : remaining)
    return record
  }

  onApplicationShutdown() {
    if (this.#isOwn) this.cache.close()
  }
}

module.exports = { __esModule: true, default: NestThrottlerStorage, NestThrottlerStorage }
