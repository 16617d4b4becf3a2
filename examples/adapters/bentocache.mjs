// A BentoCache whose first level all worker threads of the process could share.
// Run it in a project that has native-memory-cache and bentocache.
import { BentoCache, bentostore } from 'bentocache'
import { bentocacheDriver } from 'native-memory-cache/bentocache'

const memory = bentocacheDriver({ cache: { name: 'users', maxSize: 100_000, maxBytes: 64 << 20 } })
const bento = new BentoCache({
  default: 'users',
  stores: { users: bentostore().useL1Layer(memory) },
})

let queries = 0
async function load() {
  queries += 1
  return { name: 'Ada' }
}
const find = (key) => bento.getOrSet({ key, ttl: '10m', tags: ['user'], factory: load })

await Promise.all([find('ada'), find('ada')])
console.log((await find('ada')).name, queries) // → Ada 1

await bento.deleteByTag({ tags: ['user'] })
console.log((await find('ada')).name, queries) // → Ada 2
await bento.disconnect()
