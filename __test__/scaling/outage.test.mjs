// The server is killed in the middle of traffic and started again, empty: the app goes on.
//
//     node --test __test__/scaling/outage.test.mjs
//
// Lives here: what a server being away changes. What holds while it is there belongs in scaling.test.mjs.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { LIBRARIES, createProject, lacksOwn, ownServer } from './project.mjs'

const TTL_MS = 1500
const KEYS = Array.from({ length: 20 }, (_, i) => `key ${i}`)
// What a machine that is busy adds to a lifetime.
const SLACK_MS = 1000
const ANSWER_LIMIT_MS = 1000

/** What the database says, since when, and until when it said something else. */
function createDatabase() {
  const versions = new Map(KEYS.map((key) => [key, { current: 0, replacedAt: [] }]))
  return {
    current: (key) => versions.get(key).current,
    change(key) {
      const entry = versions.get(key)
      entry.replacedAt[entry.current] = performance.now()
      entry.current += 1
      return entry.current
    },
    /** How long ago the version was replaced, at the time the question was asked. */
    age: (key, version, asked) => asked - (versions.get(key).replacedAt[version] ?? asked),
  }
}

/** All threads of all processes read, one of them writes now and then, until it is stopped. */
function startTraffic(apps, database) {
  const seen = { reads: 0, fromCache: 0, oldest: 0, slowest: 0 }
  const end = new AbortController()

  const readers = apps.flatMap((app) =>
    [0, 1].map(async (worker) => {
      for (let i = 0; !end.signal.aborted; i++) {
        const key = KEYS[i % KEYS.length]
        const asked = performance.now()
        const { value, from } = await app.read(worker, key, database.current(key))
        seen.reads += 1
        if (from === 'cache') seen.fromCache += 1
        seen.oldest = Math.max(seen.oldest, database.age(key, value, asked))
        seen.slowest = Math.max(seen.slowest, performance.now() - asked)
        await sleep(1)
      }
    }),
  )
  const writer = async () => {
    for (let i = 0; !end.signal.aborted; i++) {
      const key = KEYS[i % KEYS.length]
      await apps[i % apps.length].write(i % 2, key, database.change(key))
      await sleep(20)
    }
  }
  const all = Promise.all([...readers, writer()])
  // A failure shows when the traffic is stopped.
  all.catch(() => {})
  return {
    seen,
    async stop() {
      end.abort()
      await all
    },
  }
}

describe('the server is killed and started again', { skip: lacksOwn, timeout: 120_000 }, () => {
  let project
  before(async () => {
    project = await createProject()
  })
  after(() => project?.remove())

  for (const library of LIBRARIES) {
    test(`through ${library} answers keep coming, nothing is older than its ttl, and the bus comes back`, async (t) => {
      let server = await ownServer()
      const options = { library, url: server.url, name: `outage-${library}`, ttl: TTL_MS }
      const apps = [0, 1].map(() => project.startProcess({ ...options, l1Ttl: TTL_MS }))
      t.after(async () => {
        for (const app of apps) app.kill()
        await server.stop()
      })
      await project.joined(...apps)

      const database = createDatabase()
      const traffic = startTraffic(apps, database)
      await sleep(TTL_MS)
      await server.kill()

      // What is in the L1 is answered without the server, by all threads.
      await apps[0].write(0, 'during', 'the outage')
      const during = { value: 'the outage', from: 'cache' }
      assert.deepEqual(await apps[0].read(1, 'during', 'later'), during)
      await sleep(2 * TTL_MS)
      const earlier = { ...traffic.seen }
      await sleep(200)
      assert.ok(traffic.seen.reads > earlier.reads, 'reads went on')
      assert.ok(traffic.seen.fromCache > earlier.fromCache, 'the L1 was read')

      server = await ownServer({ port: server.port })
      await project.joined(...apps)
      await sleep(TTL_MS)
      await traffic.stop()

      t.diagnostic(JSON.stringify(traffic.seen))
      assert.ok(traffic.seen.oldest <= TTL_MS + SLACK_MS, `${traffic.seen.oldest} ms old`)
      assert.ok(traffic.seen.slowest <= ANSWER_LIMIT_MS, `${traffic.seen.slowest} ms`)
      assert.ok((await apps[0].failures(0)).length > 0, 'the app was told')

      // Nobody has to be started again: what one process writes now is read by the other one.
      await apps[1].write(0, 'after', 'the outage')
      const afterwards = await apps[0].read(1, 'after', 'later')
      assert.deepEqual(afterwards, { value: 'the outage', from: 'cache' })
      await Promise.all(apps.map((app) => app.close()))
    })
  }
})
