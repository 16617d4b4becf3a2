// One signal for many calls, and signals that are none of Node.js: whoever waits is answered, whatever they do.

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'
import { deferred } from '../contract/support.mjs'
import { MemoryCache } from './support.mjs'

const reason = new Error('the reason')
const noFetch = () => assert.fail('nothing is to be fetched')

/** The same test for both kinds of cache. */
function eachKind(name, declare) {
  test(`${name}, in a MemoryCache`, (t) => declare(new MemoryCache(), t))
  test(`${name}, in a SharedMemoryCache`, async (t) => {
    const cache = new SharedMemoryCache({ name: `signals ${Math.random()}` })
    t.after(() => SharedMemoryCache.destroy(cache.name))
    await declare(cache, t)
  })
}

/** A signal as somebody might write one, with a method replaced. */
function polyfill(replaced) {
  const target = new EventTarget()
  return {
    aborted: false,
    addEventListener: (...args) => target.addEventListener(...args),
    removeEventListener: (...args) => target.removeEventListener(...args),
    dispatchEvent: (event) => target.dispatchEvent(event),
    ...replaced,
  }
}

describe('a signal', () => {
  eachKind(
    'without a method is refused to its caller, and the others are answered',
    async (cache) => {
      for (const missing of ['addEventListener', 'removeEventListener', 'aborted']) {
        const { promise, resolve } = deferred()
        const fetched = cache.getOrSet(missing, () => promise, { timeout: 10_000 })
        const signal = polyfill({ [missing]: undefined })
        await assert.rejects(cache.getOrSet(missing, noFetch, { signal }), {
          name: 'TypeError',
          message: /^getOrSet: signal must be an AbortSignal, received /,
        })
        resolve('value')
        assert.equal(await fetched, 'value')
      }
    },
  )

  eachKind('whose removeEventListener throws keeps nobody from an answer', async (cache) => {
    const { promise, resolve } = deferred()
    const removeEventListener = () => {
      throw reason
    }
    const { signal: genuine } = new AbortController()
    const outcomes = [
      cache.getOrSet('k', () => promise, { signal: polyfill({ removeEventListener }) }),
      cache.getOrSet('k', noFetch, { signal: genuine }),
      cache.getOrSet('k', noFetch),
    ]
    resolve('value')
    assert.deepEqual(await Promise.all(outcomes), ['value', 'value', 'value'])
    assert.deepEqual(getEventListeners(genuine, 'abort'), [])
  })

  eachKind('whose addEventListener throws rejects its call alone', async (cache) => {
    const { promise, resolve } = deferred()
    const addEventListener = () => {
      throw reason
    }
    const fetched = cache.getOrSet('k', () => promise, { timeout: 10_000 })
    await assert.rejects(
      cache.getOrSet('k', noFetch, { signal: polyfill({ addEventListener }) }),
      reason,
    )
    resolve('value')
    assert.equal(await fetched, 'value')
  })

  eachKind('for many calls has one listener, as long as any of them waits', async (cache, t) => {
    const warnings = []
    const note = (warning) => warnings.push(warning.name)
    process.on('warning', note)
    t.after(() => process.off('warning', note))
    const { signal } = new AbortController()
    const fetches = Array.from({ length: 20 }, () => deferred())
    const outcomes = fetches.map(({ promise }, i) =>
      cache.getOrSet(`k${i}`, () => promise, { signal }),
    )
    assert.equal(getEventListeners(signal, 'abort').length, 1)
    for (const [i, { resolve }] of fetches.entries()) {
      if (i === fetches.length - 1) assert.equal(getEventListeners(signal, 'abort').length, 1)
      resolve(i)
      assert.equal(await outcomes[i], i)
    }
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    await turn()
    assert.deepEqual(warnings, [])
    assert.equal(await cache.getOrSet('again', async () => 1, { signal }), 1)
  })

  eachKind(
    'for many calls has all of them leave, and aborts each fetch that nobody waits for',
    async (cache) => {
      const controller = new AbortController()
      const { signal } = controller
      const aborted = []
      const fetcher = (context) => {
        context.signal.addEventListener('abort', () => aborted.push(context.key))
        return new Promise(() => {})
      }
      const outcomes = ['a', 'b', 'c'].map((key) => cache.getOrSet(key, fetcher, { signal }))
      const { promise, resolve } = deferred()
      const kept = cache.getOrSet('kept', () => promise)
      outcomes.push(cache.getOrSet('kept', noFetch, { signal }))
      controller.abort(reason)
      for (const outcome of outcomes) await assert.rejects(outcome, reason)
      assert.deepEqual(aborted, ['a', 'b', 'c'])
      assert.deepEqual(getEventListeners(signal, 'abort'), [])
      resolve('value')
      assert.equal(await kept, 'value')
    },
  )

  test("has all leave, whatever a controller of the user's own throws", async (t) => {
    const thrown = new Error('of the controller')
    const Genuine = globalThis.AbortController
    t.after(() => {
      globalThis.AbortController = Genuine
    })
    globalThis.AbortController = class extends Genuine {
      abort() {
        throw thrown
      }
    }
    const cache = new MemoryCache()
    const listeners = new Set()
    const signal = {
      aborted: false,
      reason,
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
    }
    const fetcher = (context) => {
      assert.equal(context.signal.aborted, false)
      return new Promise(() => {})
    }
    const outcomes = ['a', 'b'].map((key) => cache.getOrSet(key, fetcher, { signal }))
    assert.throws(() => {
      for (const listener of listeners) listener()
    }, thrown)
    for (const outcome of outcomes) await assert.rejects(outcome, reason)
  })
})
