// A program with caches of both kinds that knows nothing of being watched, but for its first line.
// Lives here: what the program does. What is told of it belongs in watch.mts.
import { setTimeout as pause } from 'node:timers/promises'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { readsSoFar, watchCaches } from './watch.mjs'

watchCaches((line) => console.log(line))

const users = new MemoryCache<string>({ maxSize: 2 })
const pages = new SharedMemoryCache<string>({ name: 'pages', maxSize: 1, shards: 1 })

const load = (id: string): Promise<string> => users.getOrSet(`user:${id}`, async () => `User ${id}`)

// The second and third find what the first has begun or stored.
await Promise.all([load('ada'), load('ada')])
await load('ada')
await load('bob')
await load('eve')

const render = async (): Promise<string> => {
  await pause(300)
  return '<html>'
}
await pages.getOrSet('page:home', render)
pages.set('page:about', '<html>')

const failing = async (): Promise<string> => {
  throw new Error('no such user')
}
await users.getOrSet('user:mallory', failing).catch((error: Error) => console.log(error.message))

for (const [kind, { hits, misses }] of readsSoFar()) {
  console.log(`${kind}: ${hits} found, ${misses} not`)
}
pages.close()
