// An npm registry on this machine's loopback interface, empty at the start and gone at the end.
// Lives here: its process and the npm settings of those who use it. What is published there
// belongs in release.mjs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freshEnvironment } from './process.mjs'

const server = fileURLToPath(new URL('registry-server.cjs', import.meta.url))

export async function startRegistry({ tools, folder }) {
  mkdirSync(folder, { recursive: true })
  const child = fork(server, [tools, join(folder, 'storage')], { env: freshEnvironment() })
  const [answer] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (!answer?.port) throw new Error(`the registry did not start (${answer})`)

  const url = `http://127.0.0.1:${answer.port}/`
  const settings = join(folder, 'npmrc')
  writeFileSync(
    settings,
    [
      `registry=${url}`,
      // npm publishes only for somebody; the registry takes anybody.
      `//127.0.0.1:${answer.port}/:_authToken=anybody`,
      `cache=${join(folder, 'npm-cache')}`,
      'audit=false',
      'fund=false',
      'update-notifier=false',
    ].join('\n'),
  )
  return {
    url,
    env: (path) => ({ ...freshEnvironment(path), npm_config_userconfig: settings }),
    async stop() {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}
