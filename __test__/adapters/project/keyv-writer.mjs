// A worker thread that writes a user with Keyv into the store `workerData`.
import { workerData } from 'node:worker_threads'
import { Keyv } from 'keyv'
import { KeyvStore } from 'native-memory-cache/keyv'

const store = new KeyvStore({ cache: { name: workerData } })
await new Keyv({ store, namespace: 'users' }).set('ada', { name: 'Ada' })
