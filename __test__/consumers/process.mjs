// Starts the programs that a user would type.
// Lives here: their environment and the capture of what they print. What is run, and what its
// output must say, belongs in the callers.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'

const TIMEOUT_MS = 5 * 60_000

// A node --test below this one would report to it instead of printing, and the settings that npm
// hands to what it runs would reach the npm of a user's project.
const OURS = /^(?:npm_.*|NODE_TEST_CONTEXT|NODE_OPTIONS|NODE_V8_COVERAGE|NODE_PATH|FORCE_COLOR)$/i

/** The environment of a shell that has just been opened, `path` ahead of the others. */
export function freshEnvironment(path) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)))
  if (path) env.PATH = `${path}${delimiter}${env.PATH}`
  return { ...env, NO_COLOR: '1', CI: 'true' }
}

/** Runs a program to its end, however it ends. */
export function run(program, args, { cwd, env = freshEnvironment() }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env,
      // npm is a batch file on Windows, which only a shell can start.
      shell: process.platform === 'win32' && program === 'npm',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }))
  })
}

/** Runs a program that must succeed; resolves to what it printed. */
export async function succeed(program, args, options) {
  const { code, output } = await run(program, args, options)
  assert.equal(code, 0, `${program} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}
