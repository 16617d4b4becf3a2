// Hooks across threads: what others did arrives in the store's order, none lost below the bound,
// and one's own calls report at once.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { HOOK_NAMES, mockClock, openShared, recorder, sharedNumbers, until } from './support.mjs'
import { nextMessage, openRemote, runWorkers, startWorker } from './workers.mjs'

const BOUND = 65_536
const NOTICED = ['onSet', 'onEvict', 'onExpire', 'onDelete']

/** Resolves to so many events, in order. */
async function takeAll(record, count) {
  await until(() => record.count >= count, `${count} events, of which ${record.count} came`)
  return record.take()
}

test('events of own calls arrive before the call returns, with the same contexts as MemoryCache', async (t) => {
  const record = recorder()
  const cache = openShared(t, { maxSize: 2, hooks: record.hooks })
  cache.set('a', { x: 1 })
  assert.deepEqual(record.take(), [['onSet', { key: 'a', value: { x: 1 }, isUpdate: false }]])
  cache.set('a', 2)
  assert.deepEqual(record.take(), [['onSet', { key: 'a', value: 2, isUpdate: true }]])
  assert.equal(cache.setIfAbsent('a', 3), false)
  assert.deepEqual(record.take(), [])
  assert.equal(cache.setIfAbsent('b', 3), true)
  assert.deepEqual(record.take(), [['onSet', { key: 'b', value: 3, isUpdate: false }]])
  cache.increment('b', 4)
  assert.deepEqual(record.take(), [['onSet', { key: 'b', value: 7, isUpdate: true }]])
  cache.increment('c')
  assert.deepEqual(record.take(), [
    ['onEvict', { key: 'a', value: 2 }],
    ['onSet', { key: 'c', value: 1, isUpdate: false }],
  ])
  assert.equal(cache.take('b'), 7)
  assert.deepEqual(record.take(), [
    ['onHit', { key: 'b', value: 7 }],
    ['onDelete', { key: 'b', value: 7, source: 'delete' }],
  ])
  assert.equal(cache.take('b'), undefined)
  assert.deepEqual(record.take(), [['onMiss', { key: 'b', reason: 'not_found' }]])
  const removed = cache.deleteAsync('c')
  assert.deepEqual(record.take(), [['onDelete', { key: 'c', value: 1, source: 'deleteAsync' }]])
  assert.equal(await removed, true)
  const flight = cache.getOrSet('d', () => 4)
  assert.deepEqual(record.take(), [['onMiss', { key: 'd', reason: 'not_found' }]])
  await flight
  assert.deepEqual(record.take(), [['onSet', { key: 'd', value: 4, isUpdate: false }]])
})

test('take reports its removal after the hit, and after what a hook of that does', (t) => {
  for (const isShared of [false, true]) {
    const events = []
    const hooks = {
      onHit({ key }) {
        events.push(`hit ${key}`)
        if (key !== 'k') return
        cache.set('set by the hook', 1)
        cache.get('other')
      },
      onSet: ({ key }) => events.push(`set ${key}`),
      onDelete: ({ key, value }) => events.push(`delete ${key} ${JSON.stringify(value)}`),
    }
    const cache = isShared ? openShared(t, { hooks }) : new MemoryCache({ hooks })
    cache.set('other', 2)
    cache.set('k', { v: 1 })
    events.length = 0
    assert.deepEqual(cache.take('k'), { v: 1 })
    const expected = ['hit k', 'set set by the hook', 'hit other', 'delete k {"v":1}']
    assert.deepEqual(events, expected)
  }
})

test('every kind of event of another thread arrives, in order, with its source', async (t) => {
  const record = recorder()
  const cache = openShared(t, { maxSize: 2, hooks: record.hooks })
  const remote = await openRemote(t, { name: cache.name })
  await remote.call('set', 'a:1', 1)
  await remote.call('set', 'a:1', { two: 2 })
  await remote.call('get', 'a:1')
  await remote.call('get', 'missing')
  await remote.call('set', 'b', 3)
  await remote.call('set', 'c', 4)
  await remote.call('delete', 'b')
  await remote.call('deleteAsync', 'c')
  await remote.call('setIfAbsent', 'a:2', 5)
  await remote.call('deleteByPrefix', 'a:')
  await remote.call('increment', 'n')
  await remote.call('deleteByMagicString', '*')
  await remote.call('set', 'd', 6)
  await remote.call('clear')
  await remote.call('set', 'e', 7)
  await remote.call('take', 'e')
  assert.deepEqual(await takeAll(record, 15), [
    ['onSet', { key: 'a:1', value: 1, isUpdate: false }],
    ['onSet', { key: 'a:1', value: { two: 2 }, isUpdate: true }],
    ['onSet', { key: 'b', value: 3, isUpdate: false }],
    ['onEvict', { key: 'a:1', value: { two: 2 } }],
    ['onSet', { key: 'c', value: 4, isUpdate: false }],
    ['onDelete', { key: 'b', value: 3, source: 'delete' }],
    ['onDelete', { key: 'c', value: 4, source: 'deleteAsync' }],
    ['onSet', { key: 'a:2', value: 5, isUpdate: false }],
    ['onDelete', { key: 'a:2', value: 5, source: 'deleteByPrefix' }],
    ['onSet', { key: 'n', value: 1, isUpdate: false }],
    ['onDelete', { key: 'n', value: 1, source: 'deleteByMagicString' }],
    ['onSet', { key: 'd', value: 6, isUpdate: false }],
    ['onDelete', { key: 'd', value: 6, source: 'clear' }],
    ['onSet', { key: 'e', value: 7, isUpdate: false }],
    ['onDelete', { key: 'e', value: 7, source: 'delete' }],
  ])
})

