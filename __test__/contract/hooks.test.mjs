// Contract of the lifecycle hooks: which event is reported when, with what context, in which order, and how a hook
// is called. Hooks that throw, call back into the cache or are replaced are in reentrancy.test.mjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOOK_NAMES, clock, eachImplementation, recorder } from './support.mjs'

eachImplementation('hooks', ({ MemoryCache }) => {
  test('onSet reports a first write and an update', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('key', 'first')
    cache.set('key', 'second')
    assert.deepEqual(take(), [
      ['onSet', { key: 'key', value: 'first', isUpdate: false }],
      ['onSet', { key: 'key', value: 'second', isUpdate: true }],
    ])
  })

  test('writing a key again after delete, clear, eviction or expiry is a first write', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
    for (const remove of [
      () => cache.delete('key'),
      () => cache.clear(),
      () => cache.set('other', 0),
      () => {
        clock.advance(101)
        cache.prune()
      },
    ]) {
      cache.set('key', 1)
      remove()
      take()
      cache.set('key', 2)
      assert.deepEqual(take().at(-1), ['onSet', { key: 'key', value: 2, isUpdate: false }])
    }
  })

  test('onHit reports what get returns', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('key', 'value')
    take()
    cache.get('key')
    assert.deepEqual(take(), [['onHit', { key: 'key', value: 'value' }]])
  })

  test('onMiss reports an absent key as not_found', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.get('key')
    assert.deepEqual(take(), [['onMiss', { key: 'key', reason: 'not_found' }]])
  })

  test('onExpire comes before the onMiss of the same get', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ ttl: 100, hooks })
    cache.set('key', 'value')
    clock.advance(101)
    take()
    cache.get('key')
    assert.deepEqual(take(), [
      ['onExpire', { key: 'key', value: 'value', source: 'get' }],
      ['onMiss', { key: 'key', reason: 'expired' }],
    ])
  })

  test('has reports neither hit nor miss', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('key', 'value')
    take()
    cache.has('key')
    cache.has('absent')
    assert.deepEqual(take(), [])
  })

  test('onEvict comes before the onSet of the write that needed the room', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 1, hooks })
    cache.set('a', 1)
    take()
    cache.set('b', 2)
    assert.deepEqual(take(), [
      ['onEvict', { key: 'a', value: 1 }],
      ['onSet', { key: 'b', value: 2, isUpdate: false }],
    ])
  })

  test('a write that expires and evicts reports expiries, then evictions, then itself', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({
      maxSize: 0,
      maxWeight: 10,
      sizeCalculation: (weight) => weight,
      ttl: 100,
      hooks,
    })
    cache.set('stale 1', 1)
    cache.set('stale 2', 2)
    clock.advance(60)
    cache.set('live 1', 3)
    cache.set('live 2', 4)
    clock.advance(41)
    take()
    cache.set('heavy', 9)
    assert.deepEqual(take(), [
      ['onExpire', { key: 'stale 1', value: 1, source: 'prune' }],
      ['onExpire', { key: 'stale 2', value: 2, source: 'prune' }],
      ['onEvict', { key: 'live 1', value: 3 }],
      ['onEvict', { key: 'live 2', value: 4 }],
      ['onSet', { key: 'heavy', value: 9, isUpdate: false }],
    ])
  })

  test('onDelete names the method that deleted', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    for (const [method, ...args] of [
      ['delete', 'key'],
      ['deleteAsync', 'key'],
      ['deleteByPrefix', 'ke'],
      ['deleteByMagicString', '*y'],
      ['clear'],
    ]) {
      cache.set('key', 'value')
      take()
      await cache[method](...args)
      assert.deepEqual(take(), [['onDelete', { key: 'key', value: 'value', source: method }]])
    }
  })

  test('deletions that find nothing report nothing', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.delete('absent')
    await cache.deleteAsync('absent')
    cache.deleteByPrefix('absent')
    cache.deleteByMagicString('absent*')
    cache.clear()
    assert.deepEqual(take(), [])
  })

  for (const [method, ...args] of [
    ['clear'],
    ['deleteByPrefix', ''],
    ['deleteByMagicString', '*'],
  ]) {
    test(`${method} reports entries from the least to the most recently used`, () => {
      const { hooks, take } = recorder()
      const cache = new MemoryCache({ hooks })
      for (const key of ['a', 'b', 'c']) cache.set(key, key)
      cache.get('a')
      take()
      cache[method](...args)
      assert.deepEqual(
        take().map(([, context]) => context.key),
        ['b', 'c', 'a'],
      )
    })
  }

  test('deleteAsync reports before it returns', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('key', 'value')
    take()
    cache.deleteAsync('key')
    assert.equal(take().length, 1)
  })

  test('an undefined or null value is reported as what it is, by every hook', () => {
    for (const nothing of [undefined, null]) {
      const { hooks, take } = recorder()
      const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
      cache.set('key', nothing)
      cache.get('key')
      cache.set('other', nothing)
      cache.delete('other')
      cache.set('key', nothing)
      clock.advance(101)
      cache.prune()
      assert.deepEqual(take(), [
        ['onSet', { key: 'key', value: nothing, isUpdate: false }],
        ['onHit', { key: 'key', value: nothing }],
        ['onEvict', { key: 'key', value: nothing }],
        ['onSet', { key: 'other', value: nothing, isUpdate: false }],
        ['onDelete', { key: 'other', value: nothing, source: 'delete' }],
        ['onSet', { key: 'key', value: nothing, isUpdate: false }],
        ['onExpire', { key: 'key', value: nothing, source: 'prune' }],
      ])
    }
  })

  test('values are reported by identity', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
    const value = { a: 'value' }
    cache.set('key', value)
    cache.get('key')
    cache.delete('key')
    cache.set('key', value)
    cache.set('other', value)
    clock.advance(101)
    cache.has('other')
    const events = take()
    assert.deepEqual(
      events.map(([name]) => name),
      ['onSet', 'onHit', 'onDelete', 'onSet', 'onEvict', 'onSet', 'onExpire'],
    )
    for (const [, context] of events) assert.equal(context.value, value)
  })

  test('keys are reported exactly as they were given', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
    for (const key of ['', '\0', '__proto__', '\ud800', 'Łódź', '😀']) {
      cache.get(key)
      cache.set(key, 1)
      cache.get(key)
      cache.set('other', 1)
      cache.set(key, 1)
      cache.delete(key)
      cache.set(key, 1)
      clock.advance(101)
      cache.prune()
      const keys = take().map(([, context]) => context.key)
      const others = keys.filter((reported) => reported === 'other').length
      assert.equal(others, 2)
      assert.equal(keys.filter((reported) => reported === key).length, keys.length - others)
    }
  })

  test('a hook is called with one plain context object, no this, before the method returns', () => {
    const calls = []
    const hooks = {}
    for (const name of HOOK_NAMES) {
      hooks[name] = function (...args) {
        calls.push([name, this, args.length, Object.getPrototypeOf(args[0])])
      }
    }
    const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
    const expectCall = (name, action) => {
      calls.length = 0
      action()
      assert.deepEqual(calls, [[name, undefined, 1, Object.prototype]])
    }
    expectCall('onMiss', () => cache.get('a'))
    expectCall('onSet', () => cache.set('a', 1))
    expectCall('onHit', () => cache.get('a'))
    expectCall('onDelete', () => cache.delete('a'))
    expectCall('onSet', () => cache.set('a', 1))
    clock.advance(101)
    expectCall('onExpire', () => cache.has('a'))
    cache.set('a', 1)
    calls.length = 0
    cache.set('b', 1)
    assert.deepEqual(calls[0], ['onEvict', undefined, 1, Object.prototype])
  })

  test('contexts list their properties in the published order', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
    cache.set('a', 1)
    cache.get('a')
    cache.get('absent')
    cache.set('b', 1)
    cache.delete('b')
    cache.set('a', 1)
    clock.advance(101)
    cache.prune()
    const shapes = {}
    for (const [name, context] of take()) shapes[name] = Object.keys(context)
    assert.deepEqual(shapes, {
      onSet: ['key', 'value', 'isUpdate'],
      onHit: ['key', 'value'],
      onMiss: ['key', 'reason'],
      onEvict: ['key', 'value'],
      onDelete: ['key', 'value', 'source'],
      onExpire: ['key', 'value', 'source'],
    })
  })

  test('every call gets a context of its own, and changing it changes nothing', () => {
    const seen = []
    const tamper = (context) => {
      seen.push(context)
      context.key = 'tampered'
      context.value = 'tampered'
    }
    const cache = new MemoryCache({ hooks: { onSet: tamper, onHit: tamper } })
    cache.set('key', 'value')
    assert.equal(cache.get('key'), 'value')
    assert.equal(cache.get('key'), 'value')
    assert.deepEqual(cache.entries(), [['key', 'value']])
    assert.equal(new Set(seen).size, 3)
  })

  test('any subset of hooks will do', () => {
    for (const name of HOOK_NAMES) {
      const { hooks, take } = recorder()
      const cache = new MemoryCache({ maxSize: 2, ttl: 100, hooks: { [name]: hooks[name] } })
      cache.set('a', 1)
      cache.get('a')
      cache.get('absent')
      cache.set('b', 2)
      cache.set('c', 3)
      cache.delete('b')
      clock.advance(101)
      cache.prune()
      assert.deepEqual([...new Set(take().map(([reported]) => reported))], [name])
    }
  })

  test('hooks given as undefined or null are absent', () => {
    for (const absent of [undefined, null]) {
      const hooks = Object.fromEntries(HOOK_NAMES.map((name) => [name, absent]))
      const cache = new MemoryCache({ maxSize: 1, ttl: 100, hooks })
      cache.set('a', 1)
      cache.set('b', 2)
      assert.equal(cache.get('b'), 2)
      assert.equal(cache.delete('b'), true)
    }
  })

  test('hooks may be methods of a class, and are called without it', () => {
    class Audit {
      static seen = []
      onSet(context) {
        Audit.seen.push([this, context.key])
      }
    }
    const cache = new MemoryCache({ hooks: new Audit() })
    cache.set('key', 1)
    assert.deepEqual(Audit.seen, [[undefined, 'key']])
  })

  test('two caches may share one hooks object', () => {
    const { hooks, take } = recorder()
    new MemoryCache({ hooks }).set('a', 1)
    new MemoryCache({ hooks }).set('b', 2)
    assert.deepEqual(
      take().map(([, context]) => context.key),
      ['a', 'b'],
    )
  })

  test('what a hook returns is ignored', async () => {
    const cache = new MemoryCache({
      hooks: { onHit: () => 'other', onSet: () => false, onDelete: () => Promise.resolve(false) },
    })
    cache.set('key', 'value')
    assert.equal(cache.get('key'), 'value')
    assert.equal(cache.delete('key'), true)
  })

  test('getOrSet reports miss and set the first time, a hit the second', async () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    await cache.getOrSet('key', () => 'value')
    await cache.getOrSet('key', () => 'value')
    assert.deepEqual(take(), [
      ['onMiss', { key: 'key', reason: 'not_found' }],
      ['onSet', { key: 'key', value: 'value', isUpdate: false }],
      ['onHit', { key: 'key', value: 'value' }],
    ])
  })

  test('introspection of live entries, prune without expiry and resetStats report nothing', () => {
    const { hooks, take } = recorder()
    const cache = new MemoryCache({ hooks })
    cache.set('key', 'value')
    take()
    for (const name of ['size', 'keys', 'values', 'entries', 'getStats', 'prune', 'resetStats']) {
      cache[name]()
    }
    assert.deepEqual(take(), [])
  })

  test('session auditing as documented: created, expired and destroyed sessions', () => {
    const log = []
    const sessions = new MemoryCache({
      maxSize: 10_000,
      ttl: 30 * 60 * 1000,
      hooks: {
        onSet: ({ key, value, isUpdate }) => isUpdate || log.push(['created', key, value.userId]),
        onExpire: ({ key, value }) => log.push(['expired', key, value?.userId]),
        onDelete: ({ key, value, source }) => log.push(['destroyed', key, value?.userId, source]),
      },
    })
    sessions.set('s1', { userId: 'u1' })
    sessions.set('s1', { userId: 'u1', renewed: true })
    sessions.set('s2', { userId: 'u2' })
    sessions.delete('s2')
    clock.advance(30 * 60 * 1000 + 1)
    assert.equal(sessions.get('s1'), undefined)
    assert.deepEqual(log, [
      ['created', 's1', 'u1'],
      ['created', 's2', 'u2'],
      ['destroyed', 's2', 'u2', 'delete'],
      ['expired', 's1', 'u1'],
    ])
  })
})
