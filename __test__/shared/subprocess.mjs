// Runs a short CommonJS program in a process of its own. What it should print is the test's business.

import { spawn } from 'node:child_process'

// Far above whatever a healthy program needs.
const DEADLINE = 10_000

/** Resolves to how the program ended; `code` is null if it had to be killed. */
export function runProgram(source) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '-e', source], {
      cwd: import.meta.dirname,
      timeout: DEADLINE,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
