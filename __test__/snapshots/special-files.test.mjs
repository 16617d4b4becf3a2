// Paths at which something else is than a snapshot: nothing waits for it, and nothing of it is lost.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { KINDS, failureOf, folder } from './support.mjs'

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`${kind} and special files`, () => {
    test('a save replaces no pipe, socket or folder', async (t) => {
      const at = folder(t)
      execFileSync('mkfifo', [at('pipe')])
      mkdirSync(at('folder'))
      const server = createServer().listen(at('socket'))
      await once(server, 'listening')
      t.after(() => server.close())
      const cache = open(t)
      for (const name of ['pipe', 'socket', 'folder']) {
        const before = lstatSync(at(name)).ino
        const { code } = await failureOf(() => cache.save(at(name)))
        assert.equal(code, 'ERR_SNAPSHOT_NOT_A_SNAPSHOT', name)
        assert.equal(lstatSync(at(name)).ino, before, name)
      }
    })

    test('a pipe in the place of the lock is refused, and a link', async (t) => {
      const at = folder(t)
      execFileSync('mkfifo', [at('snapshot.lock')])
      symlinkSync(at('elsewhere'), at('other.lock'))
      for (const name of ['snapshot', 'other']) {
        const path = at(name)
        for (const action of [() => open(t).save(path), () => open(t, { snapshot: { path } })]) {
          const { code, message } = await failureOf(action)
          assert.equal(code, 'ERR_SNAPSHOT_IO')
          assert.match(message, /its lock file is not a file/)
        }
      }
      assert.ok(!existsSync(at('elsewhere')))
    })

    test('a link is followed, also to what is not there yet, and two paths are one', async (t) => {
      const at = folder(t)
      mkdirSync(at('volume'))
      symlinkSync(join('volume', 'snapshot'), at('link'))
      const cache = open(t, { snapshot: { path: at('link'), onExit: false } })
      cache.set('a', 1)
      const other = () => open(t, { snapshot: { path: at('volume/snapshot') } })
      assert.equal((await failureOf(other)).code, 'ERR_SNAPSHOT_LOCKED')
      await cache.save(at('link'))
      assert.ok(lstatSync(at('link')).isSymbolicLink())
      assert.ok(lstatSync(at('volume/snapshot')).isFile())
      assert.equal((await failureOf(other)).code, 'ERR_SNAPSHOT_LOCKED')
      const copy = open(t)
      await copy.restore(at('link'))
      assert.deepEqual(copy.keys(), ['a'])
    })

    test('a temporary file that no save has left stays', async (t) => {
      const at = folder(t)
      writeFileSync(at('snapshot.tmp'), 'somebody else’s')
      const cache = open(t)
      const { code, message } = await failureOf(() => cache.save(at()))
      assert.equal(code, 'ERR_SNAPSHOT_IO')
      assert.match(message, /`\.tmp`/)
      assert.equal(readFileSync(at('snapshot.tmp'), 'utf8'), 'somebody else’s')
      assert.ok(!existsSync(at()))
    })

    test('one that a killed save has left goes, however short it is', async (t) => {
      const at = folder(t)
      const cache = open(t)
      cache.set('a', 1)
      await cache.save(at())
      const whole = readFileSync(at())
      for (const length of [0, 1, 7, 8, whole.length - 1]) {
        writeFileSync(at('snapshot.tmp'), whole.subarray(0, length))
        assert.equal((await cache.save(at())).entries, 1)
      }
      assert.deepEqual(readdirSync(at('.')).toSorted(), ['snapshot', 'snapshot.lock'])
    })
  })
}
