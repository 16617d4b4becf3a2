// The same driver, required.
import adapter = require('native-memory-cache/unstorage')
import { unstorageDriver } from 'native-memory-cache/unstorage'

const same: typeof unstorageDriver = adapter.default
same({ cache: {} }).getKeys()
