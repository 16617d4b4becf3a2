// A worker thread that touches the session of the round that it is told, with its own cookie and with another one in
// turns, until it is told of the next.
import { parentPort, workerData } from 'node:worker_threads'
import { ExpressSessionStore } from 'native-memory-cache/express-session'

const { name, state } = workerData
const store = new ExpressSessionStore({ cache: { name } })
const cookies = [0, 1, 2].map((path) => ({ originalMaxAge: null, expires: null, path: `/${path}` }))

parentPort.postMessage('ready')
Atomics.wait(state, 0, 0)
for (let round = Atomics.load(state, 0); round > 0; round = Atomics.load(state, 0)) {
  Atomics.store(state, 1, round)
  for (let i = 0; Atomics.load(state, 0) === round; i++) {
    store.touch(`s${round}`, { cookie: cookies[i % 3 === 0 ? 0 : (i >> 1) % 3] })
    Atomics.add(state, 2, 1)
  }
}
