// The compiled application: its sessions and its decorated method, on a clock that stands.
import assert from 'node:assert/strict'
import { mock } from 'node:test'
import {
  CacheConfigError,
  MemoryCache,
  type CacheHooks,
  type CacheStats,
} from 'native-memory-cache'
import { Profiles } from './profiles.js'
import {
  auditLog,
  createSession,
  destroySession,
  getSession,
  ttl,
  type Session,
} from './sessions.js'

mock.timers.enable({ apis: ['Date'] })

const sessionId = createSession('ada', ['read'])
const session: Session | undefined = getSession(sessionId)
assert.equal(session?.userId, 'ada')
mock.timers.tick(ttl + 1)
assert.equal(getSession(sessionId), undefined)
assert.equal(destroySession(sessionId), false)
assert.deepEqual(auditLog, ['created for ada', 'expired for ada, found by get'])

const profiles = new Profiles()
const names: string[] = [await profiles.displayName('ada'), await profiles.displayName('ada')]
assert.deepEqual(names, ['The user ada', 'The user ada'])
assert.equal(profiles.loads, 1)

const evicted: string[] = []
const hooks: CacheHooks<number> = { onEvict: ({ key }) => evicted.push(key) }
const small = new MemoryCache<number>({ maxSize: 1, hooks })
small.set('a', 1)
small.set('b', 2)
const stats: CacheStats = small.getStats()
assert.deepEqual(evicted, ['a'])
assert.equal(stats.evictions, 1)

assert.throws(() => new MemoryCache({ maxSize: -1 }), CacheConfigError)

console.log('1 passed')
