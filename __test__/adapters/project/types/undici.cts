// The same store, required.
import adapter = require('native-memory-cache/undici')

const same: typeof adapter.UndiciCacheStore = adapter.default
new same({ cache: {} })
