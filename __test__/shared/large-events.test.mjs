// Events with large values: nothing is copied for a hook that does not look, what waits is bounded
// by bytes, and no event is too large to be told. Needs --expose-gc.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MB, freshName, openShared, residentMemory, sharedNumbers, until } from './support.mjs'
import { openRemote } from './workers.mjs'
import { SharedMemoryCache } from 'native-memory-cache'

const large = (megabytes, byte = 1) => Buffer.alloc(megabytes * MB, byte)

test('a hook that ignores its values costs no memory for them', async (t) => {
  const seen = []
  const cache = openShared(t, { maxSize: 4, hooks: { onSet: ({ key }) => seen.push(key) } })
  const other = openShared(t, { name: cache.name })
  const before = await residentMemory()
  for (let i = 0; i < 200; i++) {
    cache.set(`own ${i}`, large(2))
    other.set(`theirs ${i}`, large(2))
    // Nothing has been collected or delivered in between: 800 MB have been written.
    const grown = (process.memoryUsage.rss() - before) / MB
    assert.ok(grown < 300, `${Math.round(grown)} MB after ${i} writes`)
  }
  await until(() => seen.length + cache.getMetrics().droppedEvents === 400)
})

test('a large value is read by a hook, then or later', async (t) => {
  const contexts = []
  const cache = openShared(t, { hooks: { onSet: (context) => contexts.push(context) } })
  cache.set('read later', large(1, 7))
  cache.clear()
  assert.equal(contexts[0].value[MB - 1], 7)
  assert.equal(contexts[0].value, contexts[0].value)
  cache.set('text', 'x'.repeat(MB))
  cache.set('structured', { text: 'Ł'.repeat(MB), when: new Date(5) })
  assert.equal(contexts[1].value.length, MB)
  assert.deepEqual(contexts[2].value.when, new Date(5))
})

test('of values that no hook has read the latest are kept, and asking for an older one tells so', (t) => {
  const contexts = []
  const cache = openShared(t, { maxSize: 1, hooks: { onSet: (context) => contexts.push(context) } })
  for (let i = 0; i < 40; i++) cache.set(`key ${i}`, large(1, i))
  assert.throws(() => contexts[0].value, /the value of this event is gone/)
  assert.equal(contexts.at(-1).value[0], 39)
  assert.equal(contexts.at(-20).value[0], 20)
})

test('clear() tells of every entry, however large they are together', (t) => {
  let bytes = 0
  let count = 0
  const hooks = {
    onDelete({ value }) {
      count++
      bytes += value.length
    },
  }
  const cache = openShared(t, { maxSize: 0, hooks })
  for (let i = 0; i < 60; i++) cache.set(`key ${i}`, large(1))
  for (let i = 0; i < 3_000; i++) cache.set(`small ${i}`, Buffer.alloc(10_000))
  cache.clear()
  assert.equal(count, 3_060)
  assert.equal(bytes, 60 * MB + 3_000 * 10_000)
})

test('a value larger than all that is kept takes no other from its hook', (t) => {
  let read = 0
  const cache = openShared(t, {
    maxSize: 0,
    shards: 1,
    hooks: { onDelete: ({ value }) => (read += value.length) },
  })
  for (let i = 0; i < 15; i++) cache.set(`key ${i}`, large(1))
  cache.set('largest', large(33))
  cache.clear()
  assert.equal(read, 48 * MB)
})

test('an event whose value cannot be decoded comes in its call', (t) => {
  const told = []
  const codec = {
    encode: String,
    decode() {
      throw new Error('undecodable')
    },
  }
  const cache = openShared(t, { codec, hooks: { onDelete: ({ key }) => told.push(key) } })
  cache.set('k', 1)
  assert.throws(() => cache.take('k'), /undecodable/)
  assert.deepEqual(told, ['k'])
})

test('events of a bulk deletion come in order, also while hooks cause others', (t) => {
  const told = []
  const cache = openShared(t, {
    maxSize: 0,
    shards: 1,
    hooks: {
      onDelete({ key }) {
        told.push(key)
        if (key === 'key 0') cache.delete('other')
      },
    },
  })
  cache.set('other', 1)
  const keys = Array.from({ length: 2_500 }, (_, i) => `key ${i}`)
  for (const key of keys) cache.set(key, Buffer.alloc(10_000))
  cache.deleteByPrefix('key ')
  assert.deepEqual(told, [keys[0], 'other', ...keys.slice(1)])
})

test('entries() lists more than one array of bytes holds', (t) => {
  const cache = openShared(t, { maxSize: 0, shards: 1 })
  for (let i = 0; i < 50; i++) cache.set(`key ${i}`, large(1, i))
  for (let i = 50; i < 70_000; i++) cache.set(`key ${i}`, i)
  const entries = cache.entries()
  assert.equal(entries.length, 70_000)
  for (const [i, [key, value]] of entries.entries()) {
    assert.equal(key, `key ${i}`)
    assert.equal(typeof value === 'number' ? value : value[MB - 1], i)
  }
})

test('a blocked subscriber holds no more than its share, and what it missed is counted', async (t) => {
  const name = freshName()
  const cache = openShared(t, { name, maxSize: 0, maxBytes: 8 * MB, shards: 1 })
  const remote = await openRemote(t, { name, hooks: ['onSet'] })
  const gate = sharedNumbers(2)
  const blocked = remote.block(gate)
  await until(() => Atomics.load(gate, 0) === 1)
  for (let i = 0; i < 100; i++) cache.set('k', large(1, i))
  const { allDroppedEvents } = cache.getMetrics()
  assert.ok(allDroppedEvents >= 83 && allDroppedEvents <= 85, `${allDroppedEvents} were dropped`)
  Atomics.store(gate, 1, 1)
  Atomics.notify(gate, 1)
  await blocked
  await until(async () => {
    cache.set('end', 1)
    return (await remote.events()).some(([, { key }]) => key === 'end')
  })
  SharedMemoryCache.destroy(name)
})
