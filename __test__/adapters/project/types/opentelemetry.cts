// The same function, required.
import api = require('@opentelemetry/api')
import adapter = require('native-memory-cache/opentelemetry')

adapter.observeCaches({ caches: {}, meter: api.metrics.getMeter('shop') }).stop()
