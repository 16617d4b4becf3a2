// The tables of docs/guide/migrating, and what their rows are tried with: the packages that a program may come from beside this one,
// with a clock of the test's own. What must not live here: what the rows are to do.
import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, beforeEach, mock } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createProject } from '../../adapters/installation.mjs'
import { root } from '../../consumers/release.mjs'

const { folder } = await createProject(
  '../docs/migrating/',
  fileURLToPath(new URL('project/', import.meta.url)),
)
after(() => rmSync(folder, { recursive: true, force: true }))

export const require = createRequire(join(folder, 'package.json'))
const session = require('express-session')
export const { MemoryCache, memoize } = require('native-memory-cache')
export const { LRUCache } = require('lru-cache')
export const NodeCache = require('node-cache')
const { ExpressSessionStore } = require('native-memory-cache/express-session')
const published = await import(pathToFileURL(require.resolve('@humanspeak/memory-cache')))

export const ignore = () => {}
export const load = async (key) => `${key} was loaded`
export const DAY = 24 * 60 * 60 * 1000

/** What the cells of a row may name, beside the cache that it is about and the log of what it was told. */
export const names = {
  DAY,
  // Of lru-cache, which changes what it is given: with a live entry, an expired one, and one that never expires.
  get dump() {
    return ['d', 'e', 'f'].map((key, i) => {
      const dumped = {
        value: i + 4,
        ttl: i < 2 ? 60_000 : 0,
        start: Date.now() - i * 70_000 - 20_000,
      }
      return [key, dumped]
    })
  },
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
  shouldCache: (value) => value !== undefined,
  signal: new AbortController().signal,
  sizeCalculation: () => 100,
}

export function evaluate(code, more) {
  const scope = { ...names, ...more }
  const body = code.startsWith('for ') ? code : `return (${code})`
  return new Function(...Object.keys(scope), body)(...Object.values(scope))
}

let now
beforeEach(() => {
  now = 1_700_000_000_000
  mock.method(Date, 'now', () => now)
  mock.method(performance, 'now', () => now)
  return () => mock.restoreAll()
})

/** Some packages keep the time that they have read for a turn of the event loop. */
export async function later(ms) {
  now += ms
  await pause(3)
}

const keys = ['a', 'b', 'c']
const ofMemoryCache = {
  write: (cache, key) => cache.set(key, keys.indexOf(key) + 1),
  use: (cache, key) => cache.get(key),
  // Each value with the time that it has left.
  read: (cache) =>
    Object.fromEntries(
      Array.from(cache.entries(), ([key, value]) => [key, [value, cache.getRemainingTTL(key)]]),
    ),
}
const ofPublished = { ...ofMemoryCache, read: (cache) => Object.fromEntries(cache.entries()) }
const ofStore = {
  write: (store, key) => store.set(key, { cookie: { originalMaxAge: null }, user: key }),
  use: (store, key) => store.get(key, ignore),
  read: (store) => new Promise((resolve) => store.all((_, all) => resolve({ ...all }))),
}

function readNodeCache({ data }) {
  const live = Object.entries(data).filter(([, { t }]) => t === 0 || t >= Date.now())
  return Object.fromEntries(
    live.map(([key, { t, v }]) => [key, [v, t === 0 ? Infinity : t - Date.now()]]),
  )
}

/** What a row's sides are tried with: caches whose entries live for `lifetime`. */
export const pages = {
  'humanspeak-memory-cache': {
    lifetime: 300_000,
    before: {
      ...ofPublished,
      make: () => new published.MemoryCache(),
      names: { MemoryCache: published.MemoryCache },
    },
    here: { ...ofPublished, make: () => new MemoryCache() },
  },
  'lru-cache': {
    lifetime: 60_000,
    before: {
      ...ofMemoryCache,
      make: () =>
        new LRUCache({ max: 100, ttl: 60_000, fetchMethod: load, memoMethod: names.memoMethod }),
    },
    here: {
      ...ofMemoryCache,
      make: () => new MemoryCache({ maxSize: 100, ttl: 60_000, lateFetch: 'discard' }),
    },
  },
  'node-cache': {
    lifetime: 60_000,
    before: { ...ofMemoryCache, make: () => new NodeCache({ stdTTL: 60 }), read: readNodeCache },
    here: { ...ofMemoryCache, make: () => new MemoryCache({ maxSize: 0, ttl: 60_000 }) },
  },
  memorystore: {
    lifetime: DAY,
    before: { ...ofStore, make: () => new names.MemoryStore({}) },
    here: {
      ...ofStore,
      make: () => new ExpressSessionStore({ cache: { maxSize: 0, ttl: DAY } }),
    },
  },
}

/** The rows of the tables below a heading. */
export function rowsOf(page, heading) {
  const text = readFileSync(join(root, 'docs', 'guide', 'migrating', `${page}.md`), 'utf8')
  const [, section = ''] = text.split(`\n## ${heading}\n`)
  return [...section.split('\n## ')[0].matchAll(/^\| `(.+?)` +\| `(.+?)` +\|(.*)\|$/gm)].map(
    ([, old, made, note]) => ({ old, made, note: note.trim() }),
  )
}

/** The row that begins with `old`. */
export function rowOf(page, heading, old) {
  const row = rowsOf(page, heading).find((each) => each.old === old)
  assert.ok(row, `${page}: ${old}`)
  return row
}
