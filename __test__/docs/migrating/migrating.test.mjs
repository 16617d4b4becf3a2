// The tables of docs/guide/migrating hold: what stands on the left is tried with the package that a program comes from, what stands
// on the right with this one, each with caches that have been through the same. Both must do the same, unless a note says what differs.
// What must not live here: what notes say, which is in notes.test.mjs, and what a package does beyond these tables, which is in
// __test__/contract/ and __test__/extended/.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { evaluate, ignore, later, NodeCache, pages, rowOf, rowsOf } from './tables.mjs'

/** What caches have been through before a call. */
const pasts = {
  full: ({ write }) => write('a', 'b', 'c'),
  empty: ignore,
  'half expired': async ({ write, lives }) => {
    await write('a')
    await lives(0.7)
    await write('b', 'c')
    await lives(0.7)
  },
  expired: async ({ write, lives }) => {
    await write('a', 'b', 'c')
    await lives(1.5)
  },
  aged: async ({ write, lives }) => {
    await write('a', 'b', 'c')
    await lives(0.5)
  },
  used: async ({ write, use }) => {
    await write('a', 'b', 'c')
    await use('a')
  },
}

const always = Object.keys(pasts)
const whenExpired = ['half expired', 'expired']

/**
 * Where rows with a note differ, and that they differ nowhere else. Of the others the notes tell of what these calls do not show, or
 * of results whose form differs; `stored` are those after which the caches hold the same all the same.
 */
const differing = {
  'lru-cache': {
    "cache.set('a', 2)": [],
    "cache.set('a', 2, { ttl: 1000 })": [],
    "cache.set('a', 2, { noUpdateTTL: true })": whenExpired,
    'cache.size': whenExpired,
    "cache.getRemainingTTL('a')": whenExpired,
    'cache.find((value) => value > 1)': [],
    'cache.pop()': whenExpired,
    "cache.fetch('x')": [],
    "cache.fetch('a', { forceRefresh: true })": [],
    "cache.fetch('x', { signal })": [],
    stored: ["cache.set('a', undefined)", 'cache.purgeStale()', 'cache.load(cache.dump())'],
  },
  'node-cache': {
    'cache.keys()': [...whenExpired, 'used'],
    "cache.ttl('a')": [],
    "cache.ttl('a', 0)": [],
    "cache.ttl('a', -1)": whenExpired,
    stored: [
      "cache.set('a', 2)",
      "cache.set('a', 2, 10)",
      "cache.set('a', 2, -1)",
      "cache.set('a', 2, '10')",
      "cache.mset([{ key: 'x', val: 1 }, { key: 'y', val: 2 }])",
      "cache.mset([{ key: 'x', val: 1, ttl: 10 }])",
      "cache.del('a')",
      "cache.del(['a', 'x'])",
      'cache.flushAll()',
    ],
  },
  memorystore: {
    "store.get('x', callback)": [],
    'store.length(callback)': whenExpired,
    stored: ["store.destroy(['a', 'b'])", 'store.prune()'],
  },
}

/** The outcome of a call, whether it returns, resolves or calls back, what it logs, and what is in the cache then. */
async function outcome(code, { names: own, ...side }, cache) {
  const logged = []
  const result = await new Promise((resolve, reject) => {
    const callback = (error, value) => resolve(error ?? value)
    const log = (...what) => logged.push(what)
    const returned = evaluate(code, { ...own, cache, store: cache, callback, log })
    if (!code.includes('callback')) Promise.resolve(returned).then(resolve, reject)
  })
  return { result: result === cache ? undefined : result, logged, state: await side.read(cache) }
}

/** The outcomes of both sides of a row, with caches of that past. */
async function outcomes({ before, here, lifetime }, row, past) {
  const sides = [before, here].map((side) => ({ side, cache: side.make() }))
  const each = (call) => Promise.all(sides.map(({ side, cache }) => call(side, cache)))
  await pasts[past]({
    write: (...some) => each((side, cache) => some.forEach((key) => side.write(cache, key))),
    use: (key) => each((side, cache) => side.use(cache, key)),
    lives: (part) => later(lifetime * part),
  })
  const [old, made] = sides
  const expected = await outcome(row.old, before, old.cache)
  const found = await outcome(row.made, here, made.cache)
  // A copy has no other prototype than that of objects.
  return structuredClone({ expected, found })
}

function compare(page, row, past, { expected, found }) {
  const { stored = [], ...places } = differing[page] ?? {}
  const there = row.note ? (places[row.old] ?? always) : []
  if (!there.includes(past)) assert.deepEqual(found, expected)
  else if (places[row.old]) assert.notDeepEqual(found, expected)
  else if (stored.includes(row.old)) assert.deepEqual(found.state, expected.state)
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

for (const [page, sides] of Object.entries(pages)) {
  const { before, here } = sides
  describe(`docs/guide/migrating/${page}.md`, () => {
    test('has rows', () =>
      assert.ok(rowsOf(page, 'Options').length * rowsOf(page, 'Calls').length > 0))

    test('has the rows with a note that are named here', () => {
      const { stored = [], ...places } = differing[page] ?? {}
      for (const old of [...stored, ...Object.keys(places)])
        assert.ok(rowOf(page, 'Calls', old).note)
    })

    for (const row of rowsOf(page, 'Options')) {
      test(`options: ${row.old} is ${row.made}${row.note && `, but: ${row.note}`}`, async () => {
        const old = evaluate(row.old, before.names)
        const made = evaluate(row.made, here.names)
        if (!row.note) assert.deepEqual(await traits(made, here), await traits(old, before))
      })
    }

    for (const row of rowsOf(page, 'Calls')) {
      for (const past of always) {
        test(`calls, ${past}: ${row.old} is ${row.made}${row.note && `, but: ${row.note}`}`, async () =>
          compare(page, row, past, await outcomes(sides, row, past)))
      }
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
