// The published test suite for drivers of BentoCache, on both kinds of cache. What must not live here: tests of our
// own, which are in bentocache.spec.mjs.
import { test } from '@japa/runner'
import { registerCacheDriverTestSuite } from 'bentocache/test_suite'
import { bentocacheDriver } from 'native-memory-cache/bentocache'
import { kinds } from './stores.mjs'

for (const [kind, create] of Object.entries(kinds)) {
  const { factory } = bentocacheDriver({ cache: create() })
  test.group(`BentoCache on a ${kind}`, (group) => {
    const createDriver = (options) => factory({ prefix: 'japa', ...options })
    registerCacheDriverTestSuite({ test, group, createDriver })
  })
}
