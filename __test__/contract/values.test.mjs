// Contract of values at the edges: anything can be stored, comes back by identity, and is never looked into.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock, eachImplementation, recorder, thenable } from './support.mjs'

const refuse = () => assert.fail('the cache looked into a value')

/** An object that fails the test if anything so much as looks at it. */
function untouchable() {
  const traps = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]),
  )
  return new Proxy(() => {}, traps)
}

const revoked = Proxy.revocable({}, {})
revoked.revoke()

const VALUES = [
  ['undefined', undefined],
  ['null', null],
  ['false', false],
  ['0', 0],
  ['-0', -0],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['a bigint', 2n ** 100n],
  ['an empty string', ''],
  ['a string with a lone surrogate', 'a\ud800'],
  ['a symbol', Symbol('value')],
  ['a registered symbol', Symbol.for('value')],
  ['a function', () => {}],
  ['a class', Map],
  ['an array', []],
  ['a frozen object', Object.freeze({})],
  ['an object without a prototype', Object.create(null)],
  ['a date', new Date(0)],
  ['an error', new Error('value')],
  ['a buffer', Buffer.from('value')],
  ['a weak map', new WeakMap()],
  ['a promise', Promise.resolve()],
  ['a thenable', thenable(refuse)],
  ['a proxy that refuses everything', untouchable()],
  ['a revoked proxy', revoked.proxy],
  ['an object whose every conversion throws', { [Symbol.toPrimitive]: refuse }],
]

eachImplementation('values', ({ MemoryCache }) => {
  for (const [label, value] of VALUES) {
    test(`${label} comes back as it is from every operation and hook`, () => {
      const same = (actual) => assert.ok(Object.is(actual, value))
      const { hooks, take } = recorder()
      const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
      cache.set('key', value)
      assert.equal(cache.has('key'), true)
      same(cache.get('key'))
      same(cache.values()[0])
      same(cache.entries()[0][1])
      assert.equal(cache.delete('key'), true)
      cache.set('key', value)
      cache.set('other', value)
      clock.advance(101)
      assert.equal(cache.prune(), 1)
      const events = take()
      assert.deepEqual(
        events.map(([name]) => name),
        ['onSet', 'onHit', 'onDelete', 'onSet', 'onEvict', 'onSet', 'onExpire'],
      )
      for (const [, context] of events) same(context.value)
    })
  }

  test('0 and -0 are kept apart', () => {
    const cache = new MemoryCache()
    cache.set('zero', 0)
    cache.set('negative zero', -0)
    assert.ok(Object.is(cache.get('zero'), 0))
    assert.ok(Object.is(cache.get('negative zero'), -0))
  })

  test('one object may be stored under many keys', () => {
    const cache = new MemoryCache()
    const value = {}
    cache.set('a', value)
    cache.set('b', value)
    cache.delete('a')
    assert.equal(cache.get('b'), value)
  })

  test('a cache may hold caches, itself too', () => {
    const cache = new MemoryCache()
    const inner = new MemoryCache()
    cache.set('self', cache)
    cache.set('inner', inner)
    assert.equal(cache.get('self'), cache)
    assert.equal(cache.get('inner'), inner)
  })

  test('set without a value stores undefined', () => {
    const cache = new MemoryCache()
    cache.set('key')
    assert.equal(cache.has('key'), true)
    assert.deepEqual(cache.entries(), [['key', undefined]])
  })

  test('undefined replaces a value, and a value replaces undefined', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('key', 'value')
    cache.set('key', undefined)
    assert.equal(cache.get('key'), undefined)
    cache.set('key', 'again')
    assert.equal(cache.get('key'), 'again')
    assert.deepEqual(
      take()
        .filter(([name]) => name === 'onSet')
        .map(([, { isUpdate }]) => isUpdate),
      [false, true, true],
    )
  })

  test('an entry that replaces a removed one never shows the removed value', () => {
    const cache = new MemoryCache({ maxSize: 4, ttl: 100 })
    for (const remove of [
      () => cache.delete('key 1'),
      () => cache.clear(),
      () => cache.deleteByPrefix('key'),
      () => clock.advance(101),
    ]) {
      for (let i = 0; i < 4; i++) cache.set(`key ${i}`, 'old')
      remove()
      cache.set('key 1', undefined)
      assert.equal(cache.get('key 1'), undefined)
      assert.equal(cache.has('key 1'), true)
      cache.clear()
    }
  })
})
