// The option `snapshot`: restored when a cache is made, saved when it is closed and when its process ends, however
// that ends, and without taking the program's signals over.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { MemoryCache, SharedMemoryCache, SnapshotError } from 'native-memory-cache'
import { freshName, until } from '../shared/support.mjs'
import { KINDS, failureOf, folder, run } from './support.mjs'

const EVENTS = ['exit', 'SIGTERM', 'SIGINT', 'newListener']
const listeners = () => EVENTS.map((event) => process.listenerCount(event))

// How a program opens a cache of each kind, with the path as its first argument.
const OPENED = {
  MemoryCache: `
    const { MemoryCache } = require('native-memory-cache')
    const path = process.argv[1]
    const options = () => ({ maxSize: 0, ttl: 0, snapshot: { path } })
    const cache = new MemoryCache(options())
    const dump = [...cache.keys()].join()`,
  SharedMemoryCache: `
    const { SharedMemoryCache } = require('native-memory-cache')
    const path = process.argv[1]
    const options = () => ({ name: 'store', maxSize: 0, ttl: 0, shards: 1, snapshot: { path } })
    const cache = new SharedMemoryCache(options())
    const dump = [...cache.keys()].join()`,
}

// Ready once its line is read; kept alive until then.
const WAITING = `
  cache.set('key', 'value')
  setInterval(() => {}, 1000)
  console.log('ready')`

const killedBy = (signal) => (line, child) => line === 'ready' && child.kill(signal)

