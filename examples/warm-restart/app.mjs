// An Express app whose sessions outlive its process: it is told a port, and knows nothing of how it ends.
import express from 'express'
import session from 'express-session'
import { ExpressSessionStore } from 'native-memory-cache/express-session'

const store = new ExpressSessionStore({
  cache: { name: 'sessions', maxSize: 100_000, snapshot: { path: 'sessions.snapshot' } },
})
const app = express()
app.use(session({ store, secret: 'change me', resave: false, saveUninitialized: false }))
app.get('/login/:user', (request, response) => {
  request.session.user = request.params.user
  response.end()
})
app.get('/', (request, response) => response.end(request.session.user ?? 'nobody'))
const server = app.listen(process.argv[2], '127.0.0.1', () => process.send(server.address().port))
