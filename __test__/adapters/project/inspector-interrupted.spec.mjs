// What the inspector does where something else happens in between: it is closed, a page is hidden, a client leaves, a codec fails.
// What must not live here: what it tells when nothing does, which is in inspector-contents.spec.mjs.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import { look, mockTicks, open, users } from './inspector-requests.mjs'

/** An `authorize` that waits once it is told to; `admit()` lets all go on. */
function held() {
  const gate = resolvers()
  const state = { isSlow: false }
  return {
    slowDown: () => (state.isSlow = true),
    admit: () => gate.resolve(),
    authorize: async () => {
      if (state.isSlow) await gate.promise
      return true
    },
  }
}

function resolvers() {
  let resolve
  const promise = new Promise((settle) => (resolve = settle))
  return { promise, resolve }
}

test('nothing begins, and nothing is changed, once it is closed, although it was being authorized', async (t) => {
  const { timers } = mockTicks(t)
  const cache = users()
  const { authorize, slowDown, admit } = held()
  const inspector = createInspector({ caches: { cache }, allowChanges: true, authorize })
  const { ask } = await open(t, inspector)
  slowDown()
  const stream = look(inspector)
  const cleared = ask('clear', { cache: 'cache' })
  await new Promise(setImmediate)
  inspector.close()
  admit()
  assert.equal((await stream).status, 503)
  assert.equal((await cleared).status, 503)
  assert.equal(cache.size(), 3)
  assert.equal(timers.size, 0)
})

test('a client that left while it was authorized keeps nothing waiting', async (t) => {
  const inspector = createInspector({ caches: { users: users() } })
  const { token } = await open(t, inspector)
  const headers = {
    host: 'localhost',
    'content-type': 'application/json',
    'x-inspector-token': token,
    'sec-fetch-site': 'same-origin',
  }
  const socket = { remoteAddress: '127.0.0.1' }
  // Of its end no event will come.
  const req = { url: '/entry', method: 'POST', headers, socket, destroyed: true, on() {} }
  const res = { destroyed: true, writeHead: assert.fail, end: assert.fail }
  await inspector(req, res)
})

test('what a value throws when it is shown may be anything', async (t) => {
  const cache = new MemoryCache()
  const fail = () => {
    throw new Error('of a trap')
  }
  const trapped = new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail })
  const thrown = [
    ['.', Object.assign(new Error(''), { message: Object.create(null) })],
    ['.', trapped],
    ['.', Object.create(trapped)],
    [': Symbol(x)', Object.assign(new Error(''), { message: Symbol('x') })],
    [': undefined', undefined],
    [': null', null],
    [': text', 'text'],
  ]
  for (const [i, [, error]] of thrown.entries()) {
    const value = {
      [inspect.custom]() {
        throw error
      },
    }
    cache.set(`${i}`, value)
  }
  const { ask } = await open(t, createInspector({ caches: { cache }, showValues: true }))
  for (const [i, [told]] of thrown.entries()) {
    const { status, error } = await ask('entry', { cache: 'cache', key: `${i}` })
    assert.equal(status, 500)
    assert.equal(error, `The cache could not do that${told}`)
  }
})

test('a search goes on although the page had no stream for a moment', async (t) => {
  const { timers, tick } = mockTicks(t)
  const cache = new MemoryCache({ maxSize: 0 })
  for (let i = 0; i < 1000; i++) cache.set(`key ${i}`, i)
  const inspector = createInspector({ caches: { cache } })
  const { ask } = await open(t, inspector)
  const client = await look(inspector)
  const { cursor } = await ask('search', { cache: 'cache', pattern: '*' })
  client.end()
  tick(5)
  assert.equal((await ask('search', { cache: 'cache', cursor })).status, 200)
  tick(40)
  assert.equal(timers.size, 0)
})

test('of a cache that is closed or destroyed nothing is found, shown or changed, and it is told so', async (t) => {
  const caches = {
    users: users(),
    'closed store': new SharedMemoryCache({ name: 'closed store' }),
    'destroyed store': new SharedMemoryCache({ name: 'destroyed store' }),
  }
  const inspector = createInspector({ caches, allowChanges: true })
  const { ask } = await open(t, inspector)
  const cursors = {}
  for (const [cache, each] of Object.entries(caches)) {
    each.set('ada', 1)
    each.set('bob', 2)
    ;({ cursor: cursors[cache] } = await ask('search', { cache, pattern: '*', most: 1 }))
  }
  caches.users.close()
  caches['closed store'].close()
  SharedMemoryCache.destroy('destroyed store')
  for (const [cache, cursor] of Object.entries(cursors)) {
    for (const [action, body] of [
      ['search', { cursor }],
      ['search', { pattern: '*' }],
      ['search', { pattern: 'ada' }],
      ['entry', { key: 'ada' }],
      ['delete', { key: 'ada' }],
      ['clear', {}],
    ]) {
      const answer = await ask(action, { cache, ...body })
      assert.deepEqual(answer, { status: 410, error: 'This cache is closed.' }, action)
    }
  }
})

