// Contract of hooks that misbehave or take part: hooks that throw, call back into their cache, move the clock or are
// replaced later. What hooks report in ordinary use is in hooks.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOOK_NAMES, clock, eachImplementation, recorder } from './support.mjs'

const revive = (cache) => cache.set('a', 'new')
const names = (events) => events.map(([name, context]) => `${name} ${context.key}`)

eachImplementation('re-entrant hooks', ({ MemoryCache }) => {
  /** A cache whose every event is recorded and then, once, answered by the reaction to that event, if there is one. */
  function reacting(options, reactions) {
    const { hooks: recording, take } = recorder()
    const hooks = {}
    for (const name of HOOK_NAMES) {
      hooks[name] = (context) => {
        recording[name](context)
        const id = `${name} ${context.key}`
        const reaction = reactions[id]
        delete reactions[id]
        reaction?.(cache, context)
      }
    }
    const cache = new MemoryCache({ ttl: 100, ...options, hooks })
    return { cache, take }
  }

  test('what a hook throws is swallowed and the operation is completed', async () => {
    for (const thrown of [new Error('from a hook'), 'a string', undefined, null]) {
      const called = []
      const hooks = {}
      for (const name of HOOK_NAMES) {
        hooks[name] = () => {
          called.push(name)
          throw thrown
        }
      }
      const cache = new MemoryCache({ maxSize: 2, ttl: 100, hooks })
      assert.equal(cache.get('a'), undefined)
      cache.set('a', 1)
      assert.equal(cache.get('a'), 1)
      cache.set('b', 2)
      cache.set('c', 3)
      assert.deepEqual(cache.keys(), ['b', 'c'])
      assert.equal(cache.delete('b'), true)
      assert.equal(await cache.deleteAsync('c'), true)
      cache.set('d', 4)
      cache.set('e', 5)
      clock.advance(101)
      assert.equal(cache.has('d'), false)
      assert.equal(cache.get('e'), undefined)
      cache.set('f', 6)
      cache.set('g', 7)
      clock.advance(101)
      assert.equal(cache.prune(), 2)
      cache.set('h', 8)
      assert.equal(cache.deleteByPrefix('h'), 1)
      cache.set('i', 9)
      assert.equal(cache.deleteByMagicString('*'), 1)
      cache.set('j', 10)
      cache.clear()
      assert.equal(await cache.getOrSet('k', () => 11), 11)
      assert.deepEqual(cache.getStats(), {
        hits: 1,
        misses: 3,
        evictions: 1,
        expirations: 4,
        size: 1,
        weight: 0,
      })
      assert.deepEqual(new Set(called), new Set(HOOK_NAMES))
    }
  })

  test('a hook of one cache may use another cache', () => {
    const audit = new MemoryCache({ maxSize: 2 })
    const cache = new MemoryCache({ hooks: { onSet: ({ key }) => audit.set(key, 'written') } })
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    assert.deepEqual(audit.keys(), ['b', 'c'])
    assert.deepEqual(cache.keys(), ['a', 'b', 'c'])
  })

  test('a hook added, replaced or removed on the hooks object later takes effect', () => {
    const seen = []
    const hooks = {}
    const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
    cache.set('a', 1)
    for (const name of HOOK_NAMES) hooks[name] = () => seen.push(`first ${name}`)
    cache.set('b', 1)
    assert.deepEqual(seen.splice(0), ['first onEvict', 'first onSet'])
    for (const name of HOOK_NAMES) hooks[name] = () => seen.push(`second ${name}`)
    cache.get('b')
    cache.get('absent')
    cache.delete('b')
    cache.set('c', 1)
    clock.advance(101)
    cache.prune()
    assert.deepEqual(seen.splice(0), [
      'second onHit',
      'second onMiss',
      'second onDelete',
      'second onSet',
      'second onExpire',
    ])
    for (const name of HOOK_NAMES) delete hooks[name]
    cache.set('d', 1)
    cache.get('d')
    assert.deepEqual(seen, [])
  })

  test('a hook that stopped being callable is ignored', () => {
    const hooks = { onSet: () => {} }
    const cache = new MemoryCache({ hooks })
    hooks.onSet = 'not a function'
    cache.set('a', 1)
    assert.equal(cache.get('a'), 1)
  })

  test('another hooks object put on the options later has no effect', () => {
    const first = recorder()
    const second = recorder()
    const options = { hooks: first.hooks }
    const cache = new MemoryCache(options)
    options.hooks = second.hooks
    cache.set('a', 1)
    assert.equal(first.take().length, 1)
    assert.equal(second.take().length, 0)
  })

  test('hooks replaced by a hook take effect at the next event of the same call', () => {
    const seen = []
    const hooks = {
      onEvict: () => {
        hooks.onSet = () => seen.push('replaced')
      },
      onSet: () => seen.push('original'),
    }
    const cache = new MemoryCache({ maxSize: 1, hooks })
    cache.set('a', 1)
    cache.set('b', 2)
    assert.deepEqual(seen, ['original', 'replaced'])
  })

  test('onHit may delete the entry: get still returns its value', () => {
    const { cache } = reacting({}, { 'onHit a': (c) => c.delete('a') })
    cache.set('a', 1)
    assert.equal(cache.get('a'), 1)
    assert.equal(cache.has('a'), false)
  })

  test('onHit may overwrite the entry: get still returns the value it found', () => {
    const { cache } = reacting({}, { 'onHit a': (c) => c.set('a', 2) })
    cache.set('a', 1)
    assert.equal(cache.get('a'), 1)
    assert.equal(cache.get('a'), 2)
  })

  test('onHit sees the entry already promoted', () => {
    let seen
    const { cache } = reacting({}, { 'onHit a': (c) => (seen = c.keys()) })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    assert.deepEqual(seen, ['b', 'a'])
  })

  test('onMiss may store the key: that get still misses, the next one hits', () => {
    const { cache } = reacting({}, { 'onMiss a': (c) => c.set('a', 1) })
    assert.equal(cache.get('a'), undefined)
    assert.equal(cache.get('a'), 1)
  })

  test('onExpire may store the key again: get and has still answer no, and the miss is reported', () => {
    const { cache, take } = reacting({}, { 'onExpire a': revive })
    cache.set('a', 'old')
    clock.advance(101)
    take()
    assert.equal(cache.get('a'), undefined)
    assert.deepEqual(take(), [
      ['onExpire', { key: 'a', value: 'old', source: 'get' }],
      ['onSet', { key: 'a', value: 'new', isUpdate: false }],
      ['onMiss', { key: 'a', reason: 'expired' }],
    ])
    assert.equal(cache.get('a'), 'new')

    const { cache: other } = reacting({}, { 'onExpire a': revive })
    other.set('a', 'old')
    clock.advance(101)
    assert.equal(other.has('a'), false)
    assert.equal(other.has('a'), true)
  })

  test('onSet sees the entry stored and may write others', () => {
    const { cache, take } = reacting(
      { maxSize: 2 },
      { 'onSet a': (c) => c.get('a') === 1 && c.set('b', 2) },
    )
    cache.set('a', 1)
    assert.deepEqual(names(take()), ['onSet a', 'onHit a', 'onSet b'])
    assert.deepEqual(cache.keys(), ['a', 'b'])
  })

  test('onSet may delete the entry just written', () => {
    const { cache } = reacting({}, { 'onSet a': (c) => c.delete('a') })
    cache.set('a', 1)
    assert.equal(cache.size(), 0)
  })

  test('onDelete may store the key again: delete still answers true', () => {
    const { cache } = reacting({}, { 'onDelete a': (c) => c.set('a', 2) })
    cache.set('a', 1)
    assert.equal(cache.delete('a'), true)
    assert.equal(cache.get('a'), 2)
  })

  test('onDelete may delete others: a bulk deletion neither reports nor counts them twice', () => {
    for (const [method, argument] of [
      ['deleteByPrefix', ''],
      ['deleteByMagicString', '*'],
    ]) {
      const { cache, take } = reacting({}, { 'onDelete a': (c) => c.delete('b') })
      for (const key of ['a', 'b', 'c']) cache.set(key, key)
      take()
      assert.equal(cache[method](argument), 2)
      assert.deepEqual(take(), [
        ['onDelete', { key: 'a', value: 'a', source: method }],
        ['onDelete', { key: 'b', value: 'b', source: 'delete' }],
        ['onDelete', { key: 'c', value: 'c', source: method }],
      ])
    }
  })

  test('onDelete may clear the cache in the middle of a clear', () => {
    const { cache, take } = reacting({}, { 'onDelete a': (c) => c.clear() })
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    take()
    cache.clear()
    assert.deepEqual(names(take()), ['onDelete a', 'onDelete b', 'onDelete c'])
    assert.equal(cache.size(), 0)
  })

  test('onDelete may write keys that a bulk deletion does not match', () => {
    for (const [method, argument] of [
      ['deleteByPrefix', 'old:'],
      ['deleteByMagicString', 'old:*'],
    ]) {
      const cache = new MemoryCache({
        hooks: { onDelete: ({ key, value }) => cache.set(key.replace('old', 'new'), value) },
      })
      cache.set('old:1', 1)
      cache.set('old:2', 2)
      assert.equal(cache[method](argument), 2)
      assert.deepEqual(cache.entries(), [
        ['new:1', 1],
        ['new:2', 2],
      ])
    }
  })

  test('onEvict may write another key, which takes part in the same search for room', () => {
    const { cache, take } = reacting({ maxSize: 2 }, { 'onEvict a': (c) => c.set('x', 0) })
    cache.set('a', 1)
    cache.set('b', 2)
    take()
    cache.set('c', 3)
    assert.deepEqual(names(take()), ['onEvict a', 'onSet x', 'onEvict b', 'onSet c'])
    assert.deepEqual(cache.keys(), ['x', 'c'])
  })

  test('onEvict may write the very key being written: the outer write becomes an update', () => {
    const { cache, take } = reacting({ maxSize: 2 }, { 'onEvict a': (c) => c.set('c', 'inner') })
    cache.set('a', 1)
    cache.set('b', 2)
    take()
    cache.set('c', 'outer')
    assert.deepEqual(take(), [
      ['onEvict', { key: 'a', value: 1 }],
      ['onSet', { key: 'c', value: 'inner', isUpdate: false }],
      ['onSet', { key: 'c', value: 'outer', isUpdate: true }],
    ])
    assert.equal(cache.get('c'), 'outer')
  })

  test('onEvict may read an entry and so save it from being the next victim', () => {
    const { cache, take } = reacting(
      { maxSize: 0, maxWeight: 4, sizeCalculation: (weight) => weight },
      { 'onEvict a': (c) => c.get('b') },
    )
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, 1)
    take()
    cache.set('e', 2)
    assert.deepEqual(names(take()), ['onEvict a', 'onHit b', 'onEvict c', 'onSet e'])
    assert.deepEqual(cache.keys(), ['d', 'b', 'e'])
  })

  test('onEvict may make all the room itself', () => {
    const { cache, take } = reacting(
      { maxSize: 0, maxWeight: 4, sizeCalculation: (weight) => weight },
      { 'onEvict a': (c) => c.clear() },
    )
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, 1)
    take()
    cache.set('e', 3)
    assert.deepEqual(names(take()), [
      'onEvict a',
      'onDelete b',
      'onDelete c',
      'onDelete d',
      'onSet e',
    ])
    assert.equal(cache.getStats().weight, 3)
  })

  test('onEvict may delete the entry that is being overwritten: the write becomes a first one', () => {
    const { cache, take } = reacting(
      { maxSize: 0, maxWeight: 4, sizeCalculation: (weight) => weight },
      { 'onEvict b': (c) => c.delete('a') },
    )
    cache.set('a', 2)
    cache.set('b', 2)
    take()
    cache.set('a', 3)
    assert.deepEqual(take(), [
      ['onEvict', { key: 'b', value: 2 }],
      ['onDelete', { key: 'a', value: 2, source: 'delete' }],
      ['onSet', { key: 'a', value: 3, isUpdate: false }],
    ])
    assert.equal(cache.getStats().weight, 3)
  })

  test('onExpire during prune may delete an entry about to expire: it is deleted, not expired', () => {
    const { cache, take } = reacting({}, { 'onExpire a': (c) => c.delete('b') })
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    clock.advance(101)
    take()
    assert.equal(cache.prune(), 2)
    assert.deepEqual(names(take()), ['onExpire a', 'onDelete b', 'onExpire c'])
  })

  test('onExpire during prune may rewrite an entry about to expire and so save it', () => {
    const { cache, take } = reacting({}, { 'onExpire a': (c) => c.set('b', 'new') })
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    clock.advance(101)
    take()
    assert.equal(cache.prune(), 2)
    assert.deepEqual(names(take()), ['onExpire a', 'onSet b', 'onExpire c'])
    assert.deepEqual(cache.entries(), [['b', 'new']])
  })

  test('onExpire during prune may revive its own entry, which then lives a full life', () => {
    const { cache } = reacting({}, { 'onExpire a': (c) => c.set('a', 'again') })
    cache.set('a', 'once')
    clock.advance(101)
    assert.equal(cache.prune(), 1)
    clock.advance(100)
    assert.equal(cache.get('a'), 'again')
    clock.advance(1)
    assert.equal(cache.get('a'), undefined)
  })

  test('onExpire during prune may clear the rest', () => {
    const { cache, take } = reacting({}, { 'onExpire a': (c) => c.clear() })
    for (const key of ['a', 'b', 'c']) cache.set(key, key)
    clock.advance(101)
    take()
    assert.equal(cache.prune(), 1)
    assert.deepEqual(names(take()), ['onExpire a', 'onDelete b', 'onDelete c'])
  })

  test('prune judges every entry by the time at which it began', () => {
    const { cache } = reacting({}, { 'onExpire a': () => clock.advance(1_000) })
    cache.set('a', 1)
    clock.advance(50)
    cache.set('b', 2)
    clock.advance(51)
    assert.equal(cache.prune(), 1)
    assert.equal(cache.delete('b'), true)
  })

  test('onExpire during a write may fill the place it made, which then costs an eviction', () => {
    const { cache, take } = reacting({ maxSize: 2 }, { 'onExpire a': (c) => c.set('x', 0) })
    cache.set('a', 1)
    clock.advance(60)
    cache.set('b', 2)
    clock.advance(41)
    take()
    cache.set('c', 3)
    assert.deepEqual(names(take()), ['onExpire a', 'onSet x', 'onEvict b', 'onSet c'])
  })

  test('a hook may start getOrSet, which is answered by the next free turn', async () => {
    let started
    const { cache } = reacting({}, { 'onMiss a': (c) => (started = c.getOrSet('b', () => 'B')) })
    assert.equal(cache.get('a'), undefined)
    assert.equal(await started, 'B')
    assert.equal(cache.get('b'), 'B')
  })
})
