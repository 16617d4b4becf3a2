// What compiles, and what must not, with the inspector.
import { createServer } from 'node:http'
import express from 'express'
import type { Request } from 'express'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import type { Inspector, InspectorOptions } from 'native-memory-cache/inspector'

const users = new MemoryCache<{ name: string }>()
const limits = new SharedMemoryCache<number>({ name: 'limits' })
const options: InspectorOptions = {
  caches: { users, limits },
  authorize: ({ headers }) => headers['x-admin'] === 'yes',
  showValues: true,
  allowChanges: true,
  path: '/caches',
}
const inspector: Inspector = createInspector(options)
createServer(inspector)
express().use('/caches', inspector)
const ofExpress = createInspector({
  caches: {},
  authorize: async (request: Request) => request.ip === '10.0.0.1',
})
express().use('/caches', ofExpress)
inspector.close()

// @ts-expect-error Caches are required.
createInspector({})
// @ts-expect-error A view is no cache of its own.
createInspector({ caches: { view: users.withNamespace('a:') } })
// @ts-expect-error A Map is no cache.
createInspector({ caches: { users: new Map<string, string>() } })
// @ts-expect-error Whether it is allowed has to be said.
createInspector({ caches: {}, authorize: () => 'yes' })
