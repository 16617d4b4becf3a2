// The same limiter, required.
import adapter = require('native-memory-cache/rate-limiter-flexible')

const same: typeof adapter.RateLimiterCache = adapter.default
new same({ cache: {}, points: 1, duration: 1 })
