// The cache handlers in an app of Next.js, built and served by the newest and the oldest version that docs/reference/support.md names.
//
//     node --test __test__/adapters/next.test.mjs
//
// Lives here: what is asked of the app, which is in next/project/. What handlers do without Next.js is tested in project/.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { freshEnvironment, succeed } from '../consumers/process.mjs'
import { createNextProject } from './installation.mjs'

const environment = () => ({ ...freshEnvironment(), NEXT_TELEMETRY_DISABLED: '1' })

async function listen(answer) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: server.address().port }
}

async function freePort() {
  const { server, port } = await listen()
  server.close()
  await once(server, 'close')
  return port
}

/** Serves the app that was built; resolves when it does. */
async function serve(folder, variables) {
  const port = await freePort()
  const program = join(folder, '.next', 'standalone', basename(folder), 'server.js')
  const app = spawn(process.execPath, [program], {
    cwd: dirname(program),
    env: { ...environment(), ...variables, HOSTNAME: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  const ended = once(app, 'close')
  await new Promise((resolve, reject) => {
    for (const stream of [app.stdout, app.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text
        if (printed.includes('Ready in')) resolve()
      })
    }
    app.on('close', () => reject(new Error(`the app has ended:\n${printed}`)))
  })
  const close = async () => {
    app.kill()
    await ended
  }
  return { address: `http://127.0.0.1:${port}`, close, printed: () => printed }
}

async function rendering(address, id) {
  const response = await fetch(`${address}/posts/${id}`)
  const html = await response.text()
  const [, number] = html.match(/rendering (?:<!-- -->)?(\d+)/) ?? assert.fail(html)
  return Number(number)
}

async function read(address, path, headers) {
  const response = await fetch(address + path, { headers })
  assert.equal(response.status, 200, path)
  return response.text()
}

async function tell(address, what) {
  const response = await fetch(`${address}/admin`, { method: 'POST', body: JSON.stringify(what) })
  assert.equal(response.status, 200)
  return response.json()
}

const AT_ONCE = { expire: 0 }

for (const version of ['newest', 'oldest']) {
  describe(`the ${version} Next.js`, { concurrency: 1 }, () => {
    let folder
    let source
    before(async () => {
      folder = await createNextProject(version)
      await succeed('npm', ['exec', '--', 'next', 'build'], { cwd: folder, env: environment() })
      let answers = 0
      source = await listen((_, response) => response.end(`answer ${(answers += 1)}`))
    })
    after(() => {
      source?.server.close()
      if (folder) rmSync(folder, { recursive: true, force: true })
    })

    test('takes the handlers by their types', async () => {
      await succeed('npm', ['exec', '--', 'tsc', '--project', 'types'], { cwd: folder })
    })

    for (const kind of ['MemoryCache', 'SharedMemoryCache']) {
      describe(`with a ${kind}`, () => {
        let app
        let address
        before(async () => {
          const DATA = `http://127.0.0.1:${source.port}`
          app = await serve(folder, { CACHE: kind, DATA })
          address = app.address
        })
        after(() => app?.close())

        test('renders a page once, and answers from the cache in each form', async () => {
          const first = await rendering(address, 1)
          assert.equal(await rendering(address, 1), first)
          const data = await read(address, '/posts/1', { rsc: '1' })
          assert.ok(data.includes(`rendering ${first}.`), data)
          const segment = await read(address, '/posts/1', {
            rsc: '1',
            'next-router-prefetch': '1',
            'next-router-segment-prefetch': '/_tree',
          })
          assert.ok(segment.length > 0)
          assert.equal(await rendering(address, 1), first)
        })

        test('renders a page anew whose tag has ended, and no other', async () => {
          const one = await rendering(address, 1)
          const two = await rendering(address, 2)
          await tell(address, { tag: 'post:1', profile: AT_ONCE })
          assert.ok((await rendering(address, 1)) > two)
          assert.equal(await rendering(address, 2), two)
          assert.ok(two > one)
        })

        test('renders a page anew whose path has ended', async () => {
          const before1 = await rendering(address, 1)
          const before2 = await rendering(address, 2)
          await tell(address, { path: '/posts/1' })
          assert.ok((await rendering(address, 1)) > Math.max(before1, before2))
          assert.equal(await rendering(address, 2), before2)
        })

        test('serves a page that is stale until the new one is there', async () => {
          const stale = await rendering(address, 1)
          await tell(address, { tag: 'posts', profile: 'max' })
          assert.equal(await rendering(address, 1), stale)
          const fresh = async () => (await rendering(address, 1)) > stale
          const deadline = Date.now() + 20_000
          while (!(await fresh())) assert.ok(Date.now() < deadline, app.printed())
        })

        test('fetches once, and again when a tag or the path of who asks has ended', async () => {
          const first = await read(address, '/data')
          assert.equal(await read(address, '/data'), first)
          await tell(address, { tag: 'data', profile: AT_ONCE })
          const second = await read(address, '/data')
          assert.notEqual(second, first)
          assert.equal(await read(address, '/data'), second)
          await tell(address, { path: '/data' })
          assert.notEqual(await read(address, '/data'), second)
        })

        test('has all of it in the cache that the handlers share', async () => {
          const { keys, names } = await tell(address, {})
          assert.ok(keys.some((key) => key.startsWith('next:')))
          assert.ok(keys.some((key) => key.startsWith('next-use-cache:')))
          assert.equal(names.includes('next'), kind === 'SharedMemoryCache')
        })

        test('complains of nothing', () => {
          assert.doesNotMatch(app.printed(), /Error|Failed|warning/)
        })
      })
    }
  })
}
