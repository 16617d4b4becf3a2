// `save` and `restore` of both kinds of cache: what a file keeps, who may stop it, and what is refused before
// there is a file. Bad files are in bad-files.test.mjs.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { MemoryCache, SnapshotError } from 'native-memory-cache'
import { mockClock, recorder } from '../shared/support.mjs'
import { KINDS, during, failureOf, folder } from './support.mjs'

const VALUES = {
  '': undefined,
  __proto__: null,
  '\ud800': 'Łódź',
  'a\udc00b': 'narrow',
  Łódź: 1.5,
  '💾': Number.NaN,
  true: true,
  bigint: -(2n ** 70n),
  object: { a: [1, { b: 'c' }] },
  date: new Date(5),
  map: new Map([[1, new Set(['a'])]]),
  buffer: Buffer.from('bytes'),
  large: 'x'.repeat(300_000),
}

const without = (names, value) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`save and restore of a ${kind}`, () => {
    test('a file keeps keys and values of all sorts, order, lifetimes and tags', async (t) => {
      const clock = mockClock(t)
      const file = folder(t)()
      const cache = open(t, { ttl: 10_000 })
      for (const [key, value] of Object.entries(VALUES)) cache.set(key, value)
      cache.set('__proto__', 'of a key', { tags: ['a', 'Łódź'] })
      cache.set('own', 1, { ttl: 500 })
      cache.set('forever', 2, { ttl: 0 })
      cache.set('gone', 3, { ttl: 10 })
      cache.get('date')
      clock.now += 11
      const expected = [...cache.dump()]
      const { entries, bytes } = await cache.save(file)
      assert.deepEqual([entries, bytes], [expected.length, statSync(file).size])
      const copy = open(t, { ttl: 10_000 })
      copy.set('old', 1)
      assert.deepEqual(await copy.restore(file), { entries })
      assert.deepEqual([...copy.dump()], expected)
      assert.equal(copy.deleteByTag('Łódź'), 1)
      clock.now += 490
      assert.equal(copy.has('own'), false)
    })

    test('time passes while nobody has it open', async (t) => {
      const clock = mockClock(t)
      const file = folder(t)()
      const cache = open(t, { ttl: 1_000 })
      cache.set('a', 1)
      clock.now += 500
      cache.set('b', 2)
      await cache.save(file)
      clock.now += 501
      const copy = open(t, { ttl: 1_000 })
      assert.deepEqual(await copy.restore(file), { entries: 1 })
      assert.deepEqual([copy.keys(), copy.getRemainingTTL('b')], [['b'], 499])
    })

    test('an empty cache has a file, too', async (t) => {
      const file = folder(t)()
      const { entries } = await open(t).save(file)
      assert.equal(entries, 0)
      const cache = open(t)
      cache.set('old', 1)
      assert.deepEqual(await cache.restore(file), { entries: 0 })
      assert.deepEqual(cache.keys(), [])
    })

    test('the file is for its owner alone, and nothing is left beside it', async (t) => {
      const at = folder(t)
      const cache = open(t)
      cache.set('secret', 1)
      await cache.save(at())
      await cache.save(at())
      assert.equal(statSync(at()).mode & 0o777, 0o600)
      const others = readdirSync(at('.')).filter((name) => !name.startsWith('snapshot'))
      assert.deepEqual(others, [])
      assert.ok(readdirSync(at('.')).every((name) => /^snapshot(\.lock)?$/.test(name)))
    })

    test('a path may be relative, or a URL', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      cache.set('a', 1)
      await cache.save(pathToFileURL(file))
      assert.ok(existsSync(file))
      assert.deepEqual(await cache.restore(relative(process.cwd(), file)), { entries: 1 })
    })

    test('a restore replaces everything in one step and reports what was there', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      for (let i = 0; i < 5_000; i++) cache.set(`key ${i}`, i)
      await cache.save(file)
      const { hooks, take } = recorder()
      const other = open(t, { hooks })
      other.set('old', 1)
      other.get('old')
      take()
      const sizes = new Set()
      await during(other.restore(file), () => sizes.add(other.getMetrics().entries))
      assert.deepEqual(
        [...sizes].filter((size) => size !== 1 && size !== 5_000),
        [],
      )
      assert.deepEqual(
        take().map(([hook, { key, source }]) => [hook, key, source]),
        [['onDelete', 'old', 'clear']],
      )
      const { hits, misses } = other.getStats()
      assert.deepEqual([hits, misses], [0, 0])
      assert.equal(other.get('key 4999'), 4999)
    })

    test('a file of one kind is restored into the other', async (t) => {
      const file = folder(t)()
      const cache = open(t, { ttl: 0 })
      cache.set('a', { b: 1 }, { tags: ['tag'] })
      cache.set('c', 'Łódź')
      await cache.save(file)
      const [, openOther] = Object.entries(KINDS).find(([name]) => name !== kind)
      const copy = openOther(t, { ttl: 0 })
      await copy.restore(file)
      assert.deepEqual([...copy.dump()], [...cache.dump()])
    })

    test('progress grows and ends at the whole; what it throws stops a save', async (t) => {
      const at = folder(t)
      const cache = open(t)
      for (let i = 0; i < 3_000; i++) cache.set(`key ${i}`, { i })
      const seen = []
      const { entries, bytes } = await cache.save(at(), {
        onProgress: (progress) => seen.push(progress),
      })
      assert.deepEqual(seen.at(-1), { entries, total: entries, bytes })
      for (const [i, progress] of seen.entries()) {
        assert.ok(progress.entries >= (seen[i - 1]?.entries ?? 0))
        assert.ok(progress.total >= progress.entries)
      }
      const restored = []
      await cache.restore(at(), { onProgress: (progress) => restored.push(progress) })
      assert.equal(restored.at(-1).entries, entries)
    })

    test('a signal stops it with its reason, and the old file stays', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      cache.set('old', 1)
      await cache.save(file)
      const before = readFileSync(file)
      for (let i = 0; i < 20_000; i++) cache.set(`key ${i}`, { i })
      const reason = new Error('mine')
      const aborted = AbortSignal.abort(reason)
      assert.equal(await failureOf(() => cache.save(file, { signal: aborted })), reason)
      assert.equal(await failureOf(() => cache.restore(file, { signal: aborted })), reason)
      const controller = new AbortController()
      const saved = failureOf(() => cache.save(file, { signal: controller.signal }))
      controller.abort(reason)
      assert.equal(await saved, reason)
      assert.deepEqual(readFileSync(file), before)
      assert.equal(cache.size(), 20_001)
      const { entries } = await cache.save(file)
      assert.equal(entries, 20_001)
    })

    test('saves asked for at once each have what was there', async (t) => {
      const at = folder(t)
      const cache = open(t)
      const saves = []
      for (let i = 1; i <= 5; i++) {
        cache.set(`key ${i}`, i)
        saves.push(cache.save(at(`snapshot ${i}`)))
      }
      const counts = (await Promise.all(saves)).map(({ entries }) => entries)
      for (const [i, count] of counts.entries()) assert.ok(count > i && count <= 5, String(counts))
    })

    test('what is written and removed during a save harms neither file nor cache', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      for (let i = 0; i < 20_000; i++) cache.set(`key ${i}`, `value of key ${i}`)
      await during(cache.save(file), (turn) => {
        for (let i = turn * 500; i < (turn + 1) * 500; i++) {
          cache.delete(`key ${(i * 7) % 20_000}`)
          cache.set(`key ${20_000 + i}`, `value of key ${20_000 + i}`)
          if (i % 2 === 0) cache.get(`key ${i}`)
        }
      })
      const copy = open(t)
      await copy.restore(file)
      for (const [key, value] of copy.entries()) assert.equal(value, `value of ${key}`)
      for (const [key, value] of cache.entries()) assert.equal(value, `value of ${key}`)
    })

    test('an entry that lives through a whole save is in the file once, in the order of use', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      for (let i = 0; i < 20_000; i++) cache.set(`key ${i}`, i)
      const { entries } = await during(cache.save(file), (turn) => {
        for (let i = 0; i < 100; i++) cache.get(`key ${(turn * 3_700 + i * 37) % 20_000}`)
      })
      assert.equal(entries, 20_000)
      const copy = open(t)
      await copy.restore(file)
      assert.deepEqual(new Set(copy.keys()), new Set(cache.keys()))
    })

    test('a store that is closed meanwhile says so, and the old file stays', async (t) => {
      const file = folder(t)()
      const cache = open(t)
      cache.set('old', 1)
      await cache.save(file)
      const before = readFileSync(file)
      const other = open(t)
      for (let i = 0; i < 20_000; i++) other.set(`key ${i}`, { i })
      const saved = other.save(file)
      other.close()
      // Of a shared store it may have been read by then.
      const outcome = await saved.then(
        () => 'saved',
        (error) => error.message,
      )
      if (kind === 'MemoryCache' || outcome !== 'saved') {
        assert.match(outcome, /is closed/)
        assert.deepEqual(readFileSync(file), before)
      }
      assert.match((await failureOf(() => other.save(file))).message, /is closed/)
      assert.match((await failureOf(() => other.restore(file))).message, /is closed/)
    })

    test('a cache that two callers restore has one of the files, whole', async (t) => {
      const at = folder(t)
      const cache = open(t)
      for (const name of ['a', 'b']) {
        cache.clear()
        for (let i = 0; i < 2_000; i++) cache.set(`${name} ${i}`, name)
        await cache.save(at(name))
      }
      await Promise.all([cache.restore(at('a')), cache.restore(at('b'))])
      const values = new Set(cache.values())
      assert.deepEqual([values.size, cache.size()], [1, 2_000])
    })

    test('arguments that are wrong are named, and nothing is written', async (t) => {
      const at = folder(t)
      const cache = open(t)
      const WRONG = [
        [[undefined], /path must be a file's path or URL, received undefined$/],
        [[''], /path must be .*, received ''$/],
        [['a\0b'], /path must be /],
        [[new URL('https://example.org/a')], /path must be /],
        [[at(), 'json'], /options must be an object, received 'json'$/],
        [[at(), { signal: {} }], /signal must be an AbortSignal, received/],
        [[at(), { onProgress: 1 }], /onProgress must be a function, received 1$/],
      ]
      for (const method of ['save', 'restore']) {
        for (const [args, expected] of WRONG) {
          const error = await failureOf(() => cache[method](...args))
          assert.ok(error instanceof TypeError, error.stack)
          assert.match(error.message, new RegExp(`^${method}: ${expected.source}`))
        }
      }
      const wrong = { onCorrupt: 'ignore' }
      const expected = /^restore: onCorrupt must be 'throw' or 'keep-valid', received 'ignore'$/
      assert.match((await failureOf(() => cache.restore(at(), wrong))).message, expected)
      assert.deepEqual(readdirSync(at('.')), [])
    })

    test('a folder that is not there, or is no folder, is an error with number and path', async (t) => {
      const at = folder(t)
      const cache = open(t)
      cache.set('a', 1)
      writeFileSync(at('file'), '')
      mkdirSync(at('folder'))
      for (const path of [at('none/snapshot'), at('file/snapshot')]) {
        const error = await failureOf(() => cache.save(path))
        assert.ok(error instanceof SnapshotError, error.stack)
        assert.deepEqual([error.code, error.path], ['ERR_SNAPSHOT_IO', path])
        assert.ok(error.errno > 0)
        assert.ok(error.message.includes(path))
      }
      const error = await failureOf(() => cache.save(at('folder')))
      assert.equal(error.code, 'ERR_SNAPSHOT_NOT_A_SNAPSHOT')
      assert.equal(cache.get('a'), 1)
    })

    test('a value that cannot be restored is an error with its key and cause, and nothing has changed', async (t) => {
      const file = folder(t)()
      const failure = new Error('mine')
      const codec = (decode) => ({ name: 'test', encode: String, decode })
      const options = (decode) => (kind === 'MemoryCache' ? {} : { codec: codec(decode) })
      const chosen = (decode) => (kind === 'MemoryCache' ? { codec: codec(decode) } : {})
      const cache = open(t, options(String))
      cache.set('key', 'value')
      await cache.save(file, chosen(String))
      const refusing = () => {
        throw failure
      }
      const other = open(t, options(refusing))
      other.set('old', 'value')
      if (kind === 'MemoryCache') {
        const error = await failureOf(() => other.restore(file, chosen(refusing)))
        assert.deepEqual([error.code, error.cause], ['ERR_SNAPSHOT_VALUE', failure])
        assert.match(error.message, /'key'/)
        assert.deepEqual(other.keys(), ['old'])
      } else {
        // Values stay encoded.
        await other.restore(file)
        assert.throws(() => other.get('key'), failure)
      }
    })

    test("the caller's async context is that of what it awaits, and of nothing else", async (t) => {
      const file = folder(t)()
      const storage = new AsyncLocalStorage()
      const cache = open(t)
      for (let i = 0; i < 5_000; i++) cache.set(`key ${i}`, { i })
      const seen = new Set()
      await storage.run('mine', async () => {
        await cache.save(file)
        seen.add(storage.getStore())
        await cache.restore(file)
        seen.add(storage.getStore())
      })
      assert.deepEqual([...seen], ['mine'])
      assert.equal(storage.getStore(), undefined)
    })
  })
}