for (const [kind, opened] of Object.entries(OPENED)) {
  describe(`the snapshot of a ${kind}`, () => {
    /** The keys of the file, as another process finds them. */
    const keysOf = async (path) => {
      const { stdout, stderr, code } = await run(`${opened}\nprocess.stdout.write(dump)`, [path])
      assert.deepEqual([stderr, code], ['', 0])
      return stdout
    }

    const ENDS = {
      'ends by itself': ['', { code: 0, signal: null }],
      'calls process.exit': ['process.exit(3)', { code: 3, signal: null }],
      'calls process.exit in a listener of exit': [
        "process.on('exit', () => process.exit(4))",
        { code: 4, signal: null },
      ],
      'calls process.exit in a listener of exit that it had before': [
        '',
        { code: 5, signal: null },
        "process.on('exit', () => process.exit(5))",
      ],
      'closes the cache': ['cache.close()', { code: 0, signal: null }],
      'closes the cache, then is killed': [
        "cache.close(); process.kill(process.pid, 'SIGKILL')",
        { code: null, signal: 'SIGKILL' },
      ],
    }
    for (const [name, [source, expected, before = '']] of Object.entries(ENDS)) {
      test(`is saved by a process that ${name}, and is there for the next`, async (t) => {
        const path = folder(t)()
        const program = `${before}${opened}\ncache.set('key', { a: 1 })\n${source}`
        const { code, signal, stderr } = await run(program, [path])
        assert.deepEqual([{ code, signal }, stderr], [expected, ''])
        assert.equal(await keysOf(path), 'key')
      })
    }

    test('is saved after an uncaught error, whose report is as it would be', async (t) => {
      const path = folder(t)()
      const { code, stderr } = await run(
        `${opened}\ncache.set('key', 1)\nsetTimeout(() => { throw new Error('mine') })`,
        [path],
      )
      assert.equal(code, 1)
      assert.match(stderr, /Error: mine/)
      assert.equal(await keysOf(path), 'key')
    })

    for (const signal of ['SIGTERM', 'SIGINT']) {
      test(`is saved at a ${signal}, by which the process ends as it would have`, async (t) => {
        const path = folder(t)()
        const ended = await run(opened + WAITING, [path], killedBy(signal))
        assert.deepEqual([ended.code, ended.signal, ended.stderr], [null, signal, ''])
        assert.equal(await keysOf(path), 'key')
      })

      test(`leaves a ${signal} to the program's own listener`, async (t) => {
        const path = folder(t)()
        const LISTENERS = {
          before: `process.on('${signal}', () => { cache.set('late', 1); process.exit(7) });${opened}`,
          once: `process.once('${signal}', () => { cache.set('late', 1); process.exit(7) });${opened}`,
          after: `${opened}\nprocess.on('${signal}', () => { cache.set('late', 1); process.exit(7) })`,
          'prepended, once': `${opened}\nprocess.prependOnceListener('${signal}', () => {
            setTimeout(() => { cache.set('late', 1); process.exit(7) }) })`,
        }
        for (const [when, source] of Object.entries(LISTENERS)) {
          const ended = await run(source + WAITING, [path], killedBy(signal))
          assert.deepEqual([when, ended.code, ended.signal], [when, 7, null])
          assert.equal(await keysOf(path), 'key,late')
        }
      })
    }

    test('does not end a program that takes a signal for something else', async (t) => {
      const path = folder(t)()
      const source = `${opened}
        process.on('SIGINT', () => {
          console.log('still here')
          process.removeAllListeners('SIGINT')
          cache.set('late', 1)
          clearInterval(timer)
        })
        cache.set('key', 1)
        const timer = setInterval(() => {}, 1000)
        console.log('ready')`
      const { code, stdout } = await run(source, [path], killedBy('SIGINT'))
      assert.deepEqual([code, stdout], [0, 'ready\nstill here\n'])
      assert.equal(await keysOf(path), 'key,late')
    })

    test('ends the process with a listener that has been taken away again, or kills once more', async (t) => {
      const path = folder(t)()
      const SOURCES = {
        removed: `const listener = () => {}
          process.on('SIGTERM', listener); process.off('SIGTERM', listener)`,
        again:
          "process.once('SIGTERM', () => setTimeout(() => process.kill(process.pid, 'SIGTERM')))",
      }
      for (const source of Object.values(SOURCES)) {
        const ended = await run(`${opened}\n${source}${WAITING}`, [path], killedBy('SIGTERM'))
        assert.deepEqual([ended.code, ended.signal], [null, 'SIGTERM'])
        assert.equal(await keysOf(path), 'key')
      }
    })

    test('ends the process with the listeners of signal-exit, which counts those of others', async (t) => {
      const path = folder(t)()
      const signalExit = createRequire(import.meta.url).resolve('signal-exit')
      const source = `
        const { onExit } = require(${JSON.stringify(signalExit)})
        onExit((code, signal) => console.log('signal-exit', signal))`
      for (const program of [source + opened, opened + source]) {
        const ended = await run(program + WAITING, [path], killedBy('SIGTERM'))
        assert.deepEqual([ended.code, ended.signal], [null, 'SIGTERM'])
        assert.equal(ended.stdout, 'ready\nsignal-exit SIGTERM\n')
        assert.equal(await keysOf(path), 'key')
      }
    })

    test('ends the process with a second copy of the package in it', async (t) => {
      const at = folder(t)
      const source = `${opened}
        for (const name of Object.keys(require.cache)) delete require.cache[name]
        const other = require('native-memory-cache')
        const mine = new other.MemoryCache({ snapshot: { path: path + '.other' } })
        mine.set('key', 1)${WAITING}`
      const ended = await run(source, [at()], killedBy('SIGTERM'))
      assert.deepEqual([ended.code, ended.signal, ended.stderr], [null, 'SIGTERM', ''])
      assert.equal(await keysOf(at()), 'key')
      assert.ok(existsSync(at('snapshot.other')))
    })

    test('keeps no process alive, in intervals neither', async (t) => {
      const path = folder(t)()
      const source = opened.replace('snapshot: { path }', 'snapshot: { path, interval: 1 }')
      const { code, stderr } = await run(source, [path])
      assert.deepEqual([code, stderr], [0, ''])
    })

    test('is saved in intervals, under faked timers too, and found whole by another process', async (t) => {
      const path = folder(t)()
      t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] })
      const cache = KINDS[kind](t, { snapshot: { path, interval: 5, onExit: false } })
      t.mock.timers.reset()
      cache.set('key', 1)
      const copy = KINDS[kind](t)
      await until(async () => {
        if (!existsSync(path)) return false
        await copy.restore(path)
        return copy.has('key')
      })
      assert.equal(cache.getMetrics().snapshotErrors, 0)
    })

    test('installs no listener without onExit, one for all with it, and none once they are closed', (t) => {
      const at = folder(t)
      const before = listeners()
      const quiet = KINDS[kind](t, { snapshot: { path: at('quiet'), onExit: false } })
      assert.deepEqual(listeners(), before)
      const caches = Array.from({ length: 20 }, (_, i) =>
        KINDS[kind](t, { snapshot: { path: at(`snapshot ${i}`) } }),
      )
      assert.deepEqual(
        listeners(),
        before.map((count) => count + 1),
      )
      for (const cache of caches) cache.close()
      assert.deepEqual(listeners(), before)
      quiet.close()
      assert.equal(existsSync(at('quiet')), false)
      assert.equal(existsSync(at('snapshot 7')), true)
    })

    test('belongs to one cache at a time: who comes second is told', async (t) => {
      const path = folder(t)()
      const cache = KINDS[kind](t, { snapshot: { path } })
      for (const open of Object.values(KINDS)) {
        const error = await failureOf(() => open(t, { snapshot: { path } }))
        assert.ok(error instanceof SnapshotError, error.stack)
        assert.deepEqual([error.code, error.path], ['ERR_SNAPSHOT_LOCKED', path])
      }
      const other = KINDS[kind](t)
      assert.equal((await failureOf(() => other.save(path))).code, 'ERR_SNAPSHOT_LOCKED')
      cache.set('key', 1)
      await cache.save(path)
      assert.deepEqual(await other.restore(path), { entries: 1 })
      cache.close()
      const { name } = cache
      const next = KINDS[kind](t, { name, snapshot: { path } })
      assert.deepEqual(next.keys(), ['key'])
    })

    test('belongs to one process at a time, and to none when that was killed', async (t) => {
      const path = folder(t)()
      let second
      const first = await run(opened + WAITING, [path], async (line, child) => {
        if (line !== 'ready') return
        second = await run(opened, [path])
        child.kill('SIGKILL')
      })
      assert.equal(first.signal, 'SIGKILL')
      assert.equal(second.code, 1)
      assert.match(second.stderr, /ERR_SNAPSHOT_LOCKED/)
      assert.ok(second.stderr.includes(path))
      assert.equal(await keysOf(path), '')
    })

    test('that is no snapshot has the constructor throw, and is left as it is', async (t) => {
      const path = folder(t)()
      writeFileSync(path, 'something else')
      const before = listeners()
      const error = await failureOf(() => KINDS[kind](t, { snapshot: { path } }))
      assert.ok(error instanceof SnapshotError, error.stack)
      assert.equal(error.code, 'ERR_SNAPSHOT_NOT_A_SNAPSHOT')
      assert.equal(readFileSync(path, 'utf8'), 'something else')
      assert.deepEqual(listeners(), before)
      // The lock is given back, too.
      writeFileSync(path, '')
      const empty = await failureOf(() => KINDS[kind](t, { snapshot: { path } }))
      assert.equal(empty.code, 'ERR_SNAPSHOT_TRUNCATED')
    })

    test('holds its cache until that is closed, whoever has dropped it', async (t) => {
      const path = folder(t)()
      const source = `${opened}
        const more = process.argv[1] + '.dropped'
        ;(() => {
          const dropped = new cache.constructor({ ...options(), name: 'dropped', snapshot: { path: more } })
          dropped.set('dropped', 1)
        })()
        setTimeout(() => { for (let i = 0; i < 5; i++) gc() })`
      const { code } = await run(
        `require('v8').setFlagsFromString('--expose-gc')
        globalThis.gc = require('vm').runInNewContext('gc');${source}`,
        [path],
      )
      assert.equal(code, 0)
      const found = KINDS[kind](t)
      await found.restore(`${path}.dropped`)
      assert.deepEqual(found.keys(), ['dropped'])
    })

    test('that cannot be saved is warned of once, and counted; closing goes on', async (t) => {
      const path = folder(t)()
      const source = `
        const fs = require('node:fs')
        const folder = process.argv[1] + '.folder'
        fs.mkdirSync(folder)
        process.argv[1] = folder + '/snapshot'
        process.on('warning', ({ name, code }) => console.log(name, code))
        ${opened}
        fs.rmSync(folder, { recursive: true })
        cache.set('key', 1)
        cache.close()
        console.log('closed')`
      const { code, stdout, stderr } = await run(source, [path])
      assert.equal(code, 0)
      assert.equal(stdout, 'closed\nMemoryCacheWarning NMC_SNAPSHOT_FAILED\n')
      assert.match(stderr, /could not be saved/)
    })

    test('that cannot be saved at the end is told on stderr, and the exit code stays', async (t) => {
      const path = folder(t)()
      const source = `
        const fs = require('node:fs')
        const folder = process.argv[1] + '.folder'
        fs.mkdirSync(folder)
        process.argv[1] = folder + '/snapshot'
        ${opened}
        fs.rmSync(folder, { recursive: true })
        process.exitCode = 6`
      const { code, stderr } = await run(source, [path])
      assert.equal(code, 6)
      assert.match(stderr, /NMC_SNAPSHOT_FAILED.*could not be saved/)
    })

    test('options that are wrong are named', async (t) => {
      const path = folder(t)()
      const WRONG = [
        ['path', /snapshot must be an object, received 'path'$/],
        [{}, /snapshot\.path must be a file's path or URL, received undefined$/],
        [{ path, interval: -1 }, /snapshot\.interval must be a non-negative number$/],
        [{ path, interval: '1' }, /snapshot\.interval must be .*, received '1'$/],
        [{ path, onExit: 1 }, /snapshot\.onExit must be a boolean, received 1$/],
        [
          { path, onCorrupt: true },
          /snapshot\.onCorrupt must be 'throw' or 'keep-valid', received true$/,
        ],
      ]
      for (const [snapshot, expected] of WRONG) {
        const error = await failureOf(() => KINDS[kind](t, { snapshot }))
        assert.equal(error.name, 'CacheConfigError')
        assert.match(error.message, expected)
      }
      assert.equal(existsSync(path), false)
      KINDS[kind](t, { snapshot: null }).close()
    })
  })
}

