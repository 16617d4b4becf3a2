// MemoryCache.withNamespace: a view of the keys with a prefix, which sees and changes nothing else.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect, isDeepStrictEqual } from 'node:util'
import { MemoryCache } from 'native-memory-cache'
import { membrane, reactive } from '../contract/membranes.mjs'
import { clock, deferred, recorder, withClock } from '../contract/support.mjs'
import { chooseSeed } from '../shared/support.mjs'
import { PREFIXES, compareAll } from './views.mjs'

const seed = chooseSeed('VIEWS_SEED')

// What methods are called with; all others take a key.
const SECOND = { getOrSet: () => {} }
const ARGUMENTS = {
  forEach: () => {},
  resize: {},
  getMany: ['a'],
  hasMany: ['a'],
  deleteMany: ['a'],
  setMany: [['a', 1]],
}

describe(`MemoryCache.withNamespace (VIEWS_SEED=${seed})`, () => {
  withClock()

  test('a view does what a cache of its own does, and leaves all other keys alone', () =>
    compareAll((options) => new MemoryCache(options), { seed }))

  test('hooks hear of it as of the same operations on whole keys', () =>
    compareAll((options) => new MemoryCache(options), { seed, recorder, runs: 2 }))

  test('it does so through proxies that wrap what is read', () =>
    compareAll((options) => reactive(new MemoryCache(options)), { seed, runs: 2, steps: 200 }))

  test('views of views join their prefixes, in any cutting', () => {
    const cache = new MemoryCache()
    const whole = cache.withNamespace('a:b:c:')
    for (const nested of [
      cache.withNamespace('a:').withNamespace('b:c:'),
      cache.withNamespace('').withNamespace('a:b:').withNamespace('c:').withNamespace(''),
    ]) {
      assert.equal(nested.prefix, 'a:b:c:')
      nested.set('key', nested)
      assert.equal(whole.get('key'), nested)
      assert.equal(cache.get('a:b:c:key'), nested)
    }
  })

  test('a view of the empty prefix is one of everything', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const view = cache.withNamespace('')
    for (let i = 0; i < 3_000; i++) view.set(`key:${i}`, i)
    assert.deepEqual(view.entries(), cache.entries())
    assert.equal(view.size(), 3_000)
    view.clear()
    assert.equal(cache.size(), 0)
    view.set('key', 1)
    assert.deepEqual(cache.entries(), [['key', 1]])
  })

  test('an asterisk of the prefix is an asterisk', () => {
    const cache = new MemoryCache()
    for (const key of ['a*:1', 'a*:2', 'ab:1', 'a:1', 'a**:1']) cache.set(key, key)
    const view = cache.withNamespace('a*:')
    assert.deepEqual(
      [...view.scan('*')].map(([key]) => key),
      ['1', '2'],
    )
    assert.equal(view.deleteByMagicString('*1'), 1)
    assert.equal(view.deleteByPrefix(''), 1)
    assert.deepEqual(cache.keys(), ['ab:1', 'a:1', 'a**:1'])
  })

  test('many patterns of many pieces within a long prefix take linear time', () => {
    const cache = new MemoryCache()
    const prefix = 'a'.repeat(100_000)
    const view = cache.withNamespace(prefix)
    view.set(`${prefix}b`, 1)
    assert.equal(view.deleteByMagicString('*aaaa'.repeat(2_000)), 0)
    assert.equal(view.deleteByMagicString(`${'*aaaa'.repeat(2_000)}*b`), 1)
  })

  test('deletions tell their source, clear too, and hooks may use view and cache meanwhile', () => {
    const sources = []
    const cache = new MemoryCache({
      hooks: {
        onDelete({ key, source }) {
          sources.push([key, source])
          view.set('new', 1)
          view.delete('c')
          cache.set('other', view.size())
        },
      },
    })
    const view = cache.withNamespace('v:')
    for (const key of ['a', 'b', 'c']) view.set(key, key)
    view.clear()
    assert.deepEqual(sources, [
      ['v:a', 'clear'],
      ['v:c', 'delete'],
      ['v:b', 'clear'],
    ])
    assert.deepEqual(view.keys(), ['new'])
    sources.length = 0
    view.deleteByPrefix('n')
    view.deleteByMagicString('n*')
    assert.deepEqual(
      sources.map(([, source]) => source),
      ['deleteByPrefix', 'deleteByMagicString'],
    )
  })

  test("size and weight of getStats are those of the view, the counters the cache's", () => {
    const cache = new MemoryCache({ maxWeight: 100, sizeCalculation: (value) => value })
    const view = cache.withNamespace('v:')
    cache.set('other', 50)
    view.set('a', 1)
    view.set('b', 2)
    cache.get('other')
    view.get('none')
    const expected = { hits: 1, misses: 1, evictions: 0, expirations: 0, size: 2, weight: 3 }
    assert.deepEqual(view.getStats(), expected)
    assert.deepEqual(cache.getStats(), { ...expected, size: 3, weight: 53 })
    view.resetStats()
    assert.equal(cache.getStats().hits, 0)
  })

  test("prune, resize and getMetrics are the cache's", () => {
    const cache = new MemoryCache({ ttl: 10 })
    const view = cache.withNamespace('v:')
    cache.set('other', 1)
    view.set('a', 1)
    assert.deepEqual(view.getMetrics(), cache.getMetrics())
    clock.advance(11)
    assert.equal(view.prune(), 2)
    view.resize({ maxSize: 1 })
    cache.set('other', 1)
    view.set('a', 1)
    assert.deepEqual(cache.keys(), ['v:a'])
  })

  test('fetches are shared with the cache and other views, and their functions get the key of the view', async () => {
    const cache = new MemoryCache()
    const view = cache.withNamespace('v:')
    const { promise, resolve } = deferred()
    const told = []
    const options = {
      ttl: (value, key) => told.push(['ttl', value, key]) && 7,
      shouldCache: (value, key) => told.push(['shouldCache', value, key]) > 0,
    }
    const first = view.getOrSet('a', () => promise, options)
    const others = [cache, cache.withNamespace('v'), cache.withNamespace('')].map((other) =>
      other.getOrSet('v:a'.slice(other.prefix?.length ?? 0), () => assert.fail('it is under way')),
    )
    resolve('fetched')
    assert.deepEqual(await Promise.all([first, ...others]), Array(4).fill('fetched'))
    assert.deepEqual(told, [
      ['shouldCache', 'fetched', 'a'],
      ['ttl', 'fetched', 'a'],
    ])
    assert.equal(cache.getRemainingTTL('v:a'), 7)
    const failed = view.getOrSet('b', () => Promise.reject(new RangeError('no')))
    await assert.rejects(failed, { name: 'RangeError', message: 'no' })
    class Options {
      get ttl() {
        return 9
      }
      shouldCache() {
        return true
      }
    }
    const contexts = []
    await view.getOrSet('c', (context) => void contexts.push(context), new Options())
    assert.deepEqual(
      contexts.map(({ key, signal, stale }) => [key, signal.aborted, stale]),
      [['c', false, undefined]],
    )
    assert.equal(view.getRemainingTTL('c'), 9)
    await view.getOrSet('d', () => 1, null)
  })

  test('deleteByTag of a view removes what carries the tag within it alone', async () => {
    const { hooks, take } = recorder()
    for (const options of [{}, { hooks }]) {
      const cache = new MemoryCache(options)
      const view = cache.withNamespace('v*:')
      view.set('a', 1, { tags: ['red', 'blue'] })
      await view.getOrSet('b', () => 2, { tags: (value, key) => [key] })
      cache.set('vv:a', 3, { tags: ['red', 'b'] })
      take()
      assert.deepEqual(view.info('b').tags, ['b'])
      assert.equal(view.deleteByTag('red'), 1)
      assert.equal(view.deleteByTag(['red', 'b']), 1)
      assert.deepEqual(cache.keys(), ['vv:a'])
      const expected = options.hooks ? ['v*:a', 'v*:b'] : []
      const events = take().filter(([hook]) => hook === 'onDelete')
      assert.deepEqual(
        events.map(([, { key, source }]) => [key, source]),
        expected.map((key) => [key, 'deleteByTag']),
      )
      assert.throws(
        () => view.deleteByTag(1),
        (error) => {
          assert.match(error.message, /^deleteByTag: tags must be a string or an array of strings/)
          return error.stack.split('\n')[1].includes('namespaces.test.mjs')
        },
      )
    }
  })

  test('a deletion within the view overtakes its late fetches and no others', async () => {
    for (const method of ['clear', 'deleteByMagicString', 'deleteByPrefix']) {
      const cache = new MemoryCache({ lateFetch: 'discard' })
      const view = cache.withNamespace('v*:')
      const { promise, resolve } = deferred()
      const fetches = [view.getOrSet('a', () => promise), cache.getOrSet('vv:a', () => promise)]
      view[method](method === 'deleteByMagicString' ? '*' : '')
      resolve(1)
      await Promise.all(fetches)
      assert.deepEqual(cache.keys(), ['vv:a'], method)
    }
  })

  test('arguments that are wrong are named as the cache names them, with the caller on top of the stack', async () => {
    const cache = new MemoryCache()
    const view = cache.withNamespace('v:')
    const calls = {
      'get: key must be a string, received number': () => view.get(Number.NaN),
      'set: key must be a string, received undefined': () => view.set(),
      'set: ttl must be a non-negative number, received NaN': () => view.set('a', 1, Number.NaN),
      'touch: ttl must be a non-negative number, received -1': () => view.touch('a', -1),
      'info: key must be a string, received object': () => view.info({}),
      'getOrSet: key must be a string, received null': () => view.getOrSet(null, () => 1),
      'deleteAsync: key must be a string, received array': () => view.deleteAsync([]),
      'deleteByPrefix: prefix must be a string, received object': () => view.deleteByPrefix(/a/),
      'deleteByMagicString: pattern must be a string, received undefined': () =>
        view.deleteByMagicString(),
      'scan: pattern must be a string, received null': () => view.scan(null),
      'forEach: callback must be a function, received string': () => view.forEach('a'),
      'withNamespace: prefix must be a string, received symbol': () =>
        view.withNamespace(Symbol('s')),
      'maxSize must be a non-negative number': () => view.resize({ maxSize: -1 }),
    }
    for (const [message, call] of Object.entries(calls)) {
      await assert.rejects(
        async () => call(),
        (error) => {
          assert.equal(error.message, message)
          const top = error.stack.split('\n').find((line) => /^ +at /.test(line))
          assert.ok(top.includes('namespaces.test.mjs'), error.stack)
          return true
        },
      )
    }
    for (const prefix of [undefined, null, 1, {}, ['a']]) {
      assert.throws(() => cache.withNamespace(prefix), {
        name: 'TypeError',
        message: /^withNamespace: prefix must be a string, received /,
      })
    }
    assert.equal(cache.size(), 0)
    await assert.rejects(
      view.getOrSet('a', () => 1, { ttl: 'long' }),
      {
        name: 'TypeError',
        message: /^getOrSet: ttl must be /,
      },
    )
  })

  test("what the user's functions throw comes as it was thrown", () => {
    const thrown = new Error('mine')
    const { stack } = thrown
    const sizeCalculation = () => {
      throw thrown
    }
    const view = new MemoryCache({ maxWeight: 1, sizeCalculation }).withNamespace('v:')
    assert.throws(
      () => view.set('a', 1),
      (error) => error === thrown && error.stack === stack,
    )
  })

  test('closing a view closes neither the cache nor other views', async () => {
    const cache = new MemoryCache()
    const view = cache.withNamespace('v:')
    const nested = view.withNamespace('n:')
    nested.set('a', 1)
    const scan = view.scan()
    assert.equal(view.close(), undefined)
    view.close()
    const expected = { name: 'Error', message: 'the view is closed' }
    assert.throws(() => [...scan], expected)
    for (const name of methodsOf(view)) {
      if (name === 'close') continue
      const first = ARGUMENTS[name] ?? 'a'
      await assert.rejects(async () => view[name](first, SECOND[name]), expected, name)
    }
    for (const name of ['getOrSet', 'deleteAsync', 'flushHooks']) {
      assert.ok(view[name]('a').catch(() => {}) instanceof Promise, name)
    }
    assert.equal(view.prefix, 'v:')
    assert.equal(nested.get('a'), 1)
    assert.equal(cache.get('v:n:a'), 1)
    if (Symbol.dispose) {
      nested[Symbol.dispose]()
      assert.throws(() => nested.get('a'), expected)
    }
  })

  test('a view of a closed cache throws as the cache does', async () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const view = cache.withNamespace('v:')
    for (let i = 0; i < 1_000; i++) view.set(`${i}`, i)
    const scan = view.scan()
    scan.next()
    cache.close()
    const expected = { name: 'Error', message: 'the cache is closed' }
    for (const name of methodsOf(view)) {
      if (name === 'close') continue
      const first = ARGUMENTS[name] ?? 'a'
      await assert.rejects(async () => view[name](first, SECOND[name]), expected, name)
    }
    assert.throws(() => [...scan], expected)
    assert.throws(() => cache.withNamespace('v:'), expected)
  })

  test('it has every method of the cache but those of the whole, and no property called namespace', () => {
    const cache = new MemoryCache()
    const view = cache.withNamespace('v:')
    for (const name of methodsOf(cache)) {
      const isOfWhole = ['dump', 'load', 'save', 'restore'].includes(name)
      assert.equal(typeof view[name], isOfWhole ? 'undefined' : 'function', name)
    }
    assert.equal('namespace' in cache, false)
    assert.equal('namespace' in view, false)
    assert.throws(() => (view.prefix = 'other'), TypeError)
    assert.deepEqual([Object.keys(view), JSON.stringify(view)], [[], '{}'])
  })

  test('inspection shows prefix and size, and never values', () => {
    const cache = new MemoryCache({ ttl: 10 })
    const view = cache.withNamespace('v:')
    cache.set('other', 1)
    view.set('a', 'secret')
    clock.advance(11)
    assert.equal(inspect(view), "CacheView { prefix: 'v:', size: 1 }")
    assert.equal(inspect({ a: { b: { c: view } } }), '{ a: { b: { c: [CacheView] } } }')
    assert.equal(cache.getMetrics().entries, 2, 'nothing is pruned')
    view.close()
    assert.equal(inspect(view), "CacheView { prefix: 'v:', closed: true }")
  })

  test('comparisons look at prefix and cache and change nothing', () => {
    const made = () => {
      const cache = new MemoryCache({ ttl: 10 })
      cache.set('v:a', 1)
      cache.set('v:b', 1)
      return cache
    }
    const [one, other] = [made(), made()]
    clock.advance(11)
    const before = [one.getMetrics(), [...one.keys.call(made())]]
    assert.ok(isDeepStrictEqual(one.withNamespace('v:'), other.withNamespace('v:')))
    assert.ok(!isDeepStrictEqual(one.withNamespace('v:'), other.withNamespace('v')))
    assert.deepEqual(one.getMetrics(), before[0])
    other.set('v:a', 2)
    assert.ok(!isDeepStrictEqual(one.withNamespace('v:'), other.withNamespace('v:')))
    assert.equal(one.withNamespace('v:')[Symbol.iterator], undefined)
  })

  test('a proxy of the cache sees and announces what is done in its views', () => {
    for (const wrap of [reactive, membrane]) {
      const bare = new MemoryCache()
      let writes = 0
      const cache = wrap(bare, { onWrite: () => (writes += 1) })
      const view = cache.withNamespace('v:')
      const user = { name: 'Ada' }
      view.set('a', user)
      for (const seen of [
        view.get('a'),
        view.values()[0],
        view.entries()[0][1],
        [...view.scan()][0][1],
      ]) {
        assert.notEqual(seen, user, wrap.name)
        assert.deepEqual(seen, user)
      }
      assert.equal(bare.withNamespace('v:').values()[0], user)
      for (const change of [() => view.clear(), () => view.deleteByMagicString('*')]) {
        view.set('a', user)
        writes = 0
        change()
        if (wrap === reactive) assert.ok(writes > 0, String(change))
        assert.equal(bare.size(), 0)
      }
    }
  })

  test('a view behind a proxy works as one of a cache behind it', () => {
    for (const wrap of [reactive, membrane, (view) => new Proxy(view, {})]) {
      const cache = new MemoryCache()
      const view = wrap(cache.withNamespace('v:'))
      view.set('a', { b: 1 })
      assert.deepEqual(view.entries(), [['a', { b: 1 }]])
      assert.equal(view.size(), 1)
      assert.equal(view.deleteByMagicString('*'), 1)
      view.close()
      assert.throws(() => view.get('a'), { message: 'the view is closed' })
      assert.equal(cache.size(), 0)
    }
  })

  test('what a subclass or a spy has replaced is called', () => {
    class Logging extends MemoryCache {
      log = []
      set(key, value, options) {
        this.log.push(key)
        super.set(key, value, options)
      }
      prune() {
        this.log.push('prune')
        return super.prune()
      }
    }
    const cache = new Logging()
    const view = cache.withNamespace('v:').withNamespace('w:')
    view.set('a', 1)
    view.keys()
    assert.deepEqual(cache.log, ['v:w:a', 'prune'])
  })

  test('keys of any kind are told apart within any prefix', () => {
    const cache = new MemoryCache({ maxSize: 0 })
    const views = PREFIXES.map((prefix) => cache.withNamespace(`${prefix}|`))
    const keys = ['', '\ud800', '\ude00', '__proto__', 'constructor', '\0', 'Ł', '*']
    for (const view of views) for (const key of keys) view.set(key, view.prefix + key)
    for (const view of views) {
      assert.deepEqual(view.keys(), keys)
      assert.deepEqual(
        view.values(),
        keys.map((key) => view.prefix + key),
      )
    }
    for (const view of views.slice(1)) view.clear()
    assert.deepEqual(views[0].keys(), keys)
  })
})

function methodsOf(object) {
  const prototypes = []
  for (let one = object; one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    prototypes.push(one)
  }
  const names = new Set(prototypes.flatMap((one) => Object.getOwnPropertyNames(one)))
  names.delete('constructor')
  return [...names].filter((name) => typeof object[name] === 'function')
}
