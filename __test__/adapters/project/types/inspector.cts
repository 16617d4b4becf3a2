// The same function, required.
import adapter = require('native-memory-cache/inspector')

adapter.createInspector({ caches: {} }).close()