test('a MemoryCache is saved with each codec, and read by the same alone', async (t) => {
  const at = folder(t)
  const cache = KINDS.MemoryCache(t)
  for (const [key, value] of Object.entries(without(['bigint', 'map'], VALUES))) {
    cache.set(key, value)
  }
  const custom = {
    name: 'hexadecimal',
    encode: (value) => Buffer.from(JSON.stringify(value) ?? '').toString('hex'),
    decode: (text) => Buffer.from(text, 'hex').toString(),
  }
  const CODECS = { structured: 'structured', json: 'json', hexadecimal: custom }
  for (const [name, codec] of Object.entries(CODECS)) await cache.save(at(name), { codec })
  for (const name of Object.keys(CODECS)) {
    for (const [other, codec] of Object.entries(CODECS)) {
      const copy = KINDS.MemoryCache(t)
      if (name === other) {
        await copy.restore(at(name), { codec })
        assert.deepEqual(copy.keys(), cache.keys())
      } else {
        const error = await failureOf(() => copy.restore(at(name), { codec }))
        assert.equal(error.code, 'ERR_SNAPSHOT_CODEC')
        assert.ok(error.message.includes(name) && error.message.includes(other), error.message)
      }
    }
  }
})

test('a value that cannot be encoded is an error with its key and cause, and no file', async (t) => {
  const file = folder(t)()
  const cache = KINDS.MemoryCache(t)
  for (let i = 0; i < 1_000; i++) cache.set(`key ${i}`, i)
  cache.set('the function', () => {})
  const error = await failureOf(() => cache.save(file))
  assert.ok(error instanceof SnapshotError)
  assert.deepEqual(
    [error.name, error.code, error.path],
    ['SnapshotError', 'ERR_SNAPSHOT_VALUE', file],
  )
  assert.match(error.message, /'the function'/)
  assert.equal(error.cause.name, 'DataCloneError')
  assert.equal(existsSync(file), false)
  cache.delete('the function')
  assert.equal((await cache.save(file)).entries, 1_000)
})