test('a cache of the same thread gets events in a later turn, its maker gets them at once', async (t) => {
  const own = recorder(['onSet'])
  const other = recorder(['onSet'])
  const cache = openShared(t, { hooks: own.hooks })
  openShared(t, { name: cache.name, hooks: other.hooks })
  for (let i = 0; i < 300; i++) cache.set(`key:${i}`, i)
  assert.equal(own.count, 300)
  assert.equal(other.count, 0)
  assert.deepEqual(await takeAll(other, 300), own.take())
})

test('only hooks that exist when the cache is made are told what others do', async (t) => {
  const events = []
  const hooks = { onSet: ({ key }) => events.push(`set ${key}`) }
  const cache = openShared(t, { hooks })
  hooks.onDelete = ({ key }) => events.push(`delete ${key}`)
  const other = openShared(t, { name: cache.name })
  other.set('k', 1)
  other.delete('k')
  other.set('last', 1)
  await until(() => events.length >= 2)
  assert.deepEqual(events, ['set k', 'set last'])
})

test('four writers: every thread sees the same order, and none is lost', async (t) => {
  const operations = 2_000
  const records = [recorder(NOTICED), recorder(NOTICED)]
  const cache = openShared(t, { maxSize: 50, shards: 1, hooks: records[0].hooks })
  openShared(t, { name: cache.name, hooks: records[1].hooks })
  const remote = await openRemote(t, { name: cache.name, hooks: NOTICED })
  await runWorkers(4, 'change', { name: cache.name, gate: sharedNumbers(2), operations, seed: 1 })
  openShared(t, { name: cache.name }).set('marker', 0)
  const streams = [[], [], []]
  await until(async () => {
    streams[0].push(...records[0].take())
    streams[1].push(...records[1].take())
    streams[2].push(...(await remote.events()))
    return streams.every((events) => events.at(-1)?.[1].key === 'marker')
  })
  assert.ok(streams[0].length > 5_000)
  assert.deepEqual(streams[1], streams[0])
  assert.deepEqual(streams[2], streams[0])
  assert.equal(cache.getMetrics().allDroppedEvents, 0)
})

test('a value is decoded when it is read, and once', async (t) => {
  let decoded = 0
  const codec = {
    encode: String,
    decode(text) {
      decoded++
      return { text }
    },
  }
  const contexts = []
  const hooks = { onSet: (context) => contexts.push(context) }
  const cache = openShared(t, { codec, hooks })
  const other = openShared(t, { name: cache.name, codec })
  other.set('k', 'theirs')
  other.set('k', 'later')
  await until(() => contexts.length === 2)
  cache.set('k', 'mine')
  assert.equal(decoded, 0)
  cache.clear()
  // Long after the entry is gone.
  const [context] = contexts
  assert.deepEqual(context.value, { text: 'theirs' })
  assert.equal(context.value, context.value)
  assert.equal(decoded, 1)
  assert.deepEqual(contexts[2].value, { text: 'mine' })
  assert.deepEqual({ ...contexts[1] }, { key: 'k', value: { text: 'later' }, isUpdate: true })
})

test('a value that is undefined is decoded once as well', async (t) => {
  let decoded = 0
  const codec = { encode: () => 'x', decode: () => void decoded++ }
  const contexts = []
  const cache = openShared(t, { codec, hooks: { onSet: (context) => contexts.push(context) } })
  cache.set('k', undefined)
  assert.equal(contexts[0].value, undefined)
  assert.equal(contexts[0].value, undefined)
  assert.equal(decoded, 1)
})

test('a hook that throws, or whose value cannot be decoded, harms nobody', async (t) => {
  const seen = []
  const codec = {
    encode: String,
    decode(text) {
      if (text === 'broken') throw new Error('no')
      return text
    },
  }
  const hooks = {
    onSet({ key, value }) {
      seen.push([key, value])
      throw new Error('thrown by a hook')
    },
  }
  const cache = openShared(t, { codec, hooks })
  const other = openShared(t, { name: cache.name, codec })
  other.set('a', 'broken')
  other.set('b', 'fine')
  cache.set('c', 'fine')
  await until(() => seen.length === 2)
  assert.deepEqual(seen, [
    ['c', 'fine'],
    ['b', 'fine'],
  ])
})

