// A process that serves one app over HTTP and tells what that took of the processor.
// Lives here: this process. What the app is belongs in apps.mjs.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { answerRequests } from '../conversation.mjs'
import { makeApp } from './apps.mjs'
import { openStore } from './stores.mjs'

const { library, store, project, size, redisUrl } = JSON.parse(process.argv[2])

const { load } = await import(project)
const opened = store && (await openStore(library, store, { load, size, redisUrl }))
const { app, begun } = await makeApp(library, load, opened)

async function listen() {
  if (typeof app.listen === 'function' && app.server) {
    return app.listen({ port: 0, host: '127.0.0.1' })
  }
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${server.address().port}`
}
const url = await listen()

answerRequests({
  url: () => url,
  begun,
  /** In microseconds, since the process began. */
  cpu() {
    const { user, system } = process.cpuUsage()
    return user + system
  },
})
