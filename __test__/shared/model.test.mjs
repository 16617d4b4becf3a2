// Long random operation sequences on a SharedMemoryCache of one shard and on its model, in one thread: every
// outcome, every event with its context, the statistics and the order of keys after each operation must be
// equal. The model is in model.mjs, what surrounds both in worlds.mjs.
//
//   DIFFERENTIAL_SEED=12345 DIFFERENTIAL_RUNS=1 node --test __test__/shared/model.test.mjs

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedMemoryCache } from 'native-memory-cache'
import { cutKeys } from '../../lib/common/keys.js'
import native from '../../lib/common/native.js'
import { kState } from '../../lib/shared-memory-cache/handle.js'
import { callHooks } from '../extended/channels.mjs'
import { compareRuns } from '../extended/comparison.mjs'
import { show } from '../extended/worlds.mjs'
import { generator } from '../native/differential.mjs'
import { SharedModel } from './model.mjs'
import { chooseSeed, freshName, openShared } from './support.mjs'
import { SharedWorld, randomSharedOperation, randomSharedScenario } from './worlds.mjs'

const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 350)
const OPERATIONS = 300
const SEED = chooseSeed('DIFFERENTIAL_SEED')

const ours = {
  open(options, { scenario: { nearCache } }) {
    return new SharedMemoryCache({ ...options, name: freshName('model'), shards: 1, nearCache })
  },
  raw(cache) {
    const { index } = cache[kState]
    const [hits, misses, evictions, expirations, size, bytes] = native.sharedStats(index)
    const [, maxBytes] = native.sharedLimits(index)
    const weight = maxBytes > 0 ? bytes : 0
    const { refreshErrors, staleServed } = cache.getMetrics()
    const counted = { hits, misses, evictions, expirations, size, weight }
    const stats = { ...counted, refreshErrors, staleServed }
    return { keys: cutKeys(native.sharedKeys(index, undefined, 0)), stats }
  },
}

/** Bytes that a store accounts for an entry, for the list of its tags and for a tag. */
function scales(t) {
  const cache = openShared(t, { maxSize: 0, ttl: 0, shards: 1 })
  const known = new Map()
  const remembered = (what, measure) => {
    if (!known.has(what)) {
      cache.clear()
      known.set(what, measure())
    }
    return known.get(what)
  }
  const bytesWith = (...written) => {
    const before = cache.getMetrics().bytes
    cache.set(...written)
    return cache.getMetrics().bytes - before
  }
  const entry = (value, key) => {
    const shown = typeof value === 'number' ? '' : `${typeof value} ${show(value)}`
    return remembered(`entry ${show(key)} ${shown}`, () => bytesWith(key, value))
  }
  // Of two entries with the same tags the second takes no more than its list.
  const list = (tags) =>
    remembered(`list ${show(tags)}`, () => {
      cache.set('a', 1, { tags })
      return bytesWith('b', 1, { tags }) - entry(1, 'b')
    })
  const tag = (name) =>
    remembered(
      `tag ${show(name)}`,
      () => bytesWith('a', 1, { tags: [name] }) - entry(1, 'a') - list([name]),
    )
  return { entry, list, tag }
}

/** Of what is open to it the model takes first what `subject` has, of whose events the first `told` are past. */
function firstOf(candidates, shown, events, told) {
  const places = candidates.map((candidate) => events.indexOf(shown(candidate), told))
  const [first] = places.filter((place) => place >= 0).toSorted((a, b) => a - b)
  return candidates[Math.max(0, places.indexOf(first))]
}

const modelOf = (subject, bytesOf) => ({
  open: (options, world) =>
    new SharedModel(options, {
      bytesOf,
      now: () => world.time,
      choose(entries) {
        const shown = ({ key, value }) => `${show(key)} ${show(value)}`
        return firstOf(entries, shown, subject.pruned, world.pruned.length)
      },
      chooseTagged: (keys) => firstOf(keys, (key) => key, subject.tagged, world.tagged.length),
    }),
  raw: (cache) => ({ keys: cache.rawKeys(), stats: cache.rawStats() }),
})

function compare(t, implementation, runs) {
  const bytesOf = scales(t)
  return compareRuns(
    t,
    { runs, operations: OPERATIONS, seed: SEED },
    {
      randomScenario: randomSharedScenario,
      randomOperation: randomSharedOperation,
      worldsOf(scenario) {
        const subject = new SharedWorld(implementation, scenario, generator(scenario.seed))
        const model = new SharedWorld(modelOf(subject, bytesOf), scenario, generator(scenario.seed))
        return { subject, model }
      },
    },
  )
}

test(`random operations give the model's outcomes, events and state (seed ${SEED})`, async (t) => {
  const operations = await compare(t, ours, RUNS)
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
  if (process.env.DIFFERENTIAL_RUNS === undefined) assert.ok(operations >= 100_000)
})

test(`subscribers of all channels are told what hooks are told, and change nothing (seed ${SEED})`, async (t) => {
  const told = new WeakMap()
  callHooks(t, (cache) => told.get(cache))
  const observed = {
    ...ours,
    open({ hooks, ...options }, world) {
      const cache = ours.open(options, world)
      told.set(cache, hooks)
      return cache
    },
  }
  const operations = await compare(t, observed, Math.ceil(RUNS / 3))
  t.diagnostic(`${operations} operations compared, seed ${SEED}`)
})
