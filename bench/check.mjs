// Whether a peer is a cache at all, tried before it is timed: what is fast because it is wrong has
// no place in a table.
// Lives here: what every peer must do with the traits it claims. What this package must do beyond
// that belongs in __test__.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { keyAt, userKeys, valueAt } from './keys.mjs'
import { randomNumbers } from './random.mjs'

const HOUR_MS = 3_600_000
const OPERATIONS = 20_000
const KEYS = 500

const byKey = ([a], [b]) => (a < b ? -1 : 1)

/** Random operations on a cache that has room for all: a Map must agree. */
function agreesWithMap(driver, ttl) {
  const cache = driver.create({ maxSize: KEYS * 2, ttl, deletes: true })
  const expected = new Map()
  const space = userKeys(KEYS)
  const next = randomNumbers()
  for (let i = 0; i < OPERATIONS; i++) {
    const key = keyAt(space, next() % KEYS)
    const action = next() % 8
    if (action < 3) {
      driver.set(cache, key, valueAt(i))
      expected.set(key, valueAt(i))
    } else if (action === 3 && driver.delete) {
      driver.delete(cache, key)
      expected.delete(key)
    } else {
      assert.equal(driver.get(cache, key), expected.get(key), `get after ${i} operations`)
      assert.equal(driver.has(cache, key), expected.has(key), `has after ${i} operations`)
    }
  }

  const wanted = [...expected].toSorted(byKey)
  assert.deepEqual(driver.entries(cache).toSorted(byKey), wanted, 'entries')
  assert.deepEqual(
    driver.keys(cache).toSorted(),
    wanted.map(([key]) => key),
    'keys',
  )
  assert.equal(driver.values(cache).length, wanted.length, 'values')

  driver.clear(cache)
  assert.equal(driver.get(cache, wanted[0][0]), undefined, 'get after clear')
  assert.equal(driver.keys(cache).length, 0, 'keys after clear')
}

function evictsLeastRecentlyUsed(driver, ttl) {
  const size = 100
  const generations = driver.generations ?? 1
  const space = userKeys(size * 10)
  const cache = driver.create({ maxSize: size, ttl })
  for (let i = 0; i < space.size; i++) {
    driver.set(cache, keyAt(space, i), valueAt(i))
    assert.equal(driver.get(cache, keyAt(space, 0)), valueAt(0), `the one that is read, at ${i}`)
  }
  const { length } = driver.keys(cache)
  assert.ok(length >= size && length <= size * generations, `${length} entries of ${size}`)
  assert.equal(driver.get(cache, keyAt(space, 1)), undefined, 'the least recently used')
}

async function expires(driver) {
  const ttl = 30
  const space = userKeys(100)
  for (const wake of ['get', 'has', 'prune']) {
    if (!driver[wake]) continue
    const cache = driver.create({ maxSize: 1000, ttl })
    for (let i = 0; i < space.size; i++) driver.set(cache, keyAt(space, i), valueAt(i))
    await sleep(ttl * 2)
    const key = keyAt(space, 7)
    if (wake === 'prune') driver.prune(cache)
    if (wake === 'has') assert.equal(driver.has(cache, key), false, 'has when expired')
    else assert.equal(driver.get(cache, key), undefined, `${wake} when expired`)
    if (wake === 'prune') assert.equal(driver.keys(cache).length, 0, 'keys when pruned')
  }

  const lasting = driver.create({ maxSize: 1000, ttl: HOUR_MS })
  driver.set(lasting, 'key', valueAt(1))
  await sleep(5)
  assert.equal(driver.get(lasting, 'key'), valueAt(1), 'get before the ttl')
}

/** A value that is written again lives for a whole ttl: tried with longer ones if time is short. */
async function writesRenew(driver) {
  for (const ttl of [80, 400, 2000]) {
    const cache = driver.create({ maxSize: 10, ttl })
    driver.set(cache, 'key', valueAt(1))
    await sleep(ttl * 0.6)
    if (driver.get(cache, 'key') === undefined) continue
    const written = performance.now()
    driver.set(cache, 'key', valueAt(2))
    await sleep(ttl * 0.6)
    const found = driver.get(cache, 'key')
    if (performance.now() - written > ttl * 0.9) continue
    assert.equal(found, valueAt(2), 'a value that was written again')
    return
  }
  assert.fail('a value that was written again could not be read in time')
}

async function fetchesOnce(driver, ttl) {
  let fetched = 0
  const fetcher = () => {
    fetched++
    return valueAt(3)
  }
  const cache = driver.create({ maxSize: 10, ttl, fetcher })
  for (const time of ['first', 'second']) {
    assert.equal(await driver.getOrSet(cache, 'key', fetcher), valueAt(3), `the ${time} getOrSet`)
  }
  assert.equal(fetched, 1, 'calls of the fetcher')
}

function deletesMatching(driver, ttl, method, pattern) {
  const cache = driver.create({ maxSize: 10, ttl, deletes: true })
  for (const key of ['a:1:x', 'a:2:x', 'b:1:x']) driver.set(cache, key, valueAt(0))
  assert.equal(driver[method](cache, pattern), 2, method)
  assert.deepEqual(driver.keys(cache), ['b:1:x'], `keys after ${method}`)
}

function reportsEvents(driver, ttl) {
  let events = 0
  const onEvent = () => {
    events++
  }
  const cache = driver.create({ maxSize: 10, ttl, onEvent })
  for (let i = 0; i < 100; i++) driver.set(cache, `key ${i}`, valueAt(i))
  driver.delete(cache, 'key 99')
  assert.ok(events > 0, 'no event was reported')
}

async function tryAll(driver, ttl) {
  agreesWithMap(driver, ttl)
  if (driver.lru) evictsLeastRecentlyUsed(driver, ttl)
  if (ttl > 0) await expires(driver)
  if (ttl > 0) await writesRenew(driver)
  if (driver.getOrSet) await fetchesOnce(driver, ttl)
  if (driver.deleteByPrefix) deletesMatching(driver, ttl, 'deleteByPrefix', 'a:')
  if (driver.deleteByMagicString) deletesMatching(driver, ttl, 'deleteByMagicString', 'a:*:x')
  if (driver.hooks) reportsEvents(driver, ttl)
}

const firstLine = ({ message }) => message.split('\n')[0]

/**
 * Resolves to what the peer gets wrong first, with and without a ttl: undefined if nothing. One
 * that has no ttl is what it is without.
 */
export async function check(driver) {
  const without = await tryAll(driver, 0).catch(firstLine)
  return { ttl: driver.ttl ? await tryAll(driver, HOUR_MS).catch(firstLine) : without, without }
}
