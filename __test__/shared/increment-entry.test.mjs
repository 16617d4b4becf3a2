// `incrementEntry`: what it adds, tells and refuses. That it adds up across threads is shown in
// atomicity.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { membrane, reactive } from '../contract/membranes.mjs'
import { mockClock, openShared, recorder } from './support.mjs'

test('it tells the sum, what is left of the lifetime and who started it', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 1_000 })
  const first = { value: 1, remainingTtl: 1_000, created: true }
  for (const key of ['', '__proto__', '\ud800', 'k'.repeat(5_000), 'ключ']) {
    assert.deepEqual(cache.incrementEntry(key), first)
    clock.now += 400
    const second = { value: 3.5, remainingTtl: 600, created: false }
    assert.deepEqual(cache.incrementEntry(key, 2.5), second)
    assert.equal(cache.get(key), 3.5)
  }
  clock.now += 601
  assert.deepEqual(cache.incrementEntry(''), first, 'it has expired')
  cache.clear()
  assert.deepEqual(cache.incrementEntry(''), first)
  cache.set('', 5)
  assert.deepEqual(cache.incrementEntry('', -5), { value: 0, remainingTtl: 1_000, created: false })
})

test('its own ttl counts from the call that starts it, and for ever is Infinity', (t) => {
  const clock = mockClock(t)
  const cache = openShared(t, { ttl: 1_000 })
  assert.equal(cache.incrementEntry('k', 1, { ttl: 60 }).remainingTtl, 60)
  clock.now += 10
  assert.equal(cache.incrementEntry('k', 1, { ttl: 60 }).remainingTtl, 50)
  clock.now += 50
  const last = { value: 3, remainingTtl: 0, created: false }
  assert.deepEqual(cache.incrementEntry('k', 1, { ttl: 60 }), last)
  clock.now += 1
  assert.equal(cache.incrementEntry('k', 1, { ttl: 60 }).created, true)
  for (const ttl of [0, Infinity]) {
    assert.equal(cache.incrementEntry(`for ever ${ttl}`, 1, { ttl }).remainingTtl, Infinity)
    assert.equal(cache.incrementEntry(`for ever ${ttl}`, 1, { ttl: 5 }).remainingTtl, Infinity)
  }
  const endless = openShared(t, { ttl: 0 })
  assert.equal(endless.incrementEntry('k').remainingTtl, Infinity)
  assert.equal(endless.incrementEntry('own', 1, { ttl: 5 }).remainingTtl, 5)
})

test('by the clock of the system, too, what is left shrinks and never grows', (t) => {
  const cache = openShared(t, { ttl: 60_000 })
  let before = cache.incrementEntry('k').remainingTtl
  assert.equal(before, 60_000)
  for (let i = 0; i < 1_000; i++) {
    const { remainingTtl } = cache.incrementEntry('k')
    assert.ok(remainingTtl <= before && remainingTtl > 0)
    before = remainingTtl
  }
})

test('with onlyIfPresent it starts no number', (t) => {
  const clock = mockClock(t)
  const record = recorder()
  const cache = openShared(t, { ttl: 100, hooks: record.hooks })
  const add = () => cache.incrementEntry('k', 1, { onlyIfPresent: true })
  assert.equal(add(), undefined)
  assert.equal(cache.has('k'), false)
  assert.deepEqual(record.take(), [])
  cache.increment('k')
  assert.deepEqual(add(), { value: 2, remainingTtl: 100, created: false })
  clock.now += 101
  record.take()
  assert.equal(add(), undefined)
  assert.deepEqual(record.take(), [['onExpire', { key: 'k', value: 2, source: 'get' }]])
  for (const onlyIfPresent of [undefined, null, false]) {
    assert.equal(cache.incrementEntry(`${onlyIfPresent}`, 1, { onlyIfPresent }).created, true)
  }
})

test('it reports writes, counts no read, and does what increment does', (t) => {
  const record = recorder()
  const cache = openShared(t, { maxSize: 2, shards: 1, hooks: record.hooks })
  cache.incrementEntry('a')
  cache.increment('b')
  assert.equal(cache.increment('a'), 2)
  assert.equal(cache.incrementEntry('c', 7).value, 7)
  const seen = record.take().map(([hook, { key, value }]) => [hook, key, value])
  assert.deepEqual(seen, [
    ['onSet', 'a', 1],
    ['onSet', 'b', 1],
    ['onSet', 'a', 2],
    ['onEvict', 'b', 1],
    ['onSet', 'c', 7],
  ])
  const { hits, misses } = cache.getStats()
  assert.deepEqual([hits, misses], [0, 0])
})

