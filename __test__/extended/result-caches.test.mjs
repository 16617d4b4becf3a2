// Caches that are given to `memoize` and `cached` for results: which functions share what in them, what they make of
// keys, hooks and options, and what becomes of results that nobody awaits.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache, cached, memoize } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { decorated } from '../contract/support.mjs'
import { MemoryCache, clock, openWithHook, unhandledIn, withClock } from './support.mjs'

function openShared(t, options = {}) {
  const cache = new SharedMemoryCache({ name: `results ${Math.random()}`, ...options })
  t.after(() => SharedMemoryCache.destroy(cache.name))
  return cache
}

/** `memoize`, and `cached` as a function like it. */
const WRAPPERS = {
  memoize,
  cached: (fn, options) =>
    cached({ timeout: 60_000, ...options })(fn, { kind: 'method', name: fn.name }),
}

const fails = async () => {
  throw new Error('of what is not awaited')
}

// Declared anew for each call, and not as `async`.
const loader = () =>
  function load(id) {
    return Promise.resolve({ id })
  }

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  describe(name, () => {
    withClock()

    test('returns promises of what is there already, if functions of the name have in this cache', async () => {
      const cache = new MemoryCache()
      await wrap(loader(), { cache })('a')
      for (const same of [cache, reactive(cache)]) {
        const hit = wrap(loader(), { cache: same })('a')
        assert.ok(hit instanceof Promise)
        assert.deepEqual(await hit, { id: 'a' })
      }
    })

    test('takes what it knows of a name from no other cache, view or name', async () => {
      const cache = new MemoryCache()
      await wrap(loader(), { cache: cache.withNamespace('one:') })('a')
      const again = wrap(loader(), { cache: cache.withNamespace('one:') })('a')
      assert.ok(again instanceof Promise)
      for (const other of [cache, cache.withNamespace('two:'), new MemoryCache()]) {
        other.set('load:["a"]', 'set')
        assert.equal(wrap(loader(), { cache: other })('a'), 'set')
      }
      cache.set('find:["a"]', 'set')
      assert.equal(wrap(function find() {}, { cache })('a'), 'set')
    })

    test('views keep functions of one name apart, in either kind of cache', async (t) => {
      for (const cache of [new MemoryCache(), openShared(t)]) {
        const [users, orders] = ['user', 'order'].map((kind) =>
          wrap(
            async function find(id) {
              return `${kind} ${id}`
            },
            { cache: cache.withNamespace(`${kind}s:`), tags: [kind] },
          ),
        )
        for (let i = 0; i < 2; i++) {
          assert.deepEqual([await users(1), await orders(1)], ['user 1', 'order 1'])
        }
        assert.deepEqual(cache.keys().toSorted(), ['orders:find:[1]', 'users:find:[1]'])
        assert.equal(cache.withNamespace('users:').deleteByTag('user'), 1)
      }
    })

    test('stores results of synchronous functions in a view, undefined too', () => {
      const cache = new MemoryCache()
      for (const value of [undefined, 0, 'value']) {
        const view = cache.withNamespace(`${value}:`)
        let calls = 0
        const find = wrap(
          function find() {
            calls++
            return value
          },
          { cache: view, ttl: 100 },
        )
        assert.deepEqual([find(), find()], [value, value])
        assert.equal(calls, 1)
        assert.equal(cache.info(`${value}:find:[]`).ttl, 100)
        clock.advance(101)
        find()
        assert.equal(calls, 2)
      }
      const { hits, misses } = cache.getStats()
      assert.deepEqual([hits, misses], [3, 6])
    })

    test('returns what a hook of the miss has stored', () => {
      const cache = openWithHook('onMiss', (own, { key }) => own.set(key, 'of the hook'))
      const find = wrap(function find() {}, { cache })
      assert.equal(find(), 'of the hook')
    })

    test('a closed cache or view throws before a synchronous function is called', () => {
      const cache = new MemoryCache()
      const view = cache.withNamespace('view:')
      const never = function never() {
        assert.fail('it is called')
      }
      const calls = [wrap(never, { cache: view }), wrap(never, { cache })]
      view.close()
      assert.throws(() => calls[0](), /^Error: the view is closed$/)
      cache.close()
      assert.throws(() => calls[1](), /^Error: the cache is closed$/)
    })

    test('a key that is no string is refused, as called by the caller', async () => {
      const keys = [undefined, null, 1, Symbol('key')].map((key) => () => key)
      for (const keyGenerator of [...keys, fails]) {
        const options = { keyGenerator }
        const message = new RegExp(`^${name}: keyGenerator must return a string, received `)
        assert.throws(
          () => wrap(function find() {}, options)(),
          (error) => {
            assert.match(error.message, message)
            assert.match(error.stack.split('\n')[1], /result-caches\.test/)
            return error instanceof TypeError
          },
        )
        const unhandled = await unhandledIn(async () => {
          const outcome = wrap(async function find() {}, options)()
          assert.ok(outcome instanceof Promise)
          await assert.rejects(outcome, { name: 'TypeError', message })
        })
        assert.deepEqual(unhandled, [])
      }
    })

    test('where no key can be made, an asynchronous function rejects and a synchronous one throws', async () => {
      const outcome = wrap(async function find() {}, {})(1n)
      await assert.rejects(outcome, /BigInt/)
      assert.throws(() => wrap(function find() {}, {})(1n), /BigInt/)
    })

    test('functions of options that return nonsense are refused to either kind of function alike', async () => {
      const wrong = {
        ttl: [() => -1, () => 'x', () => ({}), fails],
        tags: [() => 'tag', () => [1], fails],
        shouldCache: [async () => true, fails],
      }
      for (const [option, answers] of Object.entries(wrong)) {
        for (const answer of answers) {
          const options = { [option]: answer }
          const synchronous = wrap(function find() {}, options)
          const asynchronous = wrap(async function find() {}, options)
          const unhandled = await unhandledIn(async () => {
            let message
            assert.throws(synchronous, (error) => {
              ;[message] = error.message.split('\n')
              return error instanceof TypeError
            })
            assert.ok(message.startsWith(`getOrSet: ${option}`), message)
            await assert.rejects(asynchronous(), (error) => {
              assert.equal(error.message.split('\n')[0], message)
              return error instanceof TypeError
            })
          })
          assert.deepEqual(unhandled, [])
        }
      }
    })

    test('a first promise that nobody awaits is no unhandled rejection', async () => {
      const cache = new MemoryCache()
      const unhandled = await unhandledIn(async () => {
        const closing = wrap(
          function closing() {
            cache.close()
            return Promise.reject(new Error('of the function'))
          },
          { cache },
        )
        await assert.rejects(closing(), /closed/)
        let depth = 0
        const nested = wrap(function nested() {
          if (depth++ === 0) nested().catch(() => {})
          return Promise.reject(new Error('of the function'))
        }, {})
        await assert.rejects(nested(), /of the function/)
      })
      assert.deepEqual(unhandled, [])
    })

    test('a thenable is asked once', async () => {
      let asked = 0
      const query = wrap(function query() {
        return {
          then(resolve) {
            asked++
            resolve('row')
          },
        }
      }, {})
      assert.deepEqual([await query(), await query()], ['row', 'row'])
      assert.equal(asked, 1)
    })

    test('hooks of removals are methods that are looked up at the event, the others those own ones at the time', async () => {
      for (const hookDelivery of ['sync', 'deferred']) {
        class Log {
          lines = []
          own = () => this.lines.push('set')
          onSet = this.own
          onEvict({ key }) {
            this.lines.push(key)
          }
          onHit() {
            assert.fail('it is no own member')
          }
        }
        const hooks = new Log()
        const find = wrap(
          function find(id) {
            return id
          },
          { maxSize: 1, hooks, hookDelivery, keyGenerator: ([id]) => id },
        )
        find('1')
        find('1')
        hooks.onSet = () => assert.fail('it was another')
        find('2')
        await turn()
        hooks.onEvict = function replaced() {
          this.lines.push('replaced')
        }
        find('3')
        await turn()
        const first = name === 'memoize' ? '1' : 'find:1'
        const expected = ['set', first, 'set', 'replaced', 'set'].toSorted()
        assert.deepEqual(hooks.lines.toSorted(), expected)
      }
    })

    test('inherited options and accessors are taken as by the constructor', () => {
      class Options {
        get ttl() {
          return 50
        }
        get maxSize() {
          return 1
        }
        get shouldCache() {
          return (value) => value !== 'refused'
        }
        get keyGenerator() {
          return ([id]) => id
        }
      }
      const calls = []
      const find = WRAPPERS[name] === memoize ? memoize : (fn, options) => plain(fn, options)
      const plain = (fn, options) => cached(options)(fn, { kind: 'method', name: fn.name })
      const found = find(function found(id) {
        calls.push(id)
        return id
      }, new Options())
      for (const id of ['refused', 'refused', 'a', 'a', 'b', 'a']) found(id)
      assert.deepEqual(calls, ['refused', 'refused', 'a', 'b', 'a'])
      clock.advance(51)
      found('a')
      assert.equal(calls.length, 6)
    })
  })
}

