// A CommonJS module in the same application.
import assert = require('node:assert/strict')
import library = require('native-memory-cache')

const names: library.MemoryCache<string> = new library.MemoryCache<string>({ ttl: 1000 })
names.set('ada', 'The user ada')
const name: string | undefined = names.get('ada')
assert.equal(name, 'The user ada')

console.log('1 passed')
