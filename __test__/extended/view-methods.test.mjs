// Methods of views as functions: what they look like, and that none depends on another that somebody has replaced,
// for both kinds of cache. What the methods do is in the specs of namespaces.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryCache, SharedMemoryCache } from 'native-memory-cache'

const KINDS = {
  MemoryCache: () => new MemoryCache(),
  SharedMemoryCache: () => new SharedMemoryCache({ name: 'methods of views' }),
}

// What a whole cache alone has.
const OF_WHOLE = new Set(['constructor', 'dump', 'load', 'save', 'restore'])

const methodsOf = ({ constructor: { prototype } }) =>
  Reflect.ownKeys(prototype).filter(
    (key) => typeof Object.getOwnPropertyDescriptor(prototype, key).value === 'function',
  )

for (const [kind, open] of Object.entries(KINDS)) {
  test(`a view of a ${kind} has its methods, with their names and numbers of parameters`, (t) => {
    const cache = open()
    t.after(() => cache.close())
    const view = cache.withNamespace('v:')
    const shape = (holder, key) => [holder[key].name, holder[key].length]
    const keys = methodsOf(cache).filter((key) => !OF_WHOLE.has(key) && typeof key === 'string')
    assert.ok(keys.length > 25)
    for (const key of keys) assert.deepEqual(shape(view, key), shape(cache, key), key)
  })

  test(`values() of a view of a ${kind} does not depend on a replaced entries()`, (t) => {
    const cache = open()
    t.after(() => cache.close())
    const view = cache.withNamespace('v:')
    view.set('a', 1)
    cache.set('b', 2)
    view.entries = () => assert.fail('it is replaced')
    assert.deepEqual(view.values(), [1])
  })
}
