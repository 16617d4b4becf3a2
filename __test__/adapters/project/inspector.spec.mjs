// The inspector as a handler: who is answered, and what not. What must not live here: what is told of caches, which is in
// inspector-contents.spec.mjs; what the page makes of it, which is tested in a browser.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import express from 'express'
import fastify from 'fastify'
import { CacheConfigError } from 'native-memory-cache'
import { createInspector } from 'native-memory-cache/inspector'
import { serve } from './http.mjs'
import { factsOf, keysOf, look, open, send, users } from './inspector-requests.mjs'
import { kinds } from './stores.mjs'

const require = createRequire(import.meta.url)

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

  test('is all that may be shown as a document', async (t) => {
    const { address, token } = await open(t, createInspector({ caches: { users: users() } }))
    const headers = {
      'content-type': 'application/json',
      'x-inspector-token': token,
      'sec-fetch-site': 'same-origin',
    }
    const body = '{"cache":"users","key":"ada"}'
    for (const [status, path, options] of [
      [200, '/events', { method: 'HEAD' }],
      [200, '/entry', { method: 'POST', headers, body }],
      [404, '/nothing', {}],
      [403, '/', { headers: { host: 'other.example' } }],
    ]) {
      const answer = await send(address + path, options)
      assert.equal(answer.status, status, path)
      assert.equal(
        answer.headers['content-security-policy'],
        "default-src 'none'; frame-ancestors 'none'",
      )
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    }
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
    for (const name of [
      'X-Forwarded-For',
      'Forwarded',
      'Via',
      'X-Real-IP',
      'X-Originating-IP',
      'True-Client-IP',
      'CF-Ray',
    ]) {
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
    assert.equal((await look(inspector, { origin: 'http://other.example' })).status, 403)
    assert.equal((await look(inspector, { origin: 'http://localhost' })).status, 200)
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
      [400, 'search', { cache: 'users', pattern: `${'a'.repeat(256)}*` }],
      [200, 'search', { cache: 'users', pattern: `${'a'.repeat(255)}*` }],
      [200, 'search', { cache: 'users', pattern: 'a'.repeat(10_000) }],
      [410, 'search', { cache: 'users', cursor: 'unknown' }],
      [400, 'entry', { cache: 'users' }],
      [400, 'entry', { cache: 'users', key: { toString: 1 } }],
      [404, 'entry', { cache: 'users', key: 'zoe' }],
      [400, 'entry', null],
      [400, 'entry', 7],
    ]) {
      const answer = await ask(action, body)
      assert.equal(answer.status, status, JSON.stringify(body))
      assert.equal(typeof answer.error, status === 200 ? 'undefined' : 'string')
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
    const lookalike = { info() {}, scan() {}, touch() {}, getMetrics: () => ({}) }
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
      [{ caches, path: '/é' }, /path must be a path/],
      [{ caches, path: '/a b' }, /path must be a path/],
      [{ caches, path: '/a\n' }, /path must be a path/],
      [{ caches, path: '//a' }, /path must be a path/],
      [
        { caches, path: '/a/../b' },
        /path must be a path such as '\/caches', or '', received '\/a\/\.\.\/b'/,
      ],
      [{ caches, path: '/a/.' }, /path must be a path/],
      [{ caches: { fake: lookalike } }, /caches\.fake must be a MemoryCache/],
      [{ caches: new Map([['users', users()]]) }, /caches must be an object of caches by name/],
      [{ caches: users() }, /caches must be an object of caches by name/],
    ]) {
      assert.throws(
        () => createInspector(options),
        (error) => error instanceof CacheConfigError && message.test(error.message),
      )
    }
    for (const path of ['', '/caches', '/a.b/...', '/.well-known/~caches/v1']) {
      assert.equal(typeof createInspector({ caches, path }), 'function')
    }
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

    // Of the older ones all but the first leave an empty body, which they have not read.
    for (const parser of ['json', 'text', 'urlencoded', 'raw']) {
      test(`it answers behind the parser of ${parser} of ${name}`, async (t) => {
        const app = library()
        app.use(library[parser](parser === 'urlencoded' ? { extended: true } : {}))
        app.use('/caches', createInspector({ caches }))
        await works(t, app, '/caches')
      })
    }
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
