// hookDelivery: 'deferred' of MemoryCache: hooks run in order after the caller's turn, and none is
// lost. What the events are is the same as without it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { MemoryCache, cached } from 'native-memory-cache'
import { generator } from '../native/differential.mjs'
import { chooseSeed, mockClock, recorder, until } from './support.mjs'
import { runProgram } from './subprocess.mjs'

const SEED = chooseSeed('DEFERRED_SEED')

function open(options = {}) {
  const record = recorder()
  const cache = new MemoryCache({ hookDelivery: 'deferred', hooks: record.hooks, ...options })
  return { cache, record }
}

test('hooks run after the turn that caused them, before flushHooks resolves', async () => {
  const { cache, record } = open()
  cache.set('k', 1)
  cache.get('k')
  await undefined
  assert.equal(record.count, 0)
  await cache.flushHooks()
  assert.deepEqual(record.take(), [
    ['onSet', { key: 'k', value: 1, isUpdate: false }],
    ['onHit', { key: 'k', value: 1 }],
  ])
})

test('without flushHooks they run by themselves', async () => {
  const { cache, record } = open()
  cache.set('k', 1)
  await until(() => record.count === 1)
})

test('flushHooks resolves at once where nothing waits, and for sync hooks', async () => {
  await open().cache.flushHooks()
  await open({ hookDelivery: 'sync' }).cache.flushHooks()
  await new MemoryCache().flushHooks()
  await new MemoryCache({ hookDelivery: 'deferred' }).flushHooks()
  assert.equal(await open().cache.flushHooks(), undefined)
})

test('the default is sync', () => {
  for (const hookDelivery of [undefined, null, 'sync']) {
    const { cache, record } = open({ hookDelivery })
    cache.set('k', 1)
    assert.equal(record.count, 1)
  }
})

test(`the events are those of sync hooks, in the same order (DEFERRED_SEED=${SEED})`, async (t) => {
  const rng = generator(SEED)
  const clock = mockClock(t)
  const options = {
    maxSize: 5,
    ttl: 20,
    maxWeight: 30,
    sizeCalculation: (value) => value % 10,
  }
  const sync = open({ ...options, hookDelivery: 'sync' })
  const late = open(options)
  for (let i = 0; i < 5_000; i++) {
    const key = `key:${rng.int(12)}`
    const method = rng.pick(['set', 'set', 'set', 'get', 'get', 'has', 'delete', 'prune'])
    const args = { set: [key, i], prune: [] }[method] ?? [key]
    clock.now += rng.int(3)
    const results = [sync, late].map(({ cache }) => cache[method](...args))
    assert.deepEqual(results[0], results[1])
    if (i % 500 === 0) for (const { cache } of [sync, late]) cache.deleteByPrefix('key:1')
    if (i % 900 === 0) for (const { cache } of [sync, late]) cache.clear()
    if (i % 1_000 === 0) await turn()
  }
  await late.cache.flushHooks()
  const expected = sync.record.take()
  assert.ok(expected.length > 4_000)
  assert.deepEqual(late.record.take(), expected)
})

test('none of a hundred thousand is lost', async () => {
  let next = 0
  const hooks = { onSet: ({ value }) => assert.equal(value, next++) }
  const { cache } = open({ hooks })
  const count = 100_000
  for (let i = 0; i < count; i++) cache.set(`key:${i % 50}`, i)
  assert.equal(next, 0)
  await cache.flushHooks()
  assert.equal(next, count)
})

test('other work has its turn between batches', async () => {
  const count = 20_000
  let seen = 0
  const { cache } = open({ hooks: { onSet: () => seen++ } })
  for (let i = 0; i < count; i++) cache.set('k', i)
  for (let last = 0; last < count; last = seen) {
    await turn()
    assert.ok(seen - last <= 1_024, `${seen - last} hooks in one turn`)
  }
})

for (const rate of [300, 1_000, 5_000]) {
  test(`events that keep coming, ${rate} in a turn, do not pile up`, async () => {
    let waiting = 0
    let most = 0
    const { cache } = open({ hooks: { onSet: () => waiting-- } })
    for (let turns = 0; turns < 300; turns++) {
      for (let i = 0; i < rate; i++) cache.set('k', i)
      waiting += rate
      await turn()
      most = Math.max(most, waiting)
    }
    assert.ok(most <= 2 * rate, `${most} events waited`)
    await cache.flushHooks()
    assert.equal(waiting, 0)
  })

  test(`flushHooks resolves while events keep coming, ${rate} in a turn`, async (t) => {
    let next = 0
    const { cache } = open({ hooks: { onSet: () => next++ } })
    let count = 0
    let running = true
    const add = async () => {
      // oxlint-disable-next-line no-unmodified-loop-condition -- the test ends it
      for (; running; await turn()) for (let i = 0; i < rate; i++) cache.set('k', count++)
    }
    const adding = add()
    t.after(() => (running = false))
    for (let flushes = 0; flushes < 20; flushes++) {
      const before = count
      const flush = { done: false }
      cache.flushHooks().then(() => (flush.done = true))
      for (let turns = 0; turns < 10 && !flush.done; turns++) await turn()
      assert.ok(flush.done, 'it did not resolve within 10 turns')
      assert.ok(next >= before)
    }
    running = false
    await adding
    await cache.flushHooks()
  })
}

