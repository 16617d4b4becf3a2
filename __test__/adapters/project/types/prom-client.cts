// The same function, required.
import adapter = require('native-memory-cache/prom-client')

adapter.observeCaches({ caches: {} }).stop()
