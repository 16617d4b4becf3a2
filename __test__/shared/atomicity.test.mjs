// Four threads and more at once on one store: every operation is one step, and all of them together could
// have happened one after another. Prints the seed of the random operations.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseSeed, openShared, recorder, sharedNumbers, until } from './support.mjs'
import { runWorkers } from './workers.mjs'

const THREADS = 4
const SEED = chooseSeed('THREADS_SEED')

/** Options for workers that begin together on one store, which the test has open as well. */
function together(t, options, further = {}) {
  const cache = openShared(t, options)
  const gate = sharedNumbers(2)
  return { cache, options: { name: cache.name, gate, ...further } }
}

for (const shards of [1, 16]) {
  const where = `(${shards} shards)`

  test(`increments of all threads add up ${where}`, async (t) => {
    const operations = 6_000
    const { cache, options } = together(t, { maxSize: 0, shards }, { operations })
    const results = await runWorkers(THREADS, 'increment', options)
    const once = (operations / 3) * (1 + 2 + 3)
    assert.equal(cache.get('counter'), THREADS * once)
    let others = 0
    for (let i = 0; i < 7; i++) others += cache.get(`counter ${i}`)
    assert.equal(others, -THREADS * operations)
    // Each sum was returned once: no two threads saw the same one.
    const sums = results.flatMap((result) => result.sums)
    assert.equal(new Set(sums).size, sums.length)
    assert.ok(results.every(({ rises }) => rises))
  })

  test(`updates of eight threads lose nothing ${where}`, async (t) => {
    const operations = 1_500
    const { cache, options } = together(t, { maxSize: 0, shards }, { operations })
    const results = await runWorkers(8, 'update', options)
    assert.deepEqual(cache.get('counter'), { sum: 8 * operations, text: 'some text' })
    // Each sum was stored once: what was returned is what the store held.
    const sums = new Set(results.flatMap((result) => result.sums))
    assert.equal(sums.size, 8 * operations)
    assert.equal(cache.get('short') ?? 0, (8 * operations) % 7)
    const again = results.reduce((total, result) => total + result.again, 0)
    t.diagnostic(`${again} calls anew`)
  })

  test(`incrementEntry of eight threads adds up, and one has started it ${where}`, async (t) => {
    const operations = 4_000
    const { cache, options } = together(t, { maxSize: 0, shards }, { operations })
    const outcomes = (await runWorkers(8, 'incrementEntry', options)).flat()
    assert.equal(cache.get('counter'), 8 * operations)
    assert.equal(cache.get('by either'), 8 * operations)
    assert.equal(new Set(outcomes.map(({ value }) => value)).size, outcomes.length)
    const first = outcomes.filter(({ created }) => created)
    assert.deepEqual(
      first.map(({ value }) => value),
      [1],
    )
    assert.ok(outcomes.every(({ remainingTtl }) => remainingTtl > 0 && remainingTtl <= 3_600_000))
  })

  test(`exactly one setIfAbsent of a key wins ${where}`, async (t) => {
    const operations = 4_000
    const { cache, options } = together(t, { maxSize: 0, shards }, { operations })
    const wins = await runWorkers(THREADS, 'setIfAbsent', options)
    const winners = new Map()
    for (const [id, won] of wins.entries()) {
      for (const i of won) {
        assert.equal(winners.has(i), false, `two won key:${i}`)
        winners.set(i, id)
      }
    }
    assert.equal(winners.size, operations)
    for (const [key, id] of cache.entries()) {
      assert.equal(winners.get(Number(key.slice(4))), id, `the value of ${key} is the winner's`)
    }
  })

  test(`each value is taken exactly once and whole ${where}`, async (t) => {
    const operations = 1_500
    const { cache, options } = together(t, { maxSize: 0, shards }, { operations })
    const results = await runWorkers(THREADS, 'takeAndPut', options)
    const taken = results.flatMap((result) => result.taken)
    const left = cache.values().map(({ id, n }) => `${id}:${n}`)
    const all = Array.from({ length: THREADS }, (_, id) =>
      Array.from({ length: operations }, (_value, i) => `${id}:${i}`),
    ).flat()
    assert.deepEqual([...taken, ...left].toSorted(), all.toSorted())
    assert.equal(
      results.reduce((sum, { torn }) => sum + torn, 0),
      0,
    )
  })

  test(`reads see whole values that never go back in time ${where} (THREADS_SEED=${SEED})`, async (t) => {
    const operations = 3_000
    const { cache, options } = together(t, { maxSize: 0, shards }, { operations, seed: SEED })
    const outcomes = await runWorkers(THREADS, 'readAndWrite', options)
    for (const { torn, wentBack, foreign, hits } of outcomes) {
      assert.deepEqual({ torn, wentBack, foreign }, { torn: 0, wentBack: 0, foreign: 0 })
      assert.ok(hits > operations / 2, `${hits} hits`)
    }
    const { hits, misses } = cache.getStats()
    assert.equal(hits + misses, THREADS * operations)
  })
}

/** The sequential cache that the events of a store describe. */
class Model {
  constructor(maxSize) {
    this.maxSize = maxSize
    // Oldest first.
    this.entries = new Map()
    this.evictions = 0
  }

  see(hook, { key, value, isUpdate }) {
    const known = this.entries.has(key)
    if (hook === 'onSet') {
      assert.equal(isUpdate, known, `isUpdate of ${key}`)
      this.entries.delete(key)
      this.entries.set(key, value)
      assert.ok(this.entries.size <= this.maxSize, 'room was made before')
      return
    }
    assert.ok(known, `${hook} of ${key}, which is not there`)
    assert.equal(value, this.entries.get(key), `${hook} has the value that was there`)
    if (hook === 'onEvict') {
      this.evictions++
      assert.equal(this.entries.size, this.maxSize, 'only a full cache evicts')
      assert.equal(key, this.entries.keys().next().value, 'the least recently written goes')
    }
    this.entries.delete(key)
  }
}

test(`what four threads do is a sequence that a model can follow (THREADS_SEED=${SEED})`, async (t) => {
  const operations = 3_000
  const maxSize = 40
  const record = recorder(['onSet', 'onEvict', 'onExpire', 'onDelete'])
  const { cache, options } = together(
    t,
    { maxSize, shards: 1, hooks: record.hooks },
    { operations, seed: SEED },
  )
  await runWorkers(THREADS, 'change', options)
  // The subscriber itself has done nothing so far: the events of others are all there are.
  openShared(t, { name: cache.name }).set('marker', 0)
  const events = []
  await until(() => {
    events.push(...record.take())
    return events.at(-1)?.[1].key === 'marker'
  })
  assert.equal(cache.getMetrics().allDroppedEvents, 0)

  const model = new Model(maxSize)
  for (const [hook, context] of events) model.see(hook, context)
  assert.deepEqual(cache.entries(), [...model.entries])
  assert.ok(events.length > operations)
  assert.ok(model.evictions > 100, `${model.evictions} evictions`)
  assert.equal(cache.getStats().evictions, model.evictions)
})
