// The same storage, required.
import adapter = require('native-memory-cache/nestjs-throttler')

const same: typeof adapter.NestThrottlerStorage = adapter.default
new same({ cache: {} })
