// A Redis or Valkey server for a test or a benchmark: on a port of this machine that is free, in memory alone.
// Lives here: which one is installed, its start and its end. What is asked of it belongs in the callers.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'

const START_LIMIT_MS = 10_000

const PROGRAMS = ['valkey-server', 'redis-server']

const program = PROGRAMS.find((name) => spawnSync(name, ['--version']).status === 0)

/** Why there is no server, with the command that changes it; `undefined` if there is one. */
export const missingServer = program
  ? undefined
  : `neither ${PROGRAMS.join(' nor ')} is installed: apt-get install redis-server`

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

function becomesReady(child) {
  return new Promise((resolve) => {
    let output = ''
    const timer = setTimeout(() => resolve(`${program} did not start in time`), START_LIMIT_MS)
    const settle = (lacks) => {
      clearTimeout(timer)
      resolve(lacks)
    }
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (output.includes('Ready to accept connections')) settle(undefined)
    })
    child.on('error', ({ code }) => settle(`${program} failed: ${code}`))
    child.on('exit', () => settle(`${program} ended at once`))
  })
}

/**
 * Resolves to `{ lacks }` with a reason, or to `{ port, url, version, stop, kill }`. With a port a server can be
 * started again where one was killed.
 */
export async function startRedis({ port: wanted } = {}) {
  if (missingServer) return { lacks: missingServer, stop: async () => {} }
  const port = wanted ?? (await freePort())
  const options = { bind: '127.0.0.1', port, save: '', appendonly: 'no', dir: tmpdir() }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = new Promise((resolve) => child.once('close', resolve))
  let version
  child.stdout.setEncoding('utf8').on('data', (text) => {
    version ??= /(?:Redis|Valkey) version=([\d.]+)/.exec(text)?.[1]
  })

  const end = async (signal) => {
    child.kill(signal)
    await exited
  }
  const stop = () => end('SIGTERM')
  const lacks = await becomesReady(child)
  if (lacks === undefined) {
    const url = `redis://127.0.0.1:${port}`
    return { port, url, version, stop, kill: () => end('SIGKILL') }
  }
  await stop()
  return { lacks, stop: async () => {} }
}
