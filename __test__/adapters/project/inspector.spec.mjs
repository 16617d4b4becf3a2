// The inspector as a handler: who is answered, what is told, and how much work it does. What must not live here: what the page
// makes of it, which is tested in a browser.
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import express from 'express'
import fastify from 'fastify'
import { CacheConfigError, MemoryCache, SharedMemoryCache } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import { serve } from './http.mjs'
import { factsOf, keysOf, look, mockTicks, open, send } from './inspector-requests.mjs'
import { kinds } from './stores.mjs'

const require = createRequire(import.meta.url)

const users = () => {
  const cache = new MemoryCache({ maxSize: 0 })
  for (const key of ['ada', 'bob', 'eve']) cache.set(key, { secret: `of ${key}` })
  return cache
}

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

describe('the page', () => {
  test('is one document under a strict policy, with a nonce of its own each time', async (t) => {
    const address = await serve(t, createInspector({ caches: { users: users() } }))
    const nonces = new Set()
    for (let i = 0; i < 2; i++) {
      const { status, headers, text } = await send(address)
      assert.equal(status, 200)
      const policy = headers['content-security-policy']
      const [, nonce] = /script-src 'nonce-([^']+)'/.exec(policy)
      nonces.add(nonce)
      for (const part of [
        "default-src 'none'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]) {
        assert.ok(policy.includes(part), part)
      }
      assert.doesNotMatch(policy, /unsafe|\*/)
      assert.equal(text.split(`<style nonce="${nonce}">`).length, 2)
      assert.equal(text.split(`<script nonce="${nonce}">`).length, 2)
      assert.doesNotMatch(text, /\{\{|innerHTML|\ssrc=|\shref="(?!data:,")|url\(|@import/)
      assert.equal(headers['set-cookie'], undefined)
      assert.match(headers['cache-control'], /no-store/)
      assert.equal(headers.etag, undefined)
      assert.equal(headers['x-content-type-options'], 'nosniff')
    }
    assert.equal(nonces.size, 2)
  })

  test('is told nothing that could end its script', async (t) => {
    const address = await serve(t, createInspector({ caches: { '</script>': users() } }))
    const { text } = await send(address)
    assert.equal(text.split('</script>').length, 3)
    const { token, ...facts } = await factsOf(address)
    assert.ok(token.length >= 32)
    assert.deepEqual(
      { ...facts, lifetimes: 0 },
      { lifetimes: 0, showValues: false, allowChanges: false },
    )
  })

  test('answers HEAD without a body, other methods with 405 and other paths with 404', async (t) => {
    const address = await serve(t, createInspector({ caches: {} }))
    const whole = await send(address)
    const head = await send(address, { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
    assert.equal(head.headers['content-length'], whole.headers['content-length'])
    const stream = await send(`${address}/events`, { method: 'HEAD' })
    assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8')
    for (const [method, path, allow] of [
      ['POST', '/', 'GET, HEAD'],
      ['DELETE', '/events', 'GET, HEAD'],
      ['GET', '/delete', 'POST'],
      ['HEAD', '/clear', 'POST'],
      ['PUT', '/search', 'POST'],
    ]) {
      const { status, headers } = await send(address + path, { method })
      assert.equal(status, 405, `${method} ${path}`)
      assert.equal(headers.allow, allow)
    }
    for (const path of ['/x', '//', '/events/', '/__proto__', '/%2fevents', '/constructor']) {
      assert.equal((await send(address + path)).status, 404, path)
    }
  })
})

describe('without authorize', () => {
  const caches = { users: users() }

  test('a request is answered by its Host only if that is this machine', async (t) => {
    const address = await serve(t, createInspector({ caches }))
    const { port } = new URL(address)
    for (const host of [
      `localhost:${port}`,
      'LOCALHOST',
      '127.0.0.1',
      '127.8.8.8:80',
      '[::1]:80',
    ]) {
      assert.equal((await send(address, { headers: { host } })).status, 200, host)
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '10.0.0.1',
    ]) {
      for (const path of ['/', '/events']) {
        assert.equal((await send(address + path, { headers: { host } })).status, 403, host)
      }
    }
  })

  test('a request that came through a proxy is refused', async (t) => {
    const address = await serve(t, createInspector({ caches }))
    for (const name of ['X-Forwarded-For', 'x-forwarded-host', 'Forwarded', 'Via', 'X-Real-IP']) {
      const { status, text } = await send(address, { headers: { [name]: '127.0.0.1' } })
      assert.equal(status, 403, name)
      assert.match(text, /authorize/)
    }
  })

  test('a socket of another machine, or of none, is refused', async () => {
    const inspector = createInspector({ caches })
    const from = async (remoteAddress, headers = { host: 'localhost' }) => {
      const client = {
        headersSent: false,
        writeHead: (status) => (client.status = status),
        end() {},
      }
      await inspector({ url: '/', method: 'GET', headers, socket: { remoteAddress } }, client)
      return client.status
    }
    for (const address of ['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1']) {
      assert.equal(await from(address), 200, address)
    }
    assert.equal(await from('127.0.0.1', {}), 403)
    for (const address of ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '1270.0.0.1', '', undefined]) {
      assert.equal(await from(address), 403, address)
    }
  })
})

describe('with authorize', () => {
  const headers = { host: 'caches.example', 'x-forwarded-for': '10.0.0.1' }

  test('who it returns true for is answered, wherever the request comes from', async (t) => {
    for (const authorize of [
      (request) => request.headers['x-admin'] === 'yes',
      async (request) => request.headers['x-admin'] === 'yes',
    ]) {
      const address = await serve(t, createInspector({ caches: {}, authorize }))
      assert.equal((await send(address, { headers: { ...headers, 'x-admin': 'yes' } })).status, 200)
      assert.equal((await send(address, { headers })).status, 403)
      assert.equal((await send(address)).status, 403)
    }
  })

  test('anything but true, and an error, refuses every path', async (t) => {
    for (const authorize of [
      () => undefined,
      () => 1,
      () => 'true',
      () => {
        throw new Error('the secret of the session store')
      },
      async () => Promise.reject(new Error('the secret of the session store')),
    ]) {
      const address = await serve(t, createInspector({ caches: {}, authorize }))
      for (const path of ['/', '/events', '/nothing']) {
        const { status, text } = await send(address + path)
        assert.equal(status, 403)
        assert.doesNotMatch(text, /secret/)
      }
      assert.equal((await send(`${address}/clear`, { method: 'POST' })).status, 403)
    }
  })
})

describe('changes', () => {
  for (const [kind, create] of Object.entries(kinds)) {
    test(`delete an entry and clear a ${kind} if they are allowed`, async (t) => {
      const cache = create({})
      for (const key of ['ada', 'bob']) cache.set(key, 1)
      const { ask } = await open(
        t,
        createInspector({ caches: { users: cache }, allowChanges: true }),
      )
      assert.deepEqual(await ask('delete', { cache: 'users', key: 'ada' }), {
        status: 200,
        deleted: true,
      })
      assert.deepEqual(await ask('delete', { cache: 'users', key: 'ada' }), {
        status: 200,
        deleted: false,
      })
      assert.deepEqual(cache.keys(), ['bob'])
      assert.deepEqual(await ask('clear', { cache: 'users' }), { status: 200, cleared: true })
      assert.equal(cache.size(), 0)
    })
  }

  test('are refused if they are not', async (t) => {
    const cache = users()
    const { ask } = await open(t, createInspector({ caches: { users: cache } }))
    assert.equal((await ask('delete', { cache: 'users', key: 'ada' })).status, 403)
    assert.equal((await ask('clear', { cache: 'users' })).status, 403)
    assert.equal(cache.size(), 3)
  })

  test('are refused if another site may have sent them', async (t) => {
    const cache = users()
    const inspector = createInspector({ caches: { users: cache }, allowChanges: true })
    const { address, ask, token } = await open(t, inspector)
    const { host } = new URL(address)
    const unsaid = { 'sec-fetch-site': undefined }
    for (const [status, changed] of [
      [403, { 'sec-fetch-site': 'cross-site' }],
      [403, { 'sec-fetch-site': 'same-site' }],
      [403, { 'sec-fetch-site': 'none' }],
      [403, unsaid],
      [403, { ...unsaid, origin: 'null' }],
      [403, { ...unsaid, origin: 'http://evil.example' }],
      [403, { ...unsaid, origin: `http://${host}.evil.example` }],
      [403, { 'x-inspector-token': undefined }],
      [403, { 'x-inspector-token': 'x'.repeat(token.length) }],
      [403, { 'x-inspector-token': '\u00FF'.repeat(token.length) }],
      [415, { 'content-type': undefined }],
      [415, { 'content-type': 'text/plain' }],
      [415, { 'content-type': 'application/x-www-form-urlencoded' }],
      [415, { 'content-type': 'text/plain; application/json' }],
    ]) {
      for (const action of ['delete', 'clear', 'search', 'entry']) {
        const answer = await ask(action, { cache: 'users', key: 'ada', pattern: '*' }, changed)
        assert.equal(answer.status, status, JSON.stringify(changed))
      }
    }
    assert.equal(cache.size(), 3)
    const sameOrigin = { ...unsaid, origin: `http://${host}` }
    assert.equal((await ask('clear', { cache: 'users' }, sameOrigin)).status, 200)
  })

  test('a stream is not opened for another site', async () => {
    const inspector = createInspector({ caches: {} })
    for (const site of ['cross-site', 'same-site']) {
      assert.equal((await look(inspector, { 'sec-fetch-site': site })).status, 403)
    }
    inspector.close()
  })
})

describe('requests that make no sense', () => {
  test('are answered with what is wrong', async (t) => {
    const { address, ask, token } = await open(t, createInspector({ caches: { users: users() } }))
    for (const [status, action, body] of [
      [404, 'search', { cache: 'others', pattern: '*' }],
      [404, 'search', { cache: '__proto__', pattern: '*' }],
      [404, 'search', { pattern: '*' }],
      [400, 'search', { cache: 'users' }],
      [400, 'search', { cache: 'users', pattern: `${'a'.repeat(1000)}*` }],
      [410, 'search', { cache: 'users', cursor: 'unknown' }],
      [400, 'entry', { cache: 'users' }],
      [400, 'entry', { cache: 'users', key: { toString: 1 } }],
      [404, 'entry', { cache: 'users', key: 'zoe' }],
      [400, 'entry', null],
      [400, 'entry', 7],
    ]) {
      const answer = await ask(action, body)
      assert.equal(answer.status, status, JSON.stringify(body))
      assert.equal(typeof answer.error, 'string')
    }
    const headers = {
      'content-type': 'application/json',
      'x-inspector-token': token,
      'sec-fetch-site': 'same-origin',
    }
    const post = (body) => send(`${address}/entry`, { method: 'POST', headers, body })
    assert.equal((await post('{')).status, 400)
    assert.equal((await post('')).status, 400)
    assert.equal((await post(' '.repeat((8 << 20) + 1))).status, 413)
  })

  test('options of the wrong kind are named', () => {
    const caches = { users: users() }
    for (const [options, message] of [
      [undefined, /options must be an object/],
      [{}, /caches must be an object of caches by name, received undefined/],
      [{ caches: { users: new Map() } }, /caches\.users must be a MemoryCache/],
      [{ caches: { view: users().withNamespace('a') } }, /caches\.view must be a MemoryCache/],
      [{ caches, authorize: true }, /authorize must be a function, received true/],
      [{ caches, authorize: null }, /authorize must be a function, received null/],
      [{ caches, showValues: 'no' }, /showValues must be a boolean, received 'no'/],
      [{ caches, allowChanges: 1 }, /allowChanges must be a boolean, received 1/],
      [{ caches, path: 'caches' }, /path must be a path/],
      [{ caches, path: '/caches/' }, /path must be a path/],
    ]) {
      assert.throws(
        () => createInspector(options),
        (error) => error instanceof CacheConfigError && message.test(error.message),
      )
    }
  })
})

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

  test('who looks changes and counts nothing, and calls no hook', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
    const called = []
    const names = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']
    const cache = new MemoryCache({ maxSize: 3, ttl: 1000, updateAgeOnGet: true })
    const hooks = Object.fromEntries(names.map((name) => [name, () => called.push(name)]))
    const hooked = new MemoryCache({ maxSize: 3, ttl: 1000, hooks })
    for (const each of [cache, hooked]) {
      for (const key of ['expired', 'ada', 'bob']) each.set(key, 1, key === 'expired' ? 5 : 1000)
    }
    called.length = 0
    t.mock.timers.tick(10)
    const inspector = createInspector({ caches: { cache, hooked }, showValues: true })
    const { ask } = await open(t, inspector)
    const client = await look(inspector)
    for (const name of ['cache', 'hooked']) {
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
    const { ask } = await open(t, inspector)
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
    assert.equal((await ask('search', { cache: 'gone', pattern: '*' })).status, 500)
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

describe('in an app', () => {
  const caches = { users: users() }

  async function works(t, app, path) {
    const { ask, address } = await open(t, app, path)
    assert.deepEqual((await keysOf(ask, 'users', 'a*')).toSorted(), ['ada'])
    assert.equal((await send(`${address}${path}`)).status, 200)
    const controller = new AbortController()
    const { body } = await fetch(`${address}${path}/events`, { signal: controller.signal })
    for await (const chunk of body) {
      assert.match(Buffer.from(chunk).toString(), /^data: \{"time"/m)
      break
    }
    controller.abort()
  }

  test('it answers below a path of node:http', async (t) => {
    const inspector = createInspector({ caches, path: '/caches' })
    await works(t, inspector, '/caches')
    const address = await serve(t, inspector)
    for (const path of ['/', '/events', '/cachesx', '/caches/x', '/x/caches/']) {
      assert.equal((await send(address + path)).status, 404, path)
    }
  })

  // With the oldest of the libraries, that of Nest is Express 4.
  const own = createRequire(require.resolve('@nestjs/platform-express'))('express')
  for (const [name, library] of Object.entries({ express, "Nest's express": own })) {
    test(`it answers where ${name} has it mounted`, async (t) => {
      const app = library()
      app.use('/caches', createInspector({ caches }))
      await works(t, app, '/caches')
    })

    test(`it answers behind the body parser of ${name}`, async (t) => {
      const app = library()
      app.use(library.json())
      app.use('/caches', createInspector({ caches }))
      await works(t, app, '/caches')
    })
  }

  test('it answers in Fastify, before that reads the body', async (t) => {
    const app = fastify()
    const inspector = createInspector({ caches, path: '/caches' })
    const onRequest = (request, reply) => {
      reply.hijack()
      return inspector(request.raw, reply.raw)
    }
    for (const url of ['/caches', '/caches/*']) {
      app.route({ method: ['GET', 'POST'], url, onRequest, handler: async () => {} })
    }
    await app.ready()
    await works(t, (request, response) => app.routing(request, response), '/caches')
    await app.close()
  })
})
