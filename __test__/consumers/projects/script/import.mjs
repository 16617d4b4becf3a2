// The package in a program that uses `import`: the same classes as `require` gives.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as library from 'native-memory-cache'
import sessions from './sessions.cjs'

const required = createRequire(import.meta.url)('native-memory-cache')
for (const name of ['CacheConfigError', 'MemoryCache', 'cached']) {
  assert.equal(library[name], required[name], name)
}

console.log(`${sessions.checkSessions(library) + 1} passed`)
