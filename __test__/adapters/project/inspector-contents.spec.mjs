// What the inspector tells of caches, and how much work that is. What must not live here: who is answered, which is in
// inspector.spec.mjs; what the page makes of it, which is tested in a browser.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import { keysOf, look, mockTicks, open, users } from './inspector-requests.mjs'
import { kinds } from './stores.mjs'

const HOSTILE = [
  '',
  '__proto__',
  '</script><script>alert(1)</script>',
  '<!--',
  '{{facts}}$&',
  '\uD800 lone',
  'lone \uDFFF',
  '\u202Egnp.exe',
  '\0\r\n\u2028',
  '\u{1F600}',
]

describe('entries', () => {
  for (const [kind, create] of Object.entries(kinds)) {
    test(`of a ${kind} are found, shown and deleted whatever their keys and the name of the cache are`, async (t) => {
      const cache = create({ maxSize: 0 })
      const keys = [...HOSTILE, '\uD800'.repeat(1 << 20)]
      for (const key of keys) cache.set(key, 1)
      const caches = Object.fromEntries(HOSTILE.map((name) => [name, create({})]))
      caches.constructor = cache
      const inspector = createInspector({ caches, allowChanges: true })
      const { ask } = await open(t, inspector)
      assert.deepEqual((await keysOf(ask, 'constructor', '*')).toSorted(), keys.toSorted())
      for (const key of keys) {
        if (!key.includes('*')) assert.deepEqual(await keysOf(ask, 'constructor', key), [key])
        assert.equal((await ask('entry', { cache: 'constructor', key })).status, 200)
        assert.equal((await ask('delete', { cache: 'constructor', key })).deleted, true)
      }
      assert.equal(cache.size(), 0)
      for (const name of HOSTILE) {
        assert.deepEqual(await keysOf(ask, name, '*'), [])
        caches[name].close()
      }
    })

    test(`of a ${kind} are described, with their values only if those are to be shown`, async (t) => {
      t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
      const cache = create({ ttl: 60_000 })
      cache.set('ada', { secret: 'x\u202E' }, { tags: ['user'] })
      cache.set('bob', 7, { ttl: 0 })
      t.mock.timers.tick(1000)
      for (const showValues of [true, false]) {
        const { ask } = await open(t, createInspector({ caches: { users: cache }, showValues }))
        const { value, weight, ...ada } = await ask('entry', { cache: 'users', key: 'ada' })
        assert.equal(typeof weight, 'number')
        assert.equal(value, showValues ? "{ secret: 'x\u202E' }" : undefined)
        const times = { ttl: 60_000, remainingTtl: 59_000 }
        const stamps = { start: 1_800_000_000_000, expiresAt: 1_800_000_060_000 }
        assert.deepEqual(ada, { status: 200, ...times, ...stamps, stale: false, tags: ['user'] })
        const bob = await ask('entry', { cache: 'users', key: 'bob' })
        for (const name of ['ttl', 'remainingTtl', 'expiresAt', 'start']) {
          assert.equal(bob[name], null, name)
        }
      }
    })
  }

  test('an error of a codec, which may quote the value, is told only if values are', async (t) => {
    const decode = () => {
      throw new Error('unexpected token in "secret"')
    }
    const codec = { encode: () => Buffer.from('secret'), decode }
    const cache = new SharedMemoryCache({ name: 'undecodable', codec })
    cache.set('ada', 1)
    for (const showValues of [true, false]) {
      const { ask } = await open(t, createInspector({ caches: { users: cache }, showValues }))
      const { status, error } = await ask('entry', { cache: 'users', key: 'ada' })
      assert.equal(status, 500)
      assert.equal(error.includes('secret'), showValues)
    }
    cache.close()
  })

  test('a value of any size is shown in part', async (t) => {
    const cache = new MemoryCache()
    cache.set('long', 'x'.repeat(10 << 20))
    cache.set('wide', Array(1e6).fill('y'.repeat(100)))
    const { ask } = await open(t, createInspector({ caches: { c: cache }, showValues: true }))
    for (const key of ['long', 'wide']) {
      const { value } = await ask('entry', { cache: 'c', key })
      assert.ok(value.length > 1000 && value.length <= 65_536, `${value.length}`)
    }
  })

  test('a value is shown four levels deep, and less deep if there is too much on the way', async (t) => {
    let looked = 0
    const leaf = {
      [inspect.custom]() {
        looked += 1
        return 'leaf'
      },
    }
    const levels = [leaf]
    // Fifty to the power of the level, of which one in fifty is a leaf.
    for (let i = 0; i < 4; i++) levels.push([...Array(49).fill(levels[i]), leaf])
    const few = (inner) => ({ first: [inner], second: new Map([['third', inner]]) })
    const cache = new MemoryCache()
    cache.set('few', few(few({ a: { b: 1 } })))
    cache.set(
      'some',
      Array.from({ length: 100 }, (_, i) => ({ at: [i, [1]] })),
    )
    cache.set('many', levels.at(-1))
    cache.set('texts', { text: 'x'.repeat(5000) })
    const { ask } = await open(t, createInspector({ caches: { cache }, showValues: true }))
    const shown = async (key) =>
      (await ask('entry', { cache: 'cache', key })).value.replaceAll(/\s+/g, ' ')
    assert.ok(
      (await shown('few')).includes("first: [ { first: [ [Object] ], second: Map(1) { 'third'"),
    )
    assert.ok((await shown('some')).startsWith('[ { at: [ 0, [ 1 ] ] }, {'))
    assert.match(await shown('many'), /^\[ \[( \[Array\],){49} leaf \], \[ \[Array\]/)
    assert.ok(looked < 100, `${looked}`)
    assert.ok((await shown('texts')).length > 5000)
  })

  for (const name of ['Row', 'Row of X', '9Row', 'Row[X]']) {
    test(`nor is a class named ${name} looked into without a limit`, async (t) => {
      let looked = 0
      class Leaf {
        [inspect.custom]() {
          looked += 1
          return 'leaf'
        }
      }
      const rows = Object.defineProperty(class {}, 'name', { value: name })
      let row = new Leaf()
      for (let level = 0; level < 4; level++) {
        const inner = row
        row = new rows()
        for (let i = 0; i < 30; i++) row[`p${i}`] = inner
      }
      const cache = new MemoryCache()
      cache.set('key', row)
      const { ask } = await open(t, createInspector({ caches: { cache }, showValues: true }))
      await ask('entry', { cache: 'cache', key: 'key' })
      assert.ok(looked < 1000, `${looked}`)
    })
  }

  test('who looks changes and counts nothing, and calls no hook', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
    const called = []
    const names = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']
    const cache = new MemoryCache({ maxSize: 3, ttl: 1000, updateAgeOnGet: true })
    const hooks = Object.fromEntries(names.map((name) => [name, () => called.push(name)]))
    const hooked = new MemoryCache({ maxSize: 3, ttl: 1000, hooks })
    class Own extends MemoryCache {
      [inspect.custom]() {
        return `${this.getStats().size} entries`
      }
    }
    const own = new Own({ maxSize: 3, ttl: 1000, hooks })
    for (const each of [cache, hooked, own]) {
      for (const key of ['expired', 'ada', 'bob']) each.set(key, 1, key === 'expired' ? 5 : 1000)
    }
    called.length = 0
    t.mock.timers.tick(10)
    const inspector = createInspector({ caches: { cache, hooked, own }, showValues: true })
    const { ask } = await open(t, inspector)
    const client = await look(inspector)
    for (const told of client.messages[0].caches) assert.equal(told.maxSize, 3)
    for (const name of ['cache', 'hooked', 'own']) {
      assert.deepEqual((await keysOf(ask, name, '*')).toSorted(), ['ada', 'bob'])
      await ask('entry', { cache: name, key: 'ada' })
      await ask('entry', { cache: name, key: 'expired' })
    }
    client.end()
    assert.deepEqual(called, [])
    assert.equal(cache.getMetrics().entries, 3)
    assert.equal(cache.getRemainingTTL('ada'), 990)
    cache.set('new', 1)
    cache.set('newer', 1)
    assert.deepEqual(cache.keys(), ['bob', 'new', 'newer'])
    assert.deepEqual([cache.getStats().hits, cache.getStats().misses], [0, 0])
  })
})

describe('the stream', () => {
  for (const [kind, create] of Object.entries(kinds)) {
    test(`tells what a ${kind} holds, does and may hold`, async (t) => {
      const { tick } = mockTicks(t)
      const cache = create({ maxSize: 2, ttl: 60_000, shards: 1 })
      for (const key of ['a', 'b', 'c']) cache.set(key, 1)
      for (const key of ['a', 'c']) cache.get(key)
      const inspector = createInspector({ caches: { users: cache } })
      const client = await look(inspector)
      const { bytes, lifetimes, weight, maxBytes, maxWeight, ...told } =
        client.messages[0].caches[0]
      assert.equal(bytes, cache.getMetrics().bytes)
      assert.deepEqual([typeof weight, maxBytes, maxWeight], ['number', 0, 0])
      const limits = { maxSize: 2, ttl: 60_000 }
      const counted = { hits: 1, misses: 1, evictions: 1, expirations: 0 }
      assert.deepEqual(told, { name: 'users', kind, open: true, entries: 2, ...limits, ...counted })
      assert.deepEqual(lifetimes, { counts: [0, 0, 2, 0, 0, 0, 0, 0], seen: 2, whole: true })
      cache.get('c')
      tick()
      assert.equal(client.messages[1].caches[0].hits, 2)
      assert.equal(client.messages[1].time - client.messages[0].time, 1000)
      client.end()
      cache.close()
    })
  }

  test('tells lifetimes by bucket', async (t) => {
    mockTicks(t)
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
    const cache = new MemoryCache({ maxSize: 0 })
    const times = [1, 1000, 1001, 60_000, 600_000, 3_600_000, 86_400_000, 86_400_001, 0, Infinity]
    for (const [i, ttl] of times.entries()) cache.set(`${i}`, i, { ttl })
    const client = await look(createInspector({ caches: { cache } }))
    assert.deepEqual(client.messages[0].caches[0].lifetimes.counts, [2, 1, 1, 1, 1, 1, 1, 2])
    client.end()
  })

  test('looks at lifetimes for some milliseconds at a time, and goes on from there', async (t) => {
    const { tick } = mockTicks(t)
    const cache = new MemoryCache({ maxSize: 0, ttl: 0 })
    for (let i = 0; i < 5000; i++) cache.set(`key ${i}`, i)
    const client = await look(createInspector({ caches: { cache } }))
    client.end()
    // Each reading of the clock takes a tenth of a millisecond here.
    let now = 0
    performance.now.mock.mockImplementation(() => (now += 0.1))
    const slow = await look(createInspector({ caches: { cache } }))
    tick(3)
    const seen = slow.messages.map(({ caches: [{ lifetimes }] }) => lifetimes.seen)
    assert.ok(seen[0] > 20 && seen[0] <= 60, `${seen}`)
    for (let i = 1; i < 4; i++) assert.ok(seen[i] > seen[i - 1] && seen[i] <= (i + 1) * 60)
    tick(200)
    assert.deepEqual(slow.messages.at(-1).caches[0].lifetimes, {
      counts: [0, 0, 0, 0, 0, 0, 0, 5000],
      seen: 5000,
      whole: true,
    })
    slow.end()
  })

  test('does not copy large values to look at lifetimes', async (t) => {
    mockTicks(t)
    const cache = new SharedMemoryCache({ name: 'large values' })
    cache.set('large', 'x'.repeat(100_000))
    const client = await look(createInspector({ caches: { cache } }))
    assert.equal(client.messages[0].caches[0].lifetimes, null)
    client.end()
    cache.close()
  })

  test('has one timer for all clients, which keeps no process alive and ends with the last', async (t) => {
    const { timers, tick } = mockTicks(t)
    const inspector = createInspector({ caches: { users: users() } })
    assert.equal(timers.size, 0)
    const clients = [await look(inspector), await look(inspector), await look(inspector)]
    assert.equal(timers.size, 1)
    assert.ok([...timers].every(({ isUnref, milliseconds }) => isUnref && milliseconds === 1000))
    tick()
    assert.deepEqual(
      clients.map(({ messages }) => messages.length),
      [2, 2, 2],
    )
    clients[0].end()
    clients[1].destroy()
    assert.equal(timers.size, 1)
    clients[2].end()
    assert.equal(timers.size, 0)
    const again = await look(inspector)
    assert.equal(timers.size, 1)
    again.end()
  })

  test('keeps nothing of the context of who opens it', async (t) => {
    const { tick } = mockTicks(t)
    const storage = new AsyncLocalStorage()
    const seen = []
    const cache = users()
    const { getMetrics } = cache
    cache.getMetrics = function measured() {
      seen.push(storage.getStore())
      return Reflect.apply(getMetrics, this, [])
    }
    t.mock.restoreAll()
    void tick
    let ticked
    const told = new Promise((resolve) => (ticked = resolve))
    const client = await storage.run('visitor', () => look(createInspector({ caches: { cache } })))
    client.write = () => {
      ticked()
      return true
    }
    // The timer of the inspector is unref'd.
    const alive = setTimeout(() => {}, 5000)
    await told
    clearTimeout(alive)
    client.end()
    assert.deepEqual(seen, ['visitor', undefined])
  })

  test('skips a client that is slow, and cuts it off after half a minute', async (t) => {
    const { tick } = mockTicks(t)
    const inspector = createInspector({ caches: { users: users() } })
    const [slow, fast] = [await look(inspector), await look(inspector)]
    slow.fast = false
    tick(10)
    assert.deepEqual([slow.messages.length, fast.messages.length], [2, 11])
    slow.drain()
    tick(1)
    assert.deepEqual([slow.messages.length, fast.messages.length], [3, 12])
    slow.fast = false
    tick(31)
    assert.equal(slow.destroyed, false)
    tick(1)
    assert.equal(slow.destroyed, true)
    assert.equal(fast.destroyed, false)
    fast.end()
  })

  test('ends after five minutes, so that who looks on is authorized anew', async (t) => {
    const { tick, timers } = mockTicks(t)
    let admitted = true
    const inspector = createInspector({ caches: {}, authorize: () => admitted })
    const client = await look(inspector)
    tick(300)
    assert.equal(client.ended, undefined)
    admitted = false
    tick()
    assert.equal(client.ended, true)
    assert.equal(timers.size, 0)
    assert.equal((await look(inspector)).status, 403)
  })

  test('is open to 32 clients at a time', async (t) => {
    mockTicks(t)
    const inspector = createInspector({ caches: {} })
    const clients = []
    for (let i = 0; i < 32; i++) clients.push(await look(inspector))
    assert.equal((await look(inspector)).status, 503)
    clients[0].end()
    assert.equal((await look(inspector)).status, 200)
    inspector.close()
  })

  test('tells that a cache is closed, and goes on about the others', async (t) => {
    const { tick } = mockTicks(t)
    const [gone, shared] = [users(), new SharedMemoryCache({ name: 'soon destroyed' })]
    const inspector = createInspector({ caches: { gone, shared, users: users() } })
    const client = await look(inspector)
    gone.close()
    SharedMemoryCache.destroy('soon destroyed')
    tick(2)
    const told = client.messages.at(-1).caches.map(({ name, open: isOpen }) => [name, isOpen])
    assert.deepEqual(told, [
      ['gone', false],
      ['shared', false],
      ['users', true],
    ])
    client.end()
  })

  test('close ends the streams, and nothing is answered from then on', async (t) => {
    const { timers } = mockTicks(t)
    const inspector = createInspector({ caches: {} })
    const client = await look(inspector)
    inspector.close()
    inspector.close()
    assert.equal(client.ended, true)
    assert.equal(timers.size, 0)
    assert.equal((await look(inspector)).status, 503)
  })
})
