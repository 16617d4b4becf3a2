// Responses of an HTTP server, cached for all worker threads of the process as their headers allow.
// Run it in a project that has native-memory-cache and undici.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Agent, interceptors, request } from 'undici'
import { UndiciCacheStore } from 'native-memory-cache/undici'

let answers = 0
const server = createServer((incoming, response) => {
  answers += 1
  response.setHeader('cache-control', 'public, max-age=60')
  response.setHeader('vary', 'accept-language')
  response.end(`${incoming.headers['accept-language']}, answer ${answers}`)
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const address = `http://127.0.0.1:${server.address().port}`

const store = new UndiciCacheStore({ cache: { name: 'http', maxSize: 0, maxBytes: 64 << 20 } })
const dispatcher = new Agent().compose(interceptors.cache({ store }))

for (const language of ['en', 'de', 'en', 'de']) {
  const headers = { 'accept-language': language }
  const { body } = await request(address, { dispatcher, headers })
  console.log(await body.text())
}
// → en, answer 1
// → de, answer 2
// → en, answer 1
// → de, answer 2
await dispatcher.close()
server.close()
