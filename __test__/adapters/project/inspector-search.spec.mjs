// The inspector's search of keys: what it finds, in which steps, and for how long it is kept. What must not live here: who may
// search, which is in inspector.spec.mjs; what else is told of caches, which is in inspector-contents.spec.mjs.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import { keysOf, look, mockTicks, open } from './inspector-requests.mjs'
import { kinds } from './stores.mjs'

describe('a search', () => {
  test('finds what scan finds, whatever the pattern', async (t) => {
    const seed = Number(process.env.INSPECTOR_SEED ?? Math.floor(Math.random() * 2 ** 31))
    t.diagnostic(`INSPECTOR_SEED=${seed}`)
    let state = seed
    const below = (n) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
      return (state >>> 8) % n
    }
    const text = (letters, most) =>
      Array.from({ length: below(most) }, () => letters[below(letters.length)]).join('')
    const cache = new MemoryCache({ maxSize: 0 })
    for (let i = 0; i < 90; i++) cache.set(text('ab\uD800', 9), i)
    const { ask } = await open(t, createInspector({ caches: { cache } }))
    for (let i = 0; i < 300; i++) {
      const pattern = text('ab\uD800***', 8)
      const expected = [...cache.scan(pattern)].map(([key]) => key)
      assert.deepEqual(
        (await keysOf(ask, 'cache', pattern)).toSorted(),
        expected.toSorted(),
        pattern,
      )
    }
  })

  for (const [kind, create] of Object.entries(kinds)) {
    test(`of a large ${kind} comes in steps of bounded work, each key once`, async (t) => {
      const cache = create({ maxSize: 0 })
      for (let i = 0; i < 20_000; i++) cache.set(`key ${i}`, i)
      const { ask } = await open(t, createInspector({ caches: { cache } }))
      let now = 0
      // The clock goes on by a millisecond for each entry that is looked at.
      t.mock.method(performance, 'now', () => now++)
      const keys = new Set()
      let cursor
      let looked = 0
      let steps = 0
      do {
        const answer = await ask('search', { cache: 'cache', pattern: '*7*', cursor })
        assert.ok(answer.looked <= 20, `${answer.looked}`)
        for (const key of answer.keys) keys.add(key)
        looked += answer.looked
        cursor = answer.cursor
        steps++
      } while (cursor && steps < 500)
      assert.equal(steps, 500)
      assert.ok(looked >= 500 && keys.size <= looked)
      t.mock.restoreAll()
      const all = await keysOf(ask, 'cache', '*7*')
      assert.equal(new Set(all).size, all.length)
      assert.equal(all.length, [...cache.scan('*7*')].length)
      cache.close()
    })
  }

  test('takes no longer for a codec that is slow, nor do lifetimes', async (t) => {
    mockTicks(t)
    let now = 0
    performance.now.mock.mockImplementation(() => now)
    const codec = {
      encode: (value) => JSON.stringify(value),
      decode: (text) => {
        now += 1
        return JSON.parse(text)
      },
    }
    const cache = new SharedMemoryCache({ name: 'slow codec', codec, maxSize: 0 })
    t.after(() => cache.close())
    for (let i = 0; i < 1000; i++) cache.set(`key ${i}`, i)
    const inspector = createInspector({ caches: { cache } })
    const { ask } = await open(t, inspector)
    const client = await look(inspector)
    assert.equal(now, 5)
    assert.equal(client.messages[0].caches[0].lifetimes.seen, 5)
    const { looked } = await ask('search', { cache: 'cache', pattern: '*z*' })
    assert.equal(looked, 10)
    assert.equal(now, 15)
    inspector.close()
  })

  test('tells at most 100 keys at a time, and fewer long ones', async (t) => {
    const cache = new MemoryCache({ maxSize: 0 })
    t.mock.method(performance, 'now', () => 0)
    for (let i = 0; i < 250; i++) cache.set(`key ${i}`, i)
    const { ask } = await open(t, createInspector({ caches: { cache } }))
    for (const [most, expected] of [
      [undefined, 100],
      [7, 7],
      [101, 100],
      [0, 100],
      ['all', 100],
    ]) {
      const { keys } = await ask('search', { cache: 'cache', pattern: '*', most })
      assert.equal(keys.length, expected, `${most}`)
    }
    cache.clear()
    for (let i = 0; i < 5; i++) cache.set(`${i}`.repeat(200_000), i)
    assert.equal((await ask('search', { cache: 'cache', pattern: '*' })).keys.length, 2)
  })

  test('goes on once from each cursor, is forgotten if it is left, and there are at most 16', async (t) => {
    const { timers, tick } = mockTicks(t)
    const cache = new MemoryCache({ maxSize: 0 })
    for (let i = 0; i < 1000; i++) cache.set(`key ${i}`, i)
    const inspector = createInspector({ caches: { cache } })
    const { ask } = await open(t, inspector)
    const begin = async () => (await ask('search', { cache: 'cache', pattern: '*' })).cursor
    const proceed = async (cursor) => (await ask('search', { cache: 'cache', cursor })).status
    const first = await begin()
    assert.equal(await proceed(first), 200)
    assert.equal(await proceed(first), 410)
    const cursors = []
    for (let i = 0; i < 17; i++) cursors.push(await begin())
    assert.equal(await proceed(cursors[0]), 410)
    assert.equal(await proceed(cursors[1]), 200)
    assert.equal(timers.size, 1)
    tick(31)
    assert.equal(await proceed(cursors[16]), 410)
    tick()
    assert.equal(timers.size, 0)
  })
})
