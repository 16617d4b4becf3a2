// A server with two caches and a page on which one looks into them. Started with `--stay` it stays, for a browser.
// Lives here: what an app would have. What is asked of the page is in visit.mts.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import { visit } from './visit.mjs'

const sessions = new MemoryCache<{ user: string }>({ maxSize: 10_000, ttl: 30 * 60 * 1000 })
const pages = new SharedMemoryCache<string>({ name: 'pages', maxSize: 0, maxBytes: 8 << 20 })

const inspector = createInspector({
  caches: { sessions, pages },
  path: '/caches',
  showValues: true,
  allowChanges: true,
})

const server = createServer((request, response) => {
  if (request.url?.startsWith('/caches')) return void inspector(request, response)
  const id = new URL(request.url ?? '/', 'http://localhost').searchParams.get('id') ?? 'nobody'
  const session = sessions.get(id)
  if (!session) sessions.set(id, { user: id })
  pages.set(`/?id=${id}`, '<p>Hello')
  response.end(session ? `Welcome back, ${session.user}\n` : `Hello, ${id}\n`)
})

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  for (const id of ['ada', 'bob', 'ada', 'ada']) {
    process.stdout.write(await (await fetch(`${origin}/?id=${id}`)).text())
  }
  if (process.argv.includes('--stay')) {
    console.log(`Open ${origin}/caches`)
    return
  }
  await visit(`${origin}/caches`, (line) => console.log(line))
  inspector.close()
  server.close()
  pages.close()
})
