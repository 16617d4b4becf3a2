// The package as users find it: released into a registry of its own, ready to be installed.
// Lives here: the one set-up that the suites below share, and its end. What is done with the
// released package belongs in the suites.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startRegistry } from './registry.mjs'
import { release } from './release.mjs'
import { install } from './tools.mjs'

export async function publish() {
  const tools = await install('.')
  // Below the tools, whose commands and types the projects find in the node_modules above them.
  const folder = mkdtempSync(join(tools, 'run-'))
  const registry = await startRegistry({ tools, folder: join(folder, 'registry') })
  const close = async () => {
    await registry.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const to = { registry: registry.url, env: registry.env() }
    const packed = await release(join(folder, 'release'), to)
    return { tools, folder, registry, packed, close }
  } catch (error) {
    await close()
    throw error
  }
}