describe('cached', () => {
  test('without options of its own takes those that a spread finds, as the published package', () => {
    const inherited = Object.create({ maxSize: 1 })
    let calls = 0
    const subject = decorated(cached, () => ++calls, inherited)
    subject.method(1)
    subject.method(2)
    assert.equal(subject.method(1), 1)
  })

  test('without options of its own takes any key', () => {
    const subject = decorated(cached, (id) => id, { keyGenerator: ([id]) => id })
    assert.equal(subject.method(1), 1)
  })
})

describe('memoize', () => {
  test('has a copy of the own properties of the function, but for those of its own', () => {
    const mark = Symbol('mark')
    function area(width, height) {
      return width * height
    }
    Object.assign(area, { unit: 'm', [mark]: 1, cache: 'own', delete: 'own' })
    Object.defineProperty(area, 'hidden', { get: () => 'accessor' })
    const memoized = memoize(area)
    assert.deepEqual([memoized.unit, memoized[mark], memoized.hidden], ['m', 1, 'accessor'])
    assert.ok(memoized.cache instanceof MemoryCache)
    assert.equal(memoized.delete(1, 2), false)
    assert.deepEqual([memoized.name, memoized.length], ['area', 2])
    assert.equal(memoize(class Point {}).name, 'Point')
    assert.equal(memoize(Object.freeze((one) => one)).length, 1)
  })

  test('functions without a name know nothing of each other', async () => {
    const cache = new MemoryCache()
    const options = (kind) => ({ cache, keyGenerator: ([id]) => `${kind}:${id}` })
    const load = memoize((id) => Promise.resolve(id), options('load'))
    const find = memoize((id) => id, options('find'))
    assert.equal(await load('a'), 'a')
    assert.equal(find('a'), 'a')
    assert.equal(find('a'), 'a')
  })

  test('deferred hooks of its cache are waited for by flushHooks', async () => {
    const keys = []
    const hooks = { onEvict: ({ key }) => keys.push(key) }
    const memoized = memoize((id) => id, { maxSize: 1, hooks, hookDelivery: 'deferred' })
    memoized(1)
    memoized(2)
    assert.deepEqual(keys, [])
    await memoized.cache.flushHooks()
    assert.deepEqual(keys, ['[1]'])
  })
})