test('a save under way when the process ends is made anew, at once', async (t) => {
  const path = folder(t)()
  const source = `${OPENED.MemoryCache}
    for (let i = 0; i < 50_000; i++) cache.set('key ' + i, { i })
    cache.save(path)
    setTimeout(() => { cache.set('last', 1); process.exit() }, 5)`
  const { code, stderr } = await run(source, [path])
  assert.deepEqual([code, stderr], [0, ''])
  const cache = KINDS.MemoryCache(t, { ttl: 0 })
  assert.deepEqual(await cache.restore(path), { entries: 50_001 })
})

test('a shared store is saved once, when the last thread has closed it or has ended', async (t) => {
  const path = folder(t)()
  const name = freshName('snapshots')
  const options = { name, maxSize: 0, snapshot: { path } }
  const cache = new SharedMemoryCache(options)
  cache.set('main', 1)
  const worker = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads')
    const { SharedMemoryCache } = require(workerData.package)
    const cache = new SharedMemoryCache(workerData.options)
    cache.set('worker', cache.get('main'))
    setInterval(() => {}, 1000)
    parentPort.postMessage('ready')`,
    {
      eval: true,
      workerData: {
        options,
        package: createRequire(import.meta.url).resolve('native-memory-cache'),
      },
    },
  )
  await new Promise((resolve) => worker.once('message', resolve))
  cache.close()
  assert.equal(existsSync(path), false)
  await worker.terminate()
  assert.equal(existsSync(path), true)
  const next = KINDS.SharedMemoryCache(t, options)
  assert.deepEqual(next.keys().toSorted(), ['main', 'worker'])
})

test('a store is restored before any thread sees it, by the first that opens it', async (t) => {
  const path = folder(t)()
  const name = freshName('snapshots')
  const options = { name, maxSize: 0, shards: 1, snapshot: { path } }
  const first = new SharedMemoryCache(options)
  for (let i = 0; i < 20_000; i++) first.set(`key ${i}`, i)
  first.close()
  const source = `const { workerData, parentPort } = require('node:worker_threads')
    const { SharedMemoryCache } = require(workerData.package)
    const { start, options } = workerData
    Atomics.wait(start, 0, 0)
    const cache = new SharedMemoryCache(options)
    parentPort.postMessage(cache.size())
    parentPort.once('message', () => cache.close())`
  const start = new Int32Array(new SharedArrayBuffer(4))
  const workers = Array.from(
    { length: 4 },
    () =>
      new Worker(source, {
        eval: true,
        workerData: {
          options,
          start,
          package: createRequire(import.meta.url).resolve('native-memory-cache'),
        },
      }),
  )
  const sizes = workers.map((worker) => new Promise((resolve) => worker.once('message', resolve)))
  await Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))),
  )
  Atomics.store(start, 0, 1)
  Atomics.notify(start, 0)
  assert.deepEqual(await Promise.all(sizes), [20_000, 20_000, 20_000, 20_000])
  for (const worker of workers) worker.postMessage('close')
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))
})

test('a store with a snapshot is attached to with that path, or without one', async (t) => {
  const at = folder(t)
  const cache = KINDS.SharedMemoryCache(t, { snapshot: { path: at() } })
  const { name } = cache
  KINDS.SharedMemoryCache(t, { name, snapshot: { path: at() } })
  KINDS.SharedMemoryCache(t, { name })
  const error = await failureOf(() =>
    KINDS.SharedMemoryCache(t, { name, snapshot: { path: at('other') } }),
  )
  assert.equal(error.name, 'CacheConfigError')
  assert.match(error.message, /snapshot\.path must be /)
  assert.ok(error.message.includes(at('other')))
  const plain = KINDS.SharedMemoryCache(t)
  const refused = await failureOf(() =>
    KINDS.SharedMemoryCache(t, { name: plain.name, snapshot: { path: at('plain') } }),
  )
  assert.match(refused.message, /snapshot\.path must be /)
})

test('a worker that ends by itself saves its MemoryCache; one that is terminated does not', async (t) => {
  const at = folder(t)
  const work = async (source, path) => {
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads')
      const { MemoryCache } = require(workerData.package)
      const cache = new MemoryCache({ snapshot: { path: workerData.path } })
      cache.set('key', 1)
      ${source}`,
      {
        eval: true,
        workerData: {
          path,
          package: createRequire(import.meta.url).resolve('native-memory-cache'),
        },
      },
    )
    worker.once('message', () => worker.terminate())
    await new Promise((resolve) => worker.once('exit', resolve))
  }
  await work('', at('ended'))
  await work('setInterval(() => {}, 1000); process.exit()', at('exited'))
  await work("setInterval(() => {}, 1000); parentPort.postMessage('ready')", at('terminated'))
  const found = ['ended', 'exited', 'terminated'].map((name) => existsSync(at(name)))
  assert.deepEqual(found, [true, true, false])
  // The lock went with its thread.
  const cache = new MemoryCache({ snapshot: { path: at('terminated') } })
  cache.close()
})

test('a codec that closes the cache as it is saved for the last time is no way round', (t) => {
  const path = folder(t)()
  const codec = {
    encode(value) {
      cache.close()
      return String(value)
    },
    decode: Number,
  }
  const cache = new MemoryCache({ snapshot: { path, codec } })
  t.after(() => cache.close())
  cache.set('a', 1)
  cache.close()
  assert.throws(() => cache.get('a'), /is closed/)
})

test('an encrypting codec leaves nothing to be read in the file', async (t) => {
  const path = folder(t)()
  const mask = (bytes) => Buffer.from(bytes, 'latin1').map((byte) => byte ^ 0x5a)
  const codec = {
    name: 'masked',
    encode: (value) => mask(Buffer.from(JSON.stringify(value))),
    decode: (bytes) => JSON.parse(mask(bytes).toString()),
  }
  const cache = new MemoryCache({ snapshot: { path, codec } })
  cache.set('key', 'a secret that nobody reads')
  cache.close()
  assert.equal(readFileSync(path, 'latin1').includes('secret'), false)
  const next = KINDS.MemoryCache(t, { snapshot: { path, codec } })
  assert.equal(next.get('key'), 'a secret that nobody reads')
})