test('hooks that cause events without end leave other work its turn', async (t) => {
  let seen = 0
  let running = true
  const hooks = { onSet: () => (seen++, running && cache.set('k', seen)) }
  const { cache } = open({ hooks })
  t.after(() => (running = false))
  for (let i = 0; i < 1_000; i++) cache.set('k', i)
  await turn()
  for (let turns = 0, last = seen; turns < 50; turns++, last = seen) {
    await turn()
    assert.ok(seen - last <= 256, `${seen - last} hooks in one turn`)
  }
  running = false
  await cache.flushHooks()
})

test('a hook sees the value of its event, not the entry as it is by then', async () => {
  const { cache, record } = open()
  const value = {}
  cache.set('k', value)
  cache.set('k', 'later')
  cache.clear()
  await cache.flushHooks()
  const [[, first]] = record.take()
  assert.equal(first.value, value)
})

test('a hook that throws harms neither the cache nor the hooks after it', async () => {
  const seen = []
  const hooks = {
    onSet({ key }) {
      seen.push(key)
      throw new Error('thrown by a hook')
    },
  }
  const { cache } = open({ hooks })
  for (const key of ['a', 'b', 'c']) cache.set(key, 1)
  await cache.flushHooks()
  assert.deepEqual(seen, ['a', 'b', 'c'])
})

test('what a hook causes is delivered after what was waiting, and flushHooks covers it', async () => {
  const seen = []
  const hooks = {
    onSet({ key }) {
      seen.push(key)
      if (key.length < 4) cache.set(`${key}+`, 1)
    },
  }
  const { cache } = open({ hooks })
  cache.set('a', 1)
  cache.set('b', 1)
  await cache.flushHooks()
  assert.deepEqual(seen, ['a', 'b', 'a+', 'b+', 'a++', 'b++', 'a+++', 'b+++'])
})

test('flushHooks covers what hooks cause in many rounds, and not what others cause meanwhile', async () => {
  const seen = []
  const hooks = {
    onSet({ key, value }) {
      if (value > 0) cache.set(key, value - 1)
      else seen.push(key)
    },
  }
  const { cache } = open({ hooks })
  for (let i = 0; i < 2_000; i++) cache.set('first', 10)
  const first = cache.flushHooks().then(() => [...seen])
  for (let i = 0; i < 2_000; i++) cache.set('second', 20)
  const second = cache.flushHooks().then(() => [...seen])
  const count = (keys, key) => keys.filter((other) => other === key).length
  assert.equal(count(await first, 'first'), 2_000)
  assert.equal(count(await first, 'second'), 0)
  assert.equal(count(await second, 'second'), 2_000)
})

test('everyone who waits for flushHooks is told, a hook included', async () => {
  let flushedInside = false
  const hooks = { onSet: () => void cache.flushHooks().then(() => (flushedInside = true)) }
  const { cache } = open({ hooks })
  cache.set('k', 1)
  await Promise.all([cache.flushHooks(), cache.flushHooks()])
  await until(() => flushedInside)
})

test('hooks are called without this, as they are on the object when the event happens', async () => {
  const seen = []
  const hooks = {
    onSet() {
      seen.push([this, 'old'])
    },
  }
  const { cache } = open({ hooks })
  cache.set('a', 1)
  hooks.onSet = () => seen.push('new')
  cache.set('b', 1)
  await cache.flushHooks()
  assert.deepEqual(seen, [[undefined, 'old'], 'new'])
})

test('a decorated method takes hookDelivery as well', async () => {
  const record = recorder()
  const prototype = { method: (n) => n * 2 }
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'method')
  const options = { hookDelivery: 'deferred', hooks: record.hooks }
  Object.defineProperty(prototype, 'method', cached(options)(prototype, 'method', descriptor))
  assert.equal(prototype.method(21), 42)
  assert.equal(record.count, 0)
  await until(() => record.count === 2)
})

test('faked timers do not hold hooks back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] })
  const { cache, record } = open()
  for (let i = 0; i < 2_000; i++) cache.set('k', i)
  await cache.flushHooks()
  t.mock.timers.reset()
  assert.equal(record.count, 2_000)
})

describe('a process that has nothing else to do', () => {
  const begin = `
    const { MemoryCache } = require('native-memory-cache')
    let count = 0
    const options = { hookDelivery: 'deferred', hooks: { onSet: () => count++ } }
    const cache = new MemoryCache(options)
    process.on('exit', () => console.log(count))
  `

  test('stays until all hooks have run, and no longer', async () => {
    const source = `${begin} for (let i = 0; i < 5_000; i++) cache.set('k', i)`
    assert.deepEqual(await runProgram(source), {
      code: 0,
      signal: null,
      stdout: '5000\n',
      stderr: '',
    })
  })

  test('does so although the cache itself has been collected', async () => {
    const source = `${begin}
      const fill = (count) => {
        const other = new MemoryCache(options)
        for (let i = 0; i < count; i++) other.set('k', i)
      }
      fill(1)
      setImmediate(() => { gc(); fill(999); gc() })`
    const { code, stdout, stderr } = await runProgram(source)
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '1000\n', stderr: '' })
  })

  test('ends at once by process.exit, also within a hook', async () => {
    const source = `${begin}
      options.hooks.onSet = () => { if (++count === 300) process.exit(7) }
      for (let i = 0; i < 5_000; i++) cache.set('k', i)`
    const { code, stdout, stderr } = await runProgram(source)
    assert.deepEqual({ code, stdout, stderr }, { code: 7, stdout: '300\n', stderr: '' })
  })
})