test('what it tells is its own, whatever hooks and proxies do', (t) => {
  const clock = mockClock(t)
  const inner = []
  const cache = openShared(t, {
    ttl: 100,
    hooks: {
      onSet({ key }) {
        if (key === 'k') inner.push(cache.incrementEntry('other', 10, { ttl: 7 }))
      },
    },
  })
  assert.deepEqual(cache.incrementEntry('k'), { value: 1, remainingTtl: 100, created: true })
  clock.now += 5
  for (const seen of [new Proxy(cache, {}), reactive(cache), membrane(cache)]) {
    const { value, remainingTtl, created } = seen.incrementEntry('k')
    assert.deepEqual([value, remainingTtl, created], [inner.length, 95, false])
  }
  assert.deepEqual(
    inner.map(({ value }) => value),
    [10, 20, 30, 40],
  )
})

test('wrong arguments are refused and change nothing', (t) => {
  const cache = openShared(t)
  cache.set('n', 1)
  cache.set('text', '1')
  for (const [args, message] of [
    [['n', Number.NaN], 'by must be a number, received NaN'],
    [['n', '1'], "by must be a number, received '1'"],
    [['n', 1, 60_000], 'options must be an object, received 60000'],
    [['n', 1, 'ttl'], "options must be an object, received 'ttl'"],
    [['n', 1, { ttl: -1 }], 'ttl must be a non-negative number, received -1'],
    [['n', 1, { ttl: '1' }], "ttl must be a non-negative number, received '1'"],
    [['n', 1, { onlyIfPresent: 1 }], 'onlyIfPresent must be a boolean, received 1'],
    [['text'], "the entry 'text' holds something else than a number"],
    [['text', 1, { onlyIfPresent: true }], "the entry 'text' holds something else than a number"],
  ]) {
    assert.throws(() => cache.incrementEntry(...args), {
      name: 'TypeError',
      message: `incrementEntry: ${message}`,
    })
  }
  assert.deepEqual(cache.entries().toSorted(), [
    ['n', 1],
    ['text', '1'],
  ])
  assert.equal(cache.incrementEntry('n', undefined, null).value, 2)
})

test('a getter of the options that closes the cache leaves other stores alone', (t) => {
  for (const method of ['increment', 'incrementEntry']) {
    const cache = openShared(t)
    let next
    const options = {
      get ttl() {
        cache.close()
        next = openShared(t)
        return 1_000
      },
    }
    assert.throws(() => cache[method]('k', 1, options), /is closed/)
    assert.equal(next.size(), 0)
  }
})

test('a number whose key is too long for the store is refused, as nobody would count it', (t) => {
  const record = recorder()
  const cache = openShared(t, { maxBytes: 100_000, shards: 1, hooks: record.hooks })
  const key = `client ${'k'.repeat(200_000)}`
  for (const method of ['increment', 'incrementEntry']) {
    assert.throws(
      () => cache[method](key),
      (error) => {
        assert.equal(error.constructor, RangeError)
        const text = `${method}: an entry of the key 'client kkkkkkkkkkkkkkkkkkkkkkkkk…', of length 200007, is larger than the store may be`
        assert.equal(error.message, text)
        assert.match(error.stack.split('\n')[1], /increment-entry\.test/)
        return true
      },
    )
    assert.equal(cache.incrementEntry(key, 1, { onlyIfPresent: true }), undefined)
  }
  assert.equal(cache.size(), 0)
  assert.deepEqual(record.take(), [])
  assert.throws(
    () => openShared(t, { maxBytes: 100 }).increment('k'),
    /'k', of length 1, is larger/,
  )
})

test('a sum that would be NaN is refused, and nothing has changed', (t) => {
  const record = recorder()
  const cache = openShared(t, { maxSize: 2, shards: 1, hooks: record.hooks })
  cache.set('a', Infinity, { ttl: 5_000, tags: ['t'] })
  cache.set('b', 1)
  const before = cache.info('a')
  record.take()
  for (const method of ['increment', 'incrementEntry']) {
    assert.throws(() => cache[method]('a', -Infinity), {
      name: 'TypeError',
      message: `${method}: adding -Infinity to the number of the entry 'a' makes none`,
    })
  }
  assert.deepEqual([record.take(), cache.peek('a')], [[], Infinity])
  assert.deepEqual(cache.info('a').tags, before.tags)
  cache.set('c', 1)
  assert.equal(cache.peek('a'), undefined, 'it was not used')
  cache.set('c', Number.NaN)
  assert.throws(() => cache.increment('c'), /adding 1 to the number of the entry 'c' makes none/)
  assert.equal(cache.increment('b', Infinity), Infinity)
  assert.equal(cache.increment('b', Infinity), Infinity)
})

test('increment refuses options that are no object, as incrementEntry does', (t) => {
  const cache = openShared(t)
  for (const method of ['increment', 'incrementEntry']) {
    for (const options of [5, '5', true, 5n, Symbol('s'), () => 5]) {
      assert.throws(() => cache[method]('k', 1, options), {
        name: 'TypeError',
        message: new RegExp(`^${method}: options must be an object, received `),
      })
    }
  }
  assert.equal(cache.size(), 0)
  assert.equal(cache.increment('k', 1, null), 1)
  const untouched = {
    get onlyIfPresent() {
      return assert.fail('it is no option of increment')
    },
  }
  assert.equal(cache.increment('k', 1, untouched), 2)
})
