// What `cached` takes beyond the published decorator: options of fetches, and a cache that is there already.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache, cached } from 'native-memory-cache'
import { decorated } from '../contract/support.mjs'
import { MemoryCache, clock, withClock } from './support.mjs'

describe('cached', () => {
  withClock()

  test('staleWhileRevalidate returns an expired result at once, as a promise, and renews it', async () => {
    let version = 0
    const subject = decorated(cached, async () => ++version, {
      ttl: 100,
      staleWhileRevalidate: 50,
    })
    assert.equal(await subject.method(), 1)
    clock.advance(120)
    const stale = subject.method()
    assert.ok(stale instanceof Promise)
    assert.equal(await stale, 1)
    await turn()
    assert.equal(await subject.method(), 2)
  })

  test('staleIfError returns an expired result of a method that fails', async () => {
    let fails = false
    const method = async () => {
      if (fails) throw new Error('no value')
      return 'value'
    }
    const subject = decorated(cached, method, { ttl: 100, staleIfError: 50 })
    await subject.method()
    fails = true
    clock.advance(150)
    assert.equal(await subject.method(), 'value')
    clock.advance(1)
    await assert.rejects(subject.method(), /no value/)
  })

  test('timeout rejects with a TimeoutError', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const subject = decorated(cached, () => new Promise(() => {}), { timeout: 100 })
    const outcome = subject.method()
    t.mock.timers.tick(100)
    await assert.rejects(outcome, { name: 'TimeoutError' })
  })

  test('shouldCache and ttl see results of either kind, and this is that of the call', async () => {
    for (const wrap of [(value) => value, async (value) => value]) {
      let calls = 0
      const subject = decorated(
        cached,
        function (value) {
          calls++
          assert.equal(this, subject)
          return wrap(value)
        },
        { shouldCache: (value) => value > 0, ttl: (value) => value * 100 },
      )
      await subject.method(-1)
      await subject.method(-1)
      await subject.method(1)
      await subject.method(1)
      assert.equal(calls, 3)
      clock.advance(101)
      await subject.method(1)
      assert.equal(calls, 4)
    }
  })

  test('hooks hear of results as of those of any MemoryCache', async () => {
    const events = []
    const hooks = {
      onMiss: ({ key, reason }) => events.push(['miss', key, reason]),
      onSet: ({ key }) => events.push(['set', key]),
      onHit: ({ key }) => events.push(['hit', key]),
    }
    const subject = decorated(cached, async () => 1, { hooks, timeout: 60_000 })
    await subject.method()
    await subject.method()
    const key = 'method:[]'
    assert.deepEqual(events, [
      ['miss', key, 'not_found'],
      ['set', key],
      ['hit', key],
    ])
  })

  test('results may go into a cache that is there, under the name of the method', async (t) => {
    const memory = new MemoryCache()
    const subject = decorated(cached, (a) => a, { cache: memory, ttl: 100 })
    assert.equal(subject.method('a'), 'a')
    assert.deepEqual(memory.entries(), [['method:["a"]', 'a']])
    assert.equal(memory.info('method:["a"]').ttl, 100)
    const shared = new SharedMemoryCache({ name: `cached ${Math.random()}` })
    t.after(() => SharedMemoryCache.destroy(shared.name))
    const asynchronous = decorated(cached, (a) => a, { cache: shared })
    assert.ok(asynchronous.method('a') instanceof Promise)
    assert.equal(await asynchronous.method('a'), 'a')
    assert.deepEqual(shared.entries(), [['method:["a"]', 'a']])
  })

  test('what makes no sense is refused by cached itself', () => {
    const wrong = { timeout: -1, shouldCache: 1, cache: {}, staleIfError: '5', ttl: -1 }
    for (const [name, value] of Object.entries(wrong)) {
      assert.throws(() => cached({ [name]: value }), { name: 'CacheConfigError' })
    }
  })
})
