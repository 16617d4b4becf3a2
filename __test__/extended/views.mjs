// Views against a cache of their own: the same random operations on a view, whose cache others use too, and
// on a MemoryCache. What is expected beyond that they agree is in the specs.

import assert from 'node:assert/strict'
import { MemoryCache } from 'native-memory-cache'
import { clock } from '../contract/support.mjs'
import { generator } from '../native/differential.mjs'

export const PREFIXES = ['a:', '', '*', 'a*b:', '__proto__', '\ud83d', 'Ł:', 'x'.repeat(50)]

// Keys of others that come near to those of the views.
const others = (prefix) => {
  if (prefix === '') return []
  const near = [prefix.slice(0, -1), `${prefix.slice(0, -1)}!`, `!${prefix}`, prefix.toUpperCase()]
  near.push(prefix.replaceAll('*', 'any'), `${prefix.slice(0, -1)}\ude00`)
  return [...new Set(near)].filter((key) => !key.startsWith(prefix))
}

const KEYS = [
  '',
  'a',
  'b',
  'a:1',
  'a:2',
  'b:1',
  '*',
  '__proto__',
  '\ud800',
  '\ude00',
  'Łk',
  'a'.repeat(45),
]
const PATTERNS = ['*', '', 'a*', '*1', 'a:*', '**', '*:*', '\\*', '*\ude00', 'none*', 'a']
const TTLS = [undefined, 5, 50, { ttl: 20 }, { ttl: 0 }, 0]

const byKey = (entries) => [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))

/** What is known of an entry, without what the kinds of caches weigh. */
const facts = (info) => info && { ...info, weight: 0 }

const OPERATIONS = {
  set: (cache, { key, value, ttl }) => cache.set(key, value, ttl),
  get: (cache, { key }) => cache.get(key),
  has: (cache, { key }) => cache.has(key),
  peek: (cache, { key }) => cache.peek(key),
  take: (cache, { key }) => cache.take(key),
  touch: (cache, { key, ms }) => cache.touch(key, ms),
  getRemainingTTL: (cache, { key }) => cache.getRemainingTTL(key),
  info: (cache, { key }) => facts(cache.info(key)),
  delete: (cache, { key }) => cache.delete(key),
  deleteAsync: (cache, { key }) => cache.deleteAsync(key),
  getOrSet: (cache, { key, value, ms }) => cache.getOrSet(key, () => value, { ttl: ms }),
  clear: (cache) => cache.clear(),
  deleteByPrefix: (cache, { key }) => cache.deleteByPrefix(key),
  deleteByMagicString: (cache, { pattern }) => cache.deleteByMagicString(pattern),
  size: (cache) => cache.size(),
  keys: (cache) => cache.keys(),
  values: (cache) => cache.values(),
  entries: (cache) => cache.entries(),
  'size in getStats': (cache) => cache.getStats().size,
  scan: (cache, { pattern }) => byKey(cache.scan(pattern)),
  'scan of all': (cache) => byKey(cache.scan()),
  forEach(cache) {
    const seen = []
    cache.forEach((value, key, itself) => seen.push([key, value, itself === cache]))
    return seen
  },
  'a view of the view': (cache, { key, pattern }) => {
    const nested = cache.withNamespace(key)
    return [
      nested.keys(),
      nested.size(),
      byKey(nested.scan(pattern)),
      nested.deleteByMagicString(pattern),
    ]
  },
}

// Others come often, so that there is something to be seen.
const NAMES = [...Object.keys(OPERATIONS), ...Array.from({ length: 20 }, () => 'set')]

/** `cache` lists in the order of use; `events` and `expectedEvents` take what hooks have noted. */
export async function compare({ cache, reference, prefix, random, steps, events, expectedEvents }) {
  const foreign = others(prefix)
  for (const key of foreign) cache.set(key, key, { ttl: 0 })
  events?.()
  const view = cache.withNamespace(prefix)
  for (let step = 0; step < steps; step++) {
    const given = {
      key: random.pick(KEYS),
      value: step,
      ttl: random.pick(TTLS),
      ms: random.pick([undefined, 0, 10, 100]),
      pattern: random.pick(PATTERNS),
    }
    const name = random.pick(NAMES)
    const what = `step ${step}, ${name} within ${JSON.stringify(prefix)}: ${JSON.stringify(given)}`
    const operation = OPERATIONS[name]
    assert.deepEqual(await operation(view, given), await operation(reference, given), what)
    if (events)
      assert.deepEqual(ordered(stripped(events(), prefix)), ordered(expectedEvents()), what)
    for (const key of foreign) assert.equal(cache.peek(key), key, what)
    if (random.chance(0.2)) clock.advance(random.int(30))
  }
  assert.deepEqual(view.entries(), reference.entries())
  assert.equal(cache.size(), reference.size() + foreign.length)
}

// What expires at the same time goes in an order that depends on the lifetimes of others.
function ordered(all) {
  const isPruned = ([, { source }]) => source === 'prune'
  const byName = ([, one], [, other]) => (one.key < other.key ? -1 : 1)
  return [...all.filter(isPruned).toSorted(byName), ...all.filter((event) => !isPruned(event))]
}

function stripped(all, prefix) {
  return all.map(([hook, context]) => {
    assert.ok(context.key.startsWith(prefix), `${hook} gets whole keys`)
    return [hook, { ...context, key: context.key.slice(prefix.length) }]
  })
}

/** Runs through all prefixes; `open` makes a cache of one shard with options like those of the reference. */
export async function compareAll(open, { runs = 4, steps = 400, seed, recorder } = {}) {
  for (let run = 0; run < runs; run++) {
    for (const [index, prefix] of PREFIXES.entries()) {
      clock.install()
      const options = { maxSize: 0, ttl: run % 2 === 0 ? 40 : 0 }
      const [own, expected] = recorder ? [recorder(), recorder()] : []
      await compare({
        cache: open({ ...options, ...(own && { hooks: own.hooks }) }),
        reference: new MemoryCache({ ...options, ...(expected && { hooks: expected.hooks }) }),
        prefix,
        random: generator(seed + run * PREFIXES.length + index),
        steps,
        events: own?.take,
        expectedEvents: expected?.take,
      })
    }
  }
}
