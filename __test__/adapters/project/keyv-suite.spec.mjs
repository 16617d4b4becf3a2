// The published test suite for stores of Keyv, on both kinds of cache. What must not live here: tests of our own,
// which are in keyv.spec.mjs.
import keyvTestSuite, { keyvIteratorTests } from '@keyv/test-suite'
import { Keyv } from 'keyv'
import { KeyvStore } from 'native-memory-cache/keyv'
import * as test from 'vitest'
import { kinds } from './stores.mjs'

for (const [kind, create] of Object.entries(kinds)) {
  test.describe(`Keyv on a ${kind}`, () => {
    const cache = create({ maxSize: 0, ttl: 0 })
    const store = () => new KeyvStore({ cache })
    keyvTestSuite(test, Keyv, store)
    keyvIteratorTests(test, Keyv, store)
  })
}
