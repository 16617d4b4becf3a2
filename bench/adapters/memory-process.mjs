// A process that fills one store and tells what it holds then, in bytes, and for how long V8 stops to collect.
// Lives here: this process. Whose turn it is belongs in memory.mjs.
import { setTimeout as sleep } from 'node:timers/promises'
import { answer } from '../cell-process.mjs'
import { pausesDuring, settle, usage } from '../memory.mjs'
import { entriesOf } from './entries.mjs'
import { openStore } from './stores.mjs'

const COLLECTIONS = 5

const collections = () =>
  pausesDuring(async () => {
    for (let i = 0; i < COLLECTIONS; i++) {
      globalThis.gc()
      await sleep(1)
    }
  })

async function serverMemory({ load, redisUrl }) {
  if (redisUrl === undefined) return { used: async () => 0 }
  const { createClient } = await load('redis')
  const client = await createClient({ url: redisUrl }).connect()
  await client.flushAll()
  return {
    async used() {
      const [, bytes] = /used_memory:(\d+)/.exec(await client.info('memory'))
      return Number(bytes)
    },
  }
}

async function measure({ library, store: name, project, size, redisUrl }) {
  const { load } = await import(project)
  const context = { load, size, redisUrl }
  const server = await serverMemory(context)
  const store = await openStore(library, name, context)
  const entries = await entriesOf(library, context, store)

  await settle()
  // The code of store and library is compiled, and what they make at first is there.
  await entries.fill(size, size + size / 50)
  const empty = await collections()
  const [before, onServer] = [usage(), await server.used()]
  const filling = await pausesDuring(() => entries.fill(0, size))
  const full = await collections()
  const after = usage()
  const added = await server.used()

  await entries.check(size)
  return {
    heap: after.heap - before.heap,
    buffers: after.buffers - before.buffers,
    resident: after.resident - before.resident,
    server: added - onServer,
    longestWhileFilling: filling.longest,
    emptyCollection: empty.longest,
    fullCollection: full.longest,
  }
}

await answer({ memory: measure })
