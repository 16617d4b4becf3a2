// The tables of docs/guide/migrating hold: what stands on the left is tried with the package that a program comes from, what stands
// on the right with this one, and both must do the same, unless a note says what differs.
// What must not live here: what a package does beyond these tables, which is in __test__/contract/ and __test__/extended/.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, beforeEach, describe, mock, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createProject } from '../../adapters/installation.mjs'
import { root } from '../../consumers/release.mjs'

const { folder } = await createProject(
  '../docs/migrating/',
  fileURLToPath(new URL('project/', import.meta.url)),
)
after(() => rmSync(folder, { recursive: true, force: true }))

const require = createRequire(join(folder, 'package.json'))
const session = require('express-session')
const { MemoryCache, memoize } = require('native-memory-cache')
const { LRUCache } = require('lru-cache')
const NodeCache = require('node-cache')
const { ExpressSessionStore } = require('native-memory-cache/express-session')
const published = await import(pathToFileURL(require.resolve('@humanspeak/memory-cache')))

const ignore = () => {}
const load = async (key) => `${key} was loaded`

/** What the cells of a row may name, beside the cache that it is about and the log of what it was told. */
const names = {
  DAY: 24 * 60 * 60 * 1000,
  ExpressSessionStore,
  fetchMethod: load,
  LRUCache,
  memoize,
  MemoryCache,
  memoMethod: (key) => `${key} was made`,
  MemoryStore: require('memorystore')(session),
  NodeCache,
  onDelete: ignore,
  onEvict: ignore,
  onExpire: ignore,
  session: { cookie: { originalMaxAge: null }, user: 'grace' },
  signal: new AbortController().signal,
  sizeCalculation: () => 100,
}

function evaluate(code, more) {
  const scope = { ...names, ...more }
  return new Function(...Object.keys(scope), `return (${code})`)(...Object.values(scope))
}

let now
beforeEach(() => {
  now = 1_700_000_000_000
  mock.method(Date, 'now', () => now)
  mock.method(performance, 'now', () => now)
  return () => mock.restoreAll()
})

/** Some packages keep the time that they have read for a turn of the event loop. */
async function later(ms) {
  now += ms
  await pause(3)
}

const keys = ['a', 'b', 'c']
const ofMemoryCache = {
  fill: (cache) => keys.forEach((key, i) => cache.set(key, i + 1)),
  read: (cache) => Object.fromEntries(cache.entries()),
}
const ofStore = {
  fill: (store) =>
    keys.forEach((key) => store.set(key, { cookie: { originalMaxAge: null }, user: key })),
  read: (store) => new Promise((resolve) => store.all((_, all) => resolve({ ...all }))),
}

const pages = {
  'humanspeak-memory-cache': {
    before: {
      ...ofMemoryCache,
      make: () => new published.MemoryCache(),
      names: { MemoryCache: published.MemoryCache },
    },
    here: { ...ofMemoryCache, make: () => new MemoryCache() },
  },
  'lru-cache': {
    before: {
      ...ofMemoryCache,
      make: () => new LRUCache({ max: 100, fetchMethod: load, memoMethod: names.memoMethod }),
    },
    here: { ...ofMemoryCache, make: () => new MemoryCache({ maxSize: 100, ttl: 0 }) },
  },
  'node-cache': {
    before: {
      ...ofMemoryCache,
      make: () => new NodeCache(),
      read: ({ data }) => Object.fromEntries(Object.entries(data).map(([key, { v }]) => [key, v])),
    },
    here: { ...ofMemoryCache, make: () => new MemoryCache({ maxSize: 0, ttl: 0 }) },
  },
  memorystore: {
    before: { ...ofStore, make: () => new names.MemoryStore({}) },
    here: {
      ...ofStore,
      make: () => new ExpressSessionStore({ cache: { maxSize: 0, ttl: names.DAY } }),
    },
  },
}

/** The rows of the tables below a heading. */
function rowsOf(page, heading) {
  const text = readFileSync(join(root, 'docs', 'guide', 'migrating', `${page}.md`), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  return [...section.split('\n## ')[0].matchAll(/^\| `(.+?)` +\| `(.+?)` +\|(.*)\|$/gm)].map(
    ([, old, made, note]) => ({ old, made, note: note.trim() }),
  )
}

/** The outcome of a call, whether it returns, resolves or calls back, and what is in the cache then. */
async function outcome(code, { names: own, ...side }, cache) {
  const result = await new Promise((resolve, reject) => {
    const callback = (error, value) => resolve(error ?? value)
    const returned = evaluate(code, { ...own, cache, store: cache, callback })
    if (!code.includes('callback')) Promise.resolve(returned).then(resolve, reject)
  })
  return { result: result === cache ? undefined : result, state: await side.read(cache) }
}

/** What can be seen of a cache that options have made: until when entries live, and how many there are at most. */
async function traits(cache, { read }) {
  const live = []
  const see = () =>
    new Promise((resolve) => {
      const found = cache.get('a', (_, value) => resolve(value !== undefined))
      if (cache.all === undefined) resolve(found !== undefined)
    })
  const value = { cookie: { originalMaxAge: null } }
  cache.set('a', value)
  for (const ms of [30_000, 31_000, 100_000, 24 * 60 * 60 * 1000]) {
    await later(ms)
    live.push(await see())
  }
  for (let i = 0; i < 150; i++) cache.set(`k${i}`, value)
  await later(1)
  return { live, size: Object.keys(await read(cache)).length }
}

for (const [page, { before, here }] of Object.entries(pages)) {
  describe(`docs/guide/migrating/${page}.md`, () => {
    test('has rows', () =>
      assert.ok(rowsOf(page, 'Options').length * rowsOf(page, 'Calls').length > 0))

    for (const row of rowsOf(page, 'Options')) {
      test(`options: ${row.old} is ${row.made}${row.note && `, but: ${row.note}`}`, async () => {
        const old = evaluate(row.old, before.names)
        const made = evaluate(row.made, here.names)
        if (!row.note) assert.deepEqual(await traits(made, here), await traits(old, before))
      })
    }

    for (const row of rowsOf(page, 'Calls')) {
      test(`calls: ${row.old} is ${row.made}${row.note && `, but: ${row.note}`}`, async () => {
        const old = before.make()
        const made = here.make()
        await before.fill(old)
        await here.fill(made)
        const expected = await outcome(row.old, before, old)
        const found = await outcome(row.made, here, made)
        // A copy has no other prototype than that of objects.
        if (!row.note) assert.deepEqual(structuredClone(found), structuredClone(expected))
      })
    }

    for (const row of rowsOf(page, 'Events')) {
      test(`events: ${row.old} is ${row.made}${row.note && `, but: ${row.note}`}`, async () => {
        const told = { old: [], made: [] }
        const old = new NodeCache()
        evaluate(row.old, { cache: old, log: (...what) => told.old.push(what) })
        const made = evaluate(row.made, { log: (...what) => told.made.push(what) })
        old.set('a', 1, 1)
        made.set('a', 1, 1000)
        await later(2000)
        for (const cache of [old, made]) cache.get('a')
        for (const cache of [old, made]) cache.set('b', 2)
        old.del('b')
        made.delete('b')
        for (const cache of [old, made]) cache.set('c', 3)
        old.flushAll()
        made.clear()
        assert.ok(told.old.length * told.made.length > 0)
        if (!row.note) assert.deepEqual(told.made, told.old)
      })
    }
  })
}