test('a codec may use the cache that is being saved, clear it and close it', async (t) => {
  const at = folder(t)
  const using = (use) => {
    const cache = KINDS.MemoryCache(t)
    for (let i = 0; i < 1_000; i++) cache.set(`key ${i}`, i)
    let calls = 0
    const codec = {
      encode(value) {
        if (++calls === 300) use(cache)
        return String(value)
      },
      decode: Number,
    }
    return { cache, codec }
  }
  const writing = using((cache) => {
    for (let i = 0; i < 500; i++) cache.set(`key ${i}`, i)
  })
  const { entries } = await writing.cache.save(at('written'), { codec: writing.codec })
  assert.equal(entries, 1_000)
  const clearing = using((cache) => cache.clear())
  const cleared = await clearing.cache.save(at('cleared'), { codec: clearing.codec })
  assert.ok(cleared.entries < 1_000)
  const closing = using((cache) => cache.close())
  const error = await failureOf(() => closing.cache.save(at('closed'), { codec: closing.codec }))
  assert.match(error.message, /is closed/)
  assert.equal(existsSync(at('closed')), false)
})

test('weights are asked for as values are restored, and what they throw leaves the cache as it was', async (t) => {
  const file = folder(t)()
  const cache = KINDS.MemoryCache(t)
  for (const [key, value] of Object.entries({ a: 1, b: 2, c: 3 })) cache.set(key, value)
  await cache.save(file)
  const weighing = (sizeCalculation, maxWeight = 10) =>
    KINDS.MemoryCache(t, { maxWeight, sizeCalculation })
  const copy = weighing((value, key) => value + key.length)
  await copy.restore(file)
  assert.equal(copy.getStats().weight, 9)
  const failing = weighing(() => -1)
  assert.ok((await failureOf(() => failing.restore(file))) instanceof RangeError)
  const light = weighing((value) => value, 5)
  const error = await failureOf(() => light.restore(file))
  assert.equal(error.code, 'ERR_SNAPSHOT_TOO_LARGE')
  await light.restore(file, { onCorrupt: 'keep-valid' })
  assert.deepEqual(light.keys(), ['b', 'c'])
})

test('a restore into other limits has the limits of the moment at which it is done', async (t) => {
  const file = folder(t)()
  const cache = KINDS.MemoryCache(t)
  for (let i = 0; i < 5_000; i++) cache.set(`key ${i}`, i)
  await cache.save(file)
  const copy = KINDS.MemoryCache(t)
  const restored = copy.restore(file, {
    onCorrupt: 'keep-valid',
    onProgress: () => copy.resize({ maxSize: 100 }),
  })
  await restored
  assert.equal(copy.size(), 100)
  copy.set('another', 1)
  assert.equal(copy.size(), 100)
})

test('a save of a MemoryCache leaves time for others between its turns', async (t) => {
  const file = folder(t)()
  const cache = new MemoryCache({ maxSize: 0 })
  t.after(() => cache.close())
  for (let i = 0; i < 100_000; i++) cache.set(`key ${i}`, { i })
  let turns = 0
  await during(cache.save(file), () => turns++)
  assert.ok(turns > 10, `${turns} turns`)
})
