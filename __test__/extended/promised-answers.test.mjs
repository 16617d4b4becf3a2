// Functions among the options of getOrSet that return promises where values are wanted.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'
import { reactive } from '../contract/membranes.mjs'
import { MemoryCache } from './support.mjs'

const KINDS = {
  'a MemoryCache': () => new MemoryCache(),
  'a MemoryCache behind a proxy': () => reactive(new MemoryCache()),
  'a view': () => new MemoryCache().withNamespace('view:'),
  'a SharedMemoryCache': (t) => {
    const cache = new SharedMemoryCache({ name: `answers ${Math.random()}` })
    t.after(() => SharedMemoryCache.destroy(cache.name))
    return cache
  },
}

const ANSWERS = {
  'a promise': () => Promise.resolve(false),
  'a promise that rejects': () => Promise.reject(new Error('of the promise')),
  'another thenable': () => ({ then: (_resolve, reject) => reject(new Error('of the thenable')) }),
}

const REFUSALS = {
  shouldCache: /^getOrSet: shouldCache must return a boolean, received /,
  ttl: /^getOrSet: ttl must be a non-negative number, received /,
  tags: /^getOrSet: tags must be an array of strings, received /,
}

for (const [kind, open] of Object.entries(KINDS)) {
  describe(`getOrSet of ${kind}`, () => {
    for (const [name, message] of Object.entries(REFUSALS)) {
      for (const [what, answer] of Object.entries(ANSWERS)) {
        test(`rejects where ${name} returns ${what}, whose rejection is nobody's`, async (t) => {
          const unhandled = []
          const note = (error) => unhandled.push(error)
          process.on('unhandledRejection', note)
          t.after(() => process.off('unhandledRejection', note))
          const cache = open(t)
          await assert.rejects(
            cache.getOrSet('k', async () => 'value', { [name]: answer }),
            { name: 'TypeError', message },
          )
          await turn()
          assert.equal(cache.has('k'), false)
          assert.deepEqual(unhandled, [])
        })
      }
    }

    test('takes what is no promise for true or false', async (t) => {
      const cache = open(t)
      for (const answer of [1, 'yes', {}, Number.NaN, 0, '', null, undefined]) {
        await cache.getOrSet('k', () => 'value', { shouldCache: () => answer })
        assert.equal(cache.delete('k'), Boolean(answer))
      }
    })
  })
}
