// The same store, required.
import adapter = require('native-memory-cache/keyv')
import { KeyvStore } from 'native-memory-cache/keyv'

new adapter.KeyvStore({ cache: {} })
const same: typeof KeyvStore = adapter.default
new same({ cache: {} })
