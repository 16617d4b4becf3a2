// A worker thread with a server of its own, whose sessions are in the store `workerData.name`.
import { createServer } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import express from 'express'
import session from 'express-session'
import { ExpressSessionStore } from 'native-memory-cache/express-session'

const store = new ExpressSessionStore({ cache: { name: workerData.name } })
const app = express()
app.use(session({ store, secret: 'secret', resave: false, saveUninitialized: false }))
app.get('/login/:user', (request, response) => {
  request.session.user = request.params.user
  response.end()
})
app.get('/user', (request, response) => response.end(request.session.user ?? 'nobody'))
app.get('/logout', (request, response) => request.session.destroy(() => response.end()))

const server = createServer(app).listen(0, '127.0.0.1', () => {
  parentPort.postMessage(`http://127.0.0.1:${server.address().port}`)
})
