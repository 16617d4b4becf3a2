// Processes killed at random moments of saves: what is there is the old snapshot or the new one, whole.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { chooseSeed } from '../shared/support.mjs'
import { KINDS, folder, randomFrom } from './support.mjs'

const KILLS = 100
const ENTRIES = 2_000

// Saves again and again; says which version is in the file by now.
const SOURCES = {
  MemoryCache: `const { MemoryCache } = require('native-memory-cache')
    const cache = new MemoryCache({ maxSize: 0, ttl: 0 })`,
  SharedMemoryCache: `const { SharedMemoryCache } = require('native-memory-cache')
    const cache = new SharedMemoryCache({ name: 'store', maxSize: 0, ttl: 0 })`,
}
const SAVING = `
  const { writeSync } = require('node:fs')
  const [, path, first] = process.argv
  ;(async () => {
    for (let version = Number(first); ; version++) {
      for (let i = 0; i < ${ENTRIES}; i++) cache.set('key ' + i, { version, text: 'x'.repeat(100) })
      await cache.save(path)
      writeSync(1, version + '\\n')
    }
  })()`

/** Kills a process that saves so many milliseconds after its first version; the last version that it told of. */
function killOne(source, path, first, delay) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', source, path, String(first)], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.on('data', (chunk) => {
      if (told === '') setTimeout(() => child.kill('SIGKILL'), delay)
      told += chunk
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`it ended with ${code ?? signal}`))
      else resolve(Number(told.trimEnd().split('\n').at(-1)))
    })
  })
}

for (const [kind, open] of Object.entries(KINDS)) {
  const seed = chooseSeed('KILLS_SEED')
  test(`of ${KILLS} kills none leaves a ${kind} half a snapshot (KILLS_SEED=${seed})`, async (t) => {
    const at = folder(t)
    const rng = randomFrom(seed)
    const cache = open(t, { ttl: 0 })
    // Of two at a time each has a file of its own.
    const kills = async (path) => {
      let version = 0
      for (let i = 0; i < KILLS / 2; i++) {
        const told = await killOne(SOURCES[kind] + SAVING, path, version + 1, rng.below(200) / 10)
        const found = open(t, { ttl: 0 })
        const { entries } = await found.restore(path)
        const versions = new Set(found.values().map((value) => value.version))
        assert.deepEqual([entries, versions.size], [ENTRIES, 1], `after ${told}`)
        ;[version] = versions
        assert.ok(version === told || version === told + 1, `${version} after ${told}`)
        found.close()
      }
      return version
    }
    await Promise.all([kills(at('one')), kills(at('other'))])
    // What a killed one has left goes with the next save, or is used again.
    for (const name of ['one', 'other']) {
      await cache.save(at(name))
      await cache.save(at(name))
    }
    const left = readdirSync(at('.')).filter((name) => !/^(one|other)(\.lock)?$/.test(name))
    assert.deepEqual(left, [])
  })
}
