// The same store, required.
import { rateLimit } from 'express-rate-limit'
import adapter = require('native-memory-cache/express-rate-limit')

rateLimit({ store: new adapter.RateLimitStore({ cache: {} }) })
const same: typeof adapter.RateLimitStore = adapter.default
new same({ cache: {} })
