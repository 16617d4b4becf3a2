// What compiles, and what must not, with the limiter of rate-limiter-flexible.
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterUnion } from 'rate-limiter-flexible'
import type { RateLimiterRes } from 'rate-limiter-flexible'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import DefaultLimiter, { RateLimiterCache } from 'native-memory-cache/rate-limiter-flexible'
import type { RateLimiterCacheOptions } from 'native-memory-cache/rate-limiter-flexible'
import type { RateLimitWindow } from 'native-memory-cache/express-rate-limit'

const limits = { points: 6, duration: 1 }
const options: RateLimiterCacheOptions[] = [
  { ...limits, cache: new MemoryCache<RateLimitWindow>() },
  { ...limits, cache: new SharedMemoryCache<number>({ name: 'limits' }), keyPrefix: 'login' },
  { ...limits, cache: { maxSize: 0 }, insuranceLimiter: new RateLimiterMemory(limits) },
]
for (const each of options) {
  const limiter = new RateLimiterCache(each)
  const counted: Promise<RateLimiterRes> = limiter.consume('ada', 2)
  void counted
  new RateLimiterUnion(limiter, new DefaultLimiter(each))
  new BurstyRateLimiter(limiter, limiter)
  new RateLimiterMemory({ ...limits, insuranceLimiter: limiter })
  limiter.close()
}

// @ts-expect-error A cache is required.
new RateLimiterCache(limits)
// @ts-expect-error So is the length of a window.
new RateLimiterCache({ cache: {}, points: 6 })
// @ts-expect-error A MemoryCache holds windows.
new RateLimiterCache({ ...limits, cache: new MemoryCache<string>() })
