// `deleteByTag` of thousands of tags takes time by what it removes, with hooks and fetches under way, too.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred } from '../contract/support.mjs'
import { MemoryCache } from './support.mjs'

const COUNT = 10_000

// Some tens of milliseconds; all tags looked at for each key or fetch take 20 s.
const MOST_MS = 4_000

const tags = Array.from({ length: COUNT }, (_, i) => `user:${i}`)

function timed(step) {
  const start = performance.now()
  step()
  const took = performance.now() - start
  assert.ok(took < MOST_MS, `it took ${took} ms`)
}

test('each of thousands of entries goes by a tag of its own, and the hook hears of each', () => {
  const told = []
  const hooks = { onDelete: ({ key, source }) => told.push(`${source} ${key}`) }
  const cache = new MemoryCache({ maxSize: 0, hooks })
  tags.forEach((tag, i) => cache.set(`k${i}`, i, { tags: ['other', tag] }))
  timed(() => assert.equal(cache.deleteByTag(tags), COUNT))
  assert.deepEqual(
    told,
    tags.map((_, i) => `deleteByTag k${i}`),
  )
})

test('thousands of fetches under way, with tags and without, are asked for theirs', async () => {
  const cache = new MemoryCache({ maxSize: 0, lateFetch: 'discard' })
  const landings = []
  const begin = (key, options) => {
    const { promise, resolve } = deferred()
    landings.push(() => resolve('late'))
    return cache.getOrSet(key, () => promise, options)
  }
  const fetches = tags.flatMap((tag, i) => [
    begin(`own ${i}`, { tags: [tag] }),
    begin(`other ${i}`, { tags: ['other'] }),
  ])
  timed(() => assert.equal(cache.deleteByTag(tags), 0))
  for (const land of landings) land()
  await Promise.all(fetches)
  assert.equal(cache.size(), COUNT)
  assert.equal(cache.peek('own 7'), undefined)
  assert.equal(cache.peek('other 7'), 'late')
})

test('a hook that gives an entry others of the tags, or all new ones, decides whether it goes', () => {
  let retag = () => {
    retag = undefined
    cache.set('b', 2, { tags: ['y'] })
    cache.set('c', 2, { tags: ['z'] })
  }
  const cache = new MemoryCache({ hooks: { onDelete: () => retag?.() } })
  for (const key of ['a', 'b', 'c']) cache.set(key, 1, { tags: ['x'] })
  assert.equal(cache.deleteByTag(['x', 'y']), 2)
  assert.deepEqual(cache.keys(), ['c'])
})
