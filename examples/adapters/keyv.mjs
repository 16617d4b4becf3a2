// cacheable and cache-manager in one cache, which all worker threads of the process could share.
// Run it in a project that has native-memory-cache, keyv, cacheable and cache-manager.
import { createCache } from 'cache-manager'
import { Cacheable } from 'cacheable'
import { Keyv } from 'keyv'
import { SharedMemoryCache } from 'native-memory-cache'
import { KeyvStore } from 'native-memory-cache/keyv'

const cache = new SharedMemoryCache({ name: 'entries', maxSize: 100_000, maxBytes: 64 << 20 })
const keyv = (namespace) => new Keyv({ store: new KeyvStore({ cache }), namespace })

const users = new Cacheable({ primary: keyv('users'), ttl: '1h' })
await users.set('ada', { name: 'Ada' })
console.log((await users.get('ada')).name) // → Ada

const pages = createCache({ stores: [keyv('pages')], ttl: 60_000 })
const page = await pages.wrap('/', async () => 'Welcome')
console.log(page, cache.size()) // → Welcome 2

await pages.clear()
console.log(await pages.get('/'), (await users.get('ada')).name) // → undefined Ada
