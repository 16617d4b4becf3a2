// What tests of snapshots share: both kinds of cache, files that go with their test, and processes. No
// expectation lives here.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { freshName } from '../shared/support.mjs'

// Far above whatever a healthy program needs.
const DEADLINE = 30_000

/** Opens a cache of each kind, without limits unless some are given; it is closed after the test. */
export const KINDS = {
  MemoryCache: (t, options) => closing(t, new MemoryCache({ maxSize: 0, ...options })),
  // One shard: an exact order.
  SharedMemoryCache: (t, options) =>
    closing(
      t,
      new SharedMemoryCache({ name: freshName('snapshots'), maxSize: 0, shards: 1, ...options }),
    ),
}

function closing(t, cache) {
  t.after(() => cache.close())
  return cache
}

/** A folder that is removed after the test; returns a function that names files in it. */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'snapshots-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return (name = 'snapshot') => join(path, name)
}

/** What the promise, or the call, fails with. */
export async function failureOf(action) {
  try {
    await action()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** Numbers that follow from a seed (xorshift32). */
export function randomFrom(seed) {
  let state = seed >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  return {
    below: (most) => Math.floor(next() * most),
    pick: (list) => list[Math.floor(next() * list.length)],
  }
}

/**
 * Runs a CommonJS program whose `argv[1]` and on are `args`. Resolves to how it ended; `onLine(line, child)` is
 * called for each line that it prints meanwhile.
 */
export function run(source, args = [], onLine = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', source, ...args], {
      cwd: import.meta.dirname,
      timeout: DEADLINE,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    let line = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      const lines = (line + chunk).split('\n')
      line = lines.pop()
      for (const one of lines) onLine(one, child)
    })
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** Calls `step(i)` in each turn of the event loop until the promise is settled, and returns what it is settled with. */
export async function during(promise, step) {
  const progress = { isSettled: false }
  const settle = () => (progress.isSettled = true)
  promise.then(settle, settle)
  for (let i = 0; !progress.isSettled; i++) {
    step(i)
    await turn()
  }
  return promise
}
