// Two processes of two threads each in front of a real server, once through cacheable and once through bentocache:
// the example of docs/scaling.md with the packed package.
//
//     node --test __test__/scaling/scaling.test.mjs
//
// Lives here: what holds between processes. What a server being killed changes belongs in outage.test.mjs.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { succeed } from '../consumers/process.mjs'
import { root } from '../consumers/release.mjs'
import { LIBRARIES, anyServer, createProject, lacksAny } from './project.mjs'

const HOUR_MS = 3_600_000
const BUS_LIMIT_MS = 100
const ROUNDS = 20

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

describe('two processes', { skip: lacksAny, timeout: 120_000 }, () => {
  let project
  let server
  before(async () => {
    project = await createProject()
    server = await anyServer()
  })
  after(async () => {
    await server?.stop()
    project?.remove()
  })

  for (const library of LIBRARIES) {
    describe(`through ${library}`, { concurrency: 1 }, () => {
      let first
      let second
      let name
      before(async () => {
        name = `scaling-${library}-${process.pid}`
        const options = { library, url: server.url, name, ttl: HOUR_MS, l1Ttl: HOUR_MS }
        first = project.startProcess(options)
        second = project.startProcess(options)
        await project.joined(first, second)
      })
      after(async () => {
        await Promise.all([first?.close(), second?.close()])
      })

      const forgotten = () => project.forget(server.url, name)

      test('what one process has loaded is read from the server by the other one', async () => {
        assert.deepEqual(await first.read(0, 'through', 'a'), { value: 'a', from: 'database' })
        assert.deepEqual(await second.read(1, 'through', 'b'), { value: 'a', from: 'cache' })
      })

      test('once read, a value is in the L1 of all threads of the process', async () => {
        await first.read(0, 'shared', 'a')
        await second.read(0, 'shared', 'b')
        assert.ok((await forgotten()) > 0)
        for (const app of [first, second]) {
          for (const worker of [0, 1]) {
            assert.deepEqual(await app.read(worker, 'shared', 'c'), { value: 'a', from: 'cache' })
          }
        }
      })

      test('what is written is in the L1 of the writer and in the server', async () => {
        await first.write(1, 'written', { name: 'Ada' })
        const expected = { value: { name: 'Ada' }, from: 'cache' }
        assert.deepEqual(await second.read(0, 'written', {}), expected)
        await forgotten()
        assert.deepEqual(await first.read(0, 'written', {}), expected)
      })

      test('a change is seen in the other process within 100 ms', async (t) => {
        const delays = []
        await first.write(0, 'changed', 'round 0')
        for (let round = 1; round <= ROUNDS; round++) {
          const [writer, reader] = round % 2 ? [first, second] : [second, first]
          const worker = round % 4 < 2 ? 0 : 1
          assert.equal((await reader.read(worker, 'changed')).value, `round ${round - 1}`)
          await writer.write(worker, 'changed', `round ${round}`)
          const written = performance.now()
          let seen
          do {
            seen = await reader.read(worker, 'changed')
            assert.ok(performance.now() - written < 5000, `not seen in round ${round}`)
          } while (seen.value !== `round ${round}`)
          delays.push(performance.now() - written)
        }
        t.diagnostic(`median ${median(delays)} ms, longest ${Math.max(...delays)} ms`)
        assert.ok(median(delays) < BUS_LIMIT_MS, delays.join(' '))
      })

      test('what one process removes is gone in the other one', async () => {
        await first.read(0, 'removed', 'old')
        await second.read(0, 'removed', 'old')
        await second.remove(1, 'removed')
        const removed = performance.now()
        let seen
        do {
          seen = await first.read(1, 'removed', 'new')
          assert.ok(performance.now() - removed < 5000, 'it is still there')
        } while (seen.value === 'old')
        assert.deepEqual(seen, { value: 'new', from: 'database' })
      })

      test('what a thread writes stays in the L1 of the process when its other threads hear of it', async () => {
        await first.read(1, 'own', 'older')
        await first.write(0, 'own', 'newer')
        while ((await second.read(1, 'own')).value !== 'newer');
        await forgotten()
        assert.deepEqual(await first.read(1, 'own', 'x'), { value: 'newer', from: 'cache' })
      })

      test('the example prints what its comments say', async () => {
        const text = readFileSync(join(root, 'examples/two-processes/main.mjs'), 'utf8')
        const expected = [...text.matchAll(/\/\/ → (.*)$/gm)].map(([, printed]) => `${printed}\n`)
        assert.equal(expected.length, 4)
        const args = ['main.mjs', library, server.url]
        const printed = await succeed(process.execPath, args, { cwd: project.folder })
        assert.equal(printed, expected.join(''))
      })
    })
  }
})
