// A storage of which one part is in memory that all worker threads of the process share.
// Run it in a project that has native-memory-cache and unstorage.
import { once } from 'node:events'
import { Worker, isMainThread } from 'node:worker_threads'
import { unstorageDriver } from 'native-memory-cache/unstorage'
import { createStorage } from 'unstorage'

const storage = createStorage()
const pages = unstorageDriver({ cache: { name: 'pages', maxSize: 0, maxBytes: 64 << 20 } })
storage.mount('pages', pages)

if (isMainThread) {
  await storage.setItem('local', 'of this thread alone')
  await once(new Worker(new URL(import.meta.url)), 'exit')
  console.log(await storage.getItem('pages:home')) // → { title: 'Welcome' }
  console.log(await storage.getKeys()) // → [ 'pages:home', 'local' ]
} else {
  await storage.setItem('pages:home', { title: 'Welcome' }, { ttl: 60 })
}