test('a search goes on in its own cache only', async (t) => {
  const caches = { one: users(), other: users() }
  const { ask } = await open(t, createInspector({ caches }))
  const { cursor } = await ask('search', { cache: 'one', pattern: '*', most: 1 })
  assert.equal((await ask('search', { cache: 'other', cursor })).status, 410)
  assert.equal((await ask('search', { cache: 'one', cursor })).status, 200)
})

test('a value that its codec cannot decode costs the lifetimes, and no more, until nobody looks on', async (t) => {
  const { tick } = mockTicks(t)
  const codec = {
    encode: (value) => JSON.stringify(value),
    decode(text) {
      if (text === '"bad"') throw new Error('bad')
      return JSON.parse(text)
    },
  }
  const cache = new SharedMemoryCache({ name: 'with a bad value', codec })
  t.after(() => cache.close())
  cache.set('good', 1)
  cache.set('bad', 'bad')
  const inspector = createInspector({ caches: { cache } })
  const client = await look(inspector)
  tick(3)
  const told = client.messages.map(({ caches: [found] }) => [
    found.open,
    found.entries,
    found.lifetimes,
  ])
  assert.deepEqual(
    told,
    Array.from({ length: 4 }, () => [true, 2, { failed: true }]),
  )
  cache.delete('bad')
  client.end()
  const later = await look(inspector)
  assert.equal(later.messages[0].caches[0].lifetimes.seen, 1)
  later.end()
})

test('many caches are looked at for some milliseconds in all, each in its turn', async (t) => {
  const { tick } = mockTicks(t)
  const caches = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => {
      const cache = new MemoryCache({ maxSize: 0, ttl: 0 })
      for (let key = 0; key < 100; key++) cache.set(`${key}`, key)
      return [`cache ${i}`, cache]
    }),
  )
  // Each reading of the clock takes a tenth of a millisecond here.
  let now = 0
  performance.now.mock.mockImplementation(() => (now += 0.1))
  const client = await look(createInspector({ caches }))
  const seenIn = (message) => message.caches.reduce((sum, { lifetimes }) => sum + lifetimes.seen, 0)
  assert.ok(seenIn(client.messages[0]) <= 60)
  tick(100)
  assert.ok(client.messages.at(-1).caches.every(({ lifetimes }) => lifetimes.whole))
  client.end()
})

test('of two caches neither is passed over, however many come and go', async (t) => {
  const { tick } = mockTicks(t)
  const caches = {}
  for (const name of ['one', 'other']) {
    caches[name] = new MemoryCache({ maxSize: 0 })
    for (let key = 0; key < 1000; key++) caches[name].set(`${key}`, key)
  }
  // One entry takes all the time that there is for both.
  let now = 0
  performance.now.mock.mockImplementation(() => (now += 3))
  const inspector = createInspector({ caches })
  const client = await look(inspector)
  for (let i = 0; i < 11; i++) {
    tick()
    const newcomer = await look(inspector)
    newcomer.end()
  }
  const seen = client.messages.at(-1).caches.map(({ lifetimes }) => lifetimes.seen)
  assert.deepEqual(seen, [6, 6])
  client.end()
})

test('a client that takes nothing is cut off, be it of the first message or of the end', async (t) => {
  const { tick, timers } = mockTicks(t)
  const inspector = createInspector({ caches: { users: users() } })
  const slow = await look(inspector, {}, false)
  tick(30)
  assert.deepEqual([slow.messages.length, slow.destroyed], [1, false])
  tick()
  assert.equal(slow.destroyed, true)
  const ended = await look(inspector)
  ended.end = () => (ended.ended = true)
  tick(301)
  assert.deepEqual([ended.ended, ended.destroyed], [true, false])
  tick(31)
  assert.equal(ended.destroyed, true)
  assert.equal(timers.size, 0)
})

test(
  'close ends a connection that takes nothing, also when the server was closed before',
  { timeout: 20_000 },
  async (t) => {
    const inspector = createInspector({ caches: { ['x'.repeat(24 << 20)]: users() } })
    const server = createServer(inspector).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.closeAllConnections())
    const socket = connect(server.address().port, '127.0.0.1').pause()
    socket.on('error', () => {})
    t.after(() => socket.destroy())
    socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [, response] = await once(server, 'request')
    while (!response.headersSent) await new Promise(setImmediate)
    const closed = new Promise((resolve) => server.close(resolve))
    inspector.close()
    await closed
  },
)
