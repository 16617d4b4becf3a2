// A Redis server of the benchmark's own, on a port that is free, in memory alone.
// Lives here: its start and end. What is asked of it belongs in sources.mjs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'

const START_LIMIT_MS = 10_000

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
    const timer = setTimeout(() => resolve('redis-server did not start in time'), START_LIMIT_MS)
    const settle = (lacks) => {
      clearTimeout(timer)
      resolve(lacks)
    }
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (output.includes('Ready to accept connections')) settle(undefined)
    })
    child.on('error', ({ code }) =>
      settle(`redis-server ${code === 'ENOENT' ? 'is not installed' : `failed: ${code}`}`),
    )
    child.on('exit', () => settle('redis-server ended at once'))
  })
}

/** Resolves to `{ lacks }` with a reason, or to `{ port, version, stop }`. */
export async function startRedis() {
  const port = await freePort()
  const options = { bind: '127.0.0.1', port, save: '', appendonly: 'no', dir: tmpdir() }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const exited = new Promise((resolve) => child.once('close', resolve))
  let version
  child.stdout.setEncoding('utf8').on('data', (text) => {
    version ??= /Redis version=([\d.]+)/.exec(text)?.[1]
  })

  const stop = async () => {
    child.kill()
    await exited
  }
  const lacks = await becomesReady(child)
  if (lacks === undefined) return { port, version, stop }
  await stop()
  return { lacks, stop: async () => {} }
}
