// Contract of when promises settle, counted in microtasks: code that awaits two things at once may rely on which is
// first.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred, eachImplementation, native, published, thenable } from './support.mjs'

/** After how many microtasks a promise settles. */
async function ticksOf(promise) {
  let settled = false
  const note = () => {
    settled = true
  }
  promise.then(note, note)
  for (let ticks = 0; ; ticks++) {
    if (settled) return ticks
    if (ticks > 100) return assert.fail('it never settled')
    await Promise.resolve()
  }
}

const filled = ({ MemoryCache }, value = 1, options = {}) => {
  const cache = new MemoryCache(options)
  cache.set('key', value)
  return cache
}

const fail = () => {
  throw new Error('no value')
}

/** What is awaited, made of a package. */
const AWAITED = {
  'deleteAsync of an entry': (api) => filled(api).deleteAsync('key'),
  'deleteAsync of nothing': (api) => filled(api).deleteAsync('absent'),
  'getOrSet, hit': (api) => filled(api).getOrSet('key', fail),
  'getOrSet, hit of a promise': (api) => filled(api, Promise.resolve(1)).getOrSet('key', fail),
  'getOrSet, hit of a thenable': (api) =>
    filled(
      api,
      thenable((resolve) => resolve(1)),
    ).getOrSet('key', fail),
  'getOrSet, miss, a value': (api) => filled(api).getOrSet('absent', () => 1),
  'getOrSet, miss, an async fetcher': (api) => filled(api).getOrSet('absent', async () => 1),
  'getOrSet, miss, a promise': (api) => filled(api).getOrSet('absent', () => Promise.resolve(1)),
  'getOrSet, miss, a thenable': (api) =>
    filled(api).getOrSet('absent', () => thenable((resolve) => resolve(1))),
  'getOrSet, a fetcher that throws': (api) => filled(api).getOrSet('absent', fail),
  'getOrSet, a fetcher that rejects': (api) =>
    filled(api).getOrSet('absent', () => Promise.reject(new Error('no value'))),
  'getOrSet, joined': (api) => {
    const cache = filled(api)
    const { promise, resolve } = deferred()
    cache.getOrSet('absent', () => promise)
    const joined = cache.getOrSet('absent', fail)
    resolve(1)
    return joined
  },
  'getOrSet, joined and rejected': (api) => {
    const cache = filled(api)
    const { promise, reject } = deferred()
    cache.getOrSet('absent', () => promise).catch(() => {})
    const joined = cache.getOrSet('absent', () => 1)
    reject(new Error('no value'))
    return joined
  },
  'getOrSet that cannot be stored': (api) =>
    filled(api, 1, { maxWeight: 1, sizeCalculation: (value) => value }).getOrSet(
      'absent',
      () => -1,
    ),
}

for (const [what, make] of Object.entries(AWAITED)) {
  test(`${what} settles after as many microtasks as in the published package`, async () => {
    const ticks = await ticksOf(make(published))
    assert.ok(ticks > 0)
    assert.equal(await ticksOf(make(native)), ticks)
  })
}

eachImplementation('microtasks', (api) => {
  test('deleteAsync settles two microtasks later than a promise that is there', async () => {
    const order = []
    const note = (what) => () => order.push(what)
    const deleted = filled(api).deleteAsync('key').then(note('deleted'))
    const other = Promise.resolve().then(note(1)).then(note(2)).then(note(3)).then(note(4))
    await Promise.all([deleted, other])
    assert.deepEqual(order, [1, 2, 'deleted', 3, 4])
  })

  test('a joined caller is told no later than the first in a row of its own', async () => {
    const cache = filled(api)
    const order = []
    const { promise, resolve } = deferred()
    const first = cache.getOrSet('absent', () => promise).then(() => order.push('first'))
    const second = cache.getOrSet('absent', fail).then(() => order.push('second'))
    resolve(1)
    await Promise.all([first, second])
    assert.deepEqual(order, ['first', 'second'])
  })
})
