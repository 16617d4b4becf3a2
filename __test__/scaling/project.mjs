// The example examples/two-processes as a project of its own: beside the libraries, with the packed package.
// Lives here: that project, and the server that it is given. What is tested of it belongs in the test files.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { missingServer, startRedis } from '../../scripts/redis.mjs'
import { installPacked, packBoth } from '../adapters/installation.mjs'
import { root } from '../consumers/release.mjs'
import { install } from '../consumers/tools.mjs'

export const LIBRARIES = ['cacheable', 'bentocache']

const { REDIS_URL } = process.env

/** Why a test cannot be run that needs a server, be it that of `REDIS_URL` or one of its own. */
export const lacksAny = REDIS_URL ? undefined : missingServer

/** The same for a test that kills the server. */
export const lacksOwn = missingServer

async function ownServer(options) {
  const server = await startRedis(options)
  if (server.lacks) throw new Error(server.lacks)
  return server
}

export { ownServer }

/** That of `REDIS_URL`, or one of its own. */
export const anyServer = async () =>
  REDIS_URL ? { url: REDIS_URL, stop: async () => {} } : ownServer()

/** Removes from the server what has `name` in its key, and resolves to how much that was. */
async function forget(createClient, url, name) {
  const client = await createClient({ url }).connect()
  try {
    const keys = await client.keys(`*${name}*`)
    return keys.length ? await client.unlink(keys) : 0
  } finally {
    await client.close()
  }
}

export async function createProject() {
  const folder = mkdtempSync(join(await install('../scaling/'), 'run-'))
  cpSync(join(root, 'examples', 'two-processes'), folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await installPacked(folder, await packBoth(folder))

  const { startProcess, joined } = await import(pathToFileURL(join(folder, 'processes.mjs')))
  const { createClient } = createRequire(join(folder, 'main.mjs'))('@keyv/redis')
  return {
    folder,
    startProcess,
    joined,
    forget: (url, name) => forget(createClient, url, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
