// An app with the handlers, in as few files as it needs to run. What must not live here: the app.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const file = (name) => fileURLToPath(new URL(name, import.meta.url))

// The libraries are in the folder above.
const root = dirname(file('.'))

export default {
  cacheComponents: true,
  cacheHandler: file('cache-handler.mjs'),
  cacheHandlers: { default: file('use-cache-handler.mjs') },
  cacheMaxMemorySize: 0,
  experimental: { cpus: 1 },
  output: 'standalone',
  outputFileTracingRoot: root,
  serverExternalPackages: ['native-memory-cache'],
  turbopack: { root },
}
