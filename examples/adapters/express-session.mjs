// Sessions of an Express app that all worker threads of the process share: sign in on one, and each of them knows.
// Run it in a project that has native-memory-cache, express and express-session.
import { once } from 'node:events'
import { Worker, isMainThread, parentPort } from 'node:worker_threads'
import express from 'express'
import session from 'express-session'
import { ExpressSessionStore } from 'native-memory-cache/express-session'

if (isMainThread) {
  const workers = [1, 2].map(() => new Worker(new URL(import.meta.url)))
  const ready = workers.map((worker) => once(worker, 'message'))
  const [[one], [other]] = await Promise.all(ready)

  const login = await fetch(`${one}/login/ada`)
  const [cookie] = login.headers.getSetCookie()
  const visit = async (url) => console.log(await (await fetch(url, { headers: { cookie } })).text())
  await visit(`${other}/`) // → Hello ada
  await visit(`${other}/logout`) // → Bye
  await visit(`${one}/`) // → Hello stranger
  process.exit()
}

const store = new ExpressSessionStore({
  cache: { name: 'sessions', maxSize: 100_000, ttl: 24 * 60 * 60 * 1000 },
})
const app = express()
app.use(session({ store, secret: 'change me', resave: false, saveUninitialized: false }))
app.get('/login/:user', (request, response) => {
  request.session.user = request.params.user
  response.end('Welcome')
})
app.get('/logout', (request, response) => request.session.destroy(() => response.end('Bye')))
app.get('/', (request, response) => response.end(`Hello ${request.session.user ?? 'stranger'}`))
const server = app.listen(0, '127.0.0.1', () => {
  parentPort.postMessage(`http://127.0.0.1:${server.address().port}`)
})