test('hooks are called without this, and may use the cache', async (t) => {
  const seen = []
  const hooks = {
    onSet({ key }) {
      seen.push([this, key])
      if (key === 'first') cache.set('second', cache.get('first'))
    },
  }
  const cache = openShared(t, { hooks })
  const other = openShared(t, { name: cache.name })
  other.set('first', 7)
  await until(() => seen.length === 2)
  assert.deepEqual(seen, [
    [undefined, 'first'],
    [undefined, 'second'],
  ])
  assert.equal(other.get('second'), 7)
})

test('nothing is told after close', async (t) => {
  const closed = recorder(NOTICED)
  const open = recorder(NOTICED)
  const cache = openShared(t, { hooks: closed.hooks })
  const other = openShared(t, { name: cache.name })
  openShared(t, { name: cache.name, hooks: open.hooks })
  for (let i = 0; i < 10; i++) other.set('k', i)
  cache.close()
  for (let i = 0; i < 10; i++) other.set('k', i)
  await until(() => open.count === 20)
  assert.equal(closed.count, 0)
})

test('a hook may close its cache: nothing more is told', async (t) => {
  let count = 0
  const hooks = {
    onSet() {
      count++
      cache.close()
    },
  }
  const open = recorder(NOTICED)
  const cache = openShared(t, { hooks })
  const other = openShared(t, { name: cache.name })
  openShared(t, { name: cache.name, hooks: open.hooks })
  for (let i = 0; i < 10; i++) other.set(`key:${i}`, i)
  await until(() => open.count === 10)
  assert.equal(count, 1)
})

test('a hook that closes its cache during a bulk deletion is called no more', async (t) => {
  let count = 0
  const hooks = {
    onDelete() {
      count++
      cache.close()
    },
  }
  const cache = openShared(t, { hooks })
  for (let i = 0; i < 10; i++) cache.set(`key:${i}`, i)
  cache.clear()
  await turn()
  assert.equal(count, 1)
})

test('a method whose hook closes the cache throws as after close', (t) => {
  const clock = mockClock(t)
  for (const method of ['size', 'keys', 'values', 'entries', 'getStats']) {
    const hooks = { onExpire: () => cache.close() }
    const cache = openShared(t, { ttl: 10, hooks })
    cache.set('k', 1)
    clock.now += 11
    assert.throws(() => cache[method](), { message: `the shared cache '${cache.name}' is closed` })
  }
})

test('destroying a store tells its subscribers nothing strange', async (t) => {
  const record = recorder()
  const cache = openShared(t, { hooks: record.hooks })
  const other = openShared(t, { name: cache.name })
  other.set('k', 1)
  SharedMemoryCache.destroy(cache.name)
  await until(() => record.count > 0)
  await turn()
  const [first, ...further] = record.take()
  assert.deepEqual(first, ['onSet', { key: 'k', value: 1, isUpdate: false }])
  for (const [hook, { source }] of further) assert.deepEqual([hook, source], ['onDelete', 'clear'])
})

test('subscribers are counted: those with hooks for what others do', (t) => {
  const cache = openShared(t)
  const { name } = cache
  for (const hook of HOOK_NAMES) openShared(t, { name, hooks: recorder([hook]).hooks })
  assert.equal(cache.getMetrics().subscribers, NOTICED.length)
})

test('beyond 65,536 waiting events of a blocked thread are dropped, counted and warned of once', async (t) => {
  const cache = openShared(t, { maxSize: 10, shards: 1 })
  const other = recorder(['onSet'])
  openShared(t, { name: cache.name, hooks: other.hooks })
  const worker = startWorker(
    'countEvents',
    { name: cache.name, gate: sharedNumbers(2) },
    { stderr: true },
  )
  let printed = ''
  worker.stderr.on('data', (chunk) => (printed += chunk))
  const exited = new Promise((resolve) => worker.once('exit', resolve))
  t.after(() => worker.terminate())
  const { gate } = await nextMessage(worker)
  await until(() => Atomics.load(gate, 0) === 1)

  const extra = 1_000
  for (let i = 0; i < BOUND + extra; i++) {
    cache.set('k', i)
    // The test's own thread keeps up.
    if (i % 10_000 === 0) await until(() => other.count === i + 1)
  }
  assert.equal(cache.getMetrics().allDroppedEvents, extra)
  assert.equal(cache.getMetrics().droppedEvents, 0)
  await until(() => other.count === BOUND + extra)
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)

  const report = await nextMessage(worker)
  assert.equal(report.count, BOUND)
  assert.equal(report.inOrder, true)
  assert.equal(report.droppedEvents, extra)
  assert.deepEqual(report.warnings, ['NMC_EVENTS_DROPPED'])
  await exited
  assert.equal(printed.match(/NMC_EVENTS_DROPPED/g).length, 1)
  assert.ok(printed.includes(cache.name))
})
