// The program that bundlers are given. It imports by `import` alone, for every form of output.
import assert from 'node:assert/strict'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'

const sessions = new MemoryCache({ maxSize: 1 })
sessions.set('ada', 1)
sessions.set('bob', 2)
assert.deepEqual(sessions.entries(), [['bob', 2]])

const visits = new SharedMemoryCache({ name: 'visits' })
assert.equal(visits.increment('/home'), 1)

console.log('2 passed')
