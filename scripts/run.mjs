// Starts other programs.
// Lives here: the capture of a program's output and the way to a dev dependency's command.
// What the output means belongs in checks.mjs.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import util from 'node:util'

export const root = fileURLToPath(new URL('..', import.meta.url))

// Captured output is parsed, and printed where there may be no terminal: no colours in it. Not
// every tool heeds all of these variables, so what is left is taken out of the text as well.
function plainEnvironment() {
  const env = { ...process.env, CARGO_TERM_COLOR: 'never', NO_COLOR: '1', TERM: 'dumb' }
  delete env.FORCE_COLOR
  return env
}

const plain = (text) => util.stripVTControlCharacters(text)

/**
 * Runs a program to its end. Never rejects: a program that cannot start is a failure like any
 * other, with the reason as its output.
 */
export function run(command, args, { cwd = root, onLine = () => {}, timeout = 0 } = {}) {
  return new Promise((resolve) => {
    let output = ''
    // npm is a batch file on Windows, which only a shell can start.
    const needsShell = process.platform === 'win32' && command === 'npm'
    const child = spawn(
      needsShell ? [command, ...args].join(' ') : command,
      needsShell ? [] : args,
      {
        cwd,
        env: plainEnvironment(),
        shell: needsShell,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout,
      },
    )

    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        const line = plain(text).trimEnd().split('\n').pop().trim()
        if (line) onLine(line)
      })
    }
    child.on('error', (error) => resolve({ ok: false, output: `${error.message}\n` }))
    child.on('close', (code, signal) => {
      if (signal) output += `\n${command} was ended by ${signal}\n`
      resolve({ ok: code === 0, output: plain(output) })
    })
  })
}

/** The JavaScript file behind a dev dependency's command: it starts without a shell everywhere. */
export function toolPath(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[command])
}
