// The same driver, required.
import adapter = require('native-memory-cache/bentocache')

adapter.bentocacheDriver({ cache: {} }).factory({}).get('a')
