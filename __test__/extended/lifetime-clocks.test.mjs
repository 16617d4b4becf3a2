// Lifetimes of single entries under clocks that do not stand still: the genuine one, and one that moves
// at every reading. What happens to values of entries that have expired is here, too. Needs --expose-gc.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { untilCollected } from '../shared/support.mjs'
import { MemoryCache, clock, spin } from './support.mjs'

const HOOKS = [undefined, {}, { onExpire() {} }, { onSet() {} }]

test('own lifetimes go by the genuine clock where that is in force', () => {
  for (const ttl of [0, 1_000_000]) {
    for (const hooks of [undefined, { onExpire() {} }]) {
      const cache = new MemoryCache({ ttl, maxSize: 3, hooks })
      cache.set('cache’s', 1)
      const before = Date.now()
      cache.set('short', 1, 3)
      const after = Date.now()
      cache.set('until', 1, { expiresAt: Date.now() + 500_000 })
      cache.set('past', 1, { expiresAt: Date.now() })
      for (;;) {
        const looked = Date.now()
        if (!cache.has('short')) break
        assert.ok(looked - after <= 3)
      }
      assert.ok(Date.now() - before > 3)
      cache.set('short', 1, 1)
      spin(3)
      cache.set('new', 1, { ttl: 500_000 })
      assert.deepEqual(cache.keys(), ['cache’s', 'until', 'new'])
      const { evictions, expirations } = cache.getStats()
      assert.deepEqual([evictions, expirations], [0, 2])
    }
  }
})

test('an entry expires exactly when expiresAt says, whenever the genuine clock moves', () => {
  for (const hooks of HOOKS) {
    const cache = new MemoryCache({ ttl: 1_000, maxSize: 2, hooks })
    const end = Date.now() + 20
    for (let i = 0; Date.now() < end; i++) {
      const key = `key:${i % 5}`
      const expiresAt = end + 1_000 + i
      cache.set(key, i, { expiresAt })
      assert.equal(cache.info(key).expiresAt, expiresAt)
    }
  }
})

test('an entry expires exactly when expiresAt says, although each look at the clock moves it', (t) => {
  t.after(() => clock.restore())
  for (const hooks of HOOKS) {
    clock.install()
    Date.now = () => clock.now++
    const cache = new MemoryCache({ ttl: 1_000, maxSize: 2, hooks })
    for (let i = 0; i < 10; i++) {
      const expiresAt = clock.now + 500
      cache.set(`key:${i % 5}`, i, { expiresAt })
      assert.equal(cache.info(`key:${i % 5}`).expiresAt, expiresAt)
    }
  }
})

test('a hook that takes its time while room is made does not keep an entry from being pruned', (t) => {
  clock.install()
  t.after(() => clock.restore())
  const hooks = {
    onEvict() {
      clock.advance(5)
      if (!cache.has('inner')) cache.set('inner', 1, 50)
    },
  }
  const cache = new MemoryCache({ ttl: 0, maxSize: 2, hooks })
  for (const key of ['a', 'b']) cache.set(key, 1)
  cache.set('key', 1, { expiresAt: clock.now + 50 })
  assert.equal(cache.info('key').expiresAt, clock.start + 50)
  clock.set(clock.start + 51)
  assert.equal(cache.prune(), 1)
  assert.deepEqual(cache.keys(), ['inner'])
})

test('an entry whose time passes in a hook while room is made for it is not stored', (t) => {
  clock.install()
  t.after(() => clock.restore())
  const told = []
  const cache = new MemoryCache({
    ttl: 0,
    maxSize: 1,
    hooks: {
      onEvict: ({ key }) => {
        told.push(`evict ${key}`)
        clock.advance(5)
      },
      onExpire: ({ key, source }) => told.push(`expire ${key} ${source}`),
      onSet: ({ key }) => told.push(`set ${key}`),
    },
  })
  cache.set('old', 1)
  cache.set('key', 1, { expiresAt: clock.now + 5 })
  assert.deepEqual(told, ['set old', 'evict old'])
  assert.deepEqual([cache.size(), cache.getStats().expirations], [0, 0])
})

test('the value of an entry written until a time in the past is released, as that of the write', async () => {
  for (const hooks of HOOKS) {
    const cache = new MemoryCache({ ttl: 1_000, hooks })
    const references = (() => {
      const values = [{}, {}]
      cache.set('key', values[0])
      cache.set('key', values[1], { expiresAt: 0 })
      return values.map((value) => new WeakRef(value))
    })()
    await untilCollected(() => references.every((reference) => reference.deref() === undefined))
    assert.equal(cache.size(), 0)
  }
})
