// Metrics of two caches, as Prometheus scrapes them.
// Run it in a project that has native-memory-cache and prom-client.
import { createServer } from 'node:http'
import { register } from 'prom-client'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { observeCaches } from 'native-memory-cache/prom-client'

const users = new MemoryCache({ maxSize: 1000 })
const sessions = new SharedMemoryCache({ name: 'sessions', maxSize: 100_000 })
observeCaches({ caches: { users, sessions } })

const server = createServer(async (request, response) => {
  response.setHeader('content-type', register.contentType)
  response.end(await register.metrics())
})
server.listen(0, '127.0.0.1', async () => {
  users.set('ada', { name: 'Ada' })
  users.get('ada')
  sessions.get('unknown')

  const response = await fetch(`http://127.0.0.1:${server.address().port}/metrics`)
  for (const line of (await response.text()).split('\n')) {
    if (/^memory_cache_(hits|misses|entries)/.test(line)) console.log(line)
  }
  // → memory_cache_hits_total{cache="users"} 1
  // → memory_cache_hits_total{cache="sessions"} 0
  // → memory_cache_misses_total{cache="users"} 0
  // → memory_cache_misses_total{cache="sessions"} 1
  // → memory_cache_entries{cache="users"} 1
  // → memory_cache_entries{cache="sessions"} 0
  server.close()
  server.closeAllConnections()
})
