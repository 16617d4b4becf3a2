// What runs in the workers of workers.mjs, by name. No assertions: a task returns what it saw.

import { parentPort } from 'node:worker_threads'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'
import { generator } from '../native/differential.mjs'
import { recorder } from './support.mjs'

/** Waits until all have come: their work then overlaps. */
function meet(gate, count) {
  if (Atomics.add(gate, 0, 1) + 1 === count) {
    Atomics.store(gate, 1, 1)
    Atomics.notify(gate, 1)
  } else {
    Atomics.wait(gate, 1, 0)
  }
}

/** A value that shows whether it was torn. */
function checksummed(id, n) {
  const text = `${id}:${n}:`.repeat(1 + (n % 40))
  return { id, n, text, sum: checksum(id, n, text), bytes: new Uint8Array(64).fill(n) }
}

function checksum(id, n, text) {
  let sum = id * 31 + n
  for (let i = 0; i < text.length; i++) sum = (sum * 33 + text.charCodeAt(i)) >>> 0
  return sum
}

function isWhole({ id, n, text, sum, bytes }) {
  return sum === checksum(id, n, text) && bytes.every((byte) => byte === n % 256)
}

const tasks = {
  // Answers the calls of `openRemote`.
  async serve({ hooks: hookNames, ...options }) {
    const record = recorder(hookNames ?? [])
    const cache = new SharedMemoryCache({
      ...options,
      hooks: hookNames === undefined ? undefined : record.hooks,
    })
    const warnings = []
    process.on('warning', ({ code }) => warnings.push(code))
    const special = {
      events: () => record.take(),
      warnings: () => warnings,
      block(gate) {
        Atomics.store(gate, 0, 1)
        Atomics.wait(gate, 1, 0)
      },
      fetch: (key, { fetches, pending, value }) =>
        cache.getOrSet(key, () => {
          if (fetches) Atomics.add(fetches, 0, 1)
          if (pending) return new Promise(() => {})
          return value
        }),
    }
    await new Promise((resolve) => {
      parentPort.on('message', async (message) => {
        const { call, method, special: name, args } = message
        if (name === 'end') {
          parentPort.close()
          resolve()
          return
        }
        try {
          const value = await (name ? special[name](...args) : cache[method](...args))
          parentPort.postMessage({ call, value })
        } catch (error) {
          parentPort.postMessage({ call, failed: true, value: error })
        }
      })
    })
  },

  increment({ gate, count, operations, ...options }) {
    const cache = new SharedMemoryCache(options)
    meet(gate, count)
    const sums = []
    for (let i = 0; i < operations; i++) {
      sums.push(cache.increment('counter', 1 + (i % 3)))
      cache.increment(`counter ${i % 7}`, -1)
    }
    return { sums, rises: sums.every((sum, i) => i === 0 || sum > sums[i - 1]) }
  },

  // Writes to a view of its own and clears it, and adds to one that all share; what was not as written.
  namespaces({ gate, count, operations, id, ...options }) {
    const cache = new SharedMemoryCache(options)
    const view = cache.withNamespace(`thread ${id}*`)
    const sums = cache.withNamespace('sums:')
    meet(gate, count)
    const wrong = []
    let left = 0
    for (let i = 0; i < operations; i++) {
      view.set(`${i}`, i)
      left++
      sums.increment('all')
      if (view.get(`${i}`) !== i) wrong.push(i)
      if (i % 100 !== 99) continue
      if (view.size() !== left) wrong.push(`${view.size()} of ${left}`)
      if (i % 300 !== 99) continue
      if (i % 200 === 99) view.clear()
      else view.deleteByMagicString('*')
      left = 0
    }
    return { wrong, left }
  },

  // Adds by `update` alone; what it returns and how often it was called anew.
  update({ gate, count, operations, ...options }) {
    const cache = new SharedMemoryCache(options)
    meet(gate, count)
    let calls = 0
    const sums = []
    for (let i = 0; i < operations; i++) {
      const add = (value = { sum: 0, text: 'some text' }) => {
        calls++
        return { ...value, sum: value.sum + 1 }
      }
      sums.push(cache.update('counter', add).sum)
      // Removed when it comes to 7, begun anew by the next.
      cache.update('short', (value = 0) => (value === 6 ? undefined : value + 1))
    }
    return { sums, again: calls - operations }
  },

  incrementEntry({ gate, count, operations, ...options }) {
    const cache = new SharedMemoryCache(options)
    meet(gate, count)
    const outcomes = []
    for (let i = 0; i < operations; i++) {
      outcomes.push(cache.incrementEntry('counter', 1, { ttl: 3_600_000 }))
      if (i % 2 === 0) cache.increment('by either')
      else cache.incrementEntry('by either')
    }
    return outcomes
  },

  setIfAbsent({ gate, count, operations, id, ...options }) {
    const cache = new SharedMemoryCache(options)
    meet(gate, count)
    const won = []
    for (let i = 0; i < operations; i++) if (cache.setIfAbsent(`key:${i}`, id)) won.push(i)
    return won
  },

  // Puts values of its own and takes whatever anybody has put.
  takeAndPut({ gate, count, operations, id, ...options }) {
    const cache = new SharedMemoryCache(options)
    meet(gate, count)
    const taken = []
    let torn = 0
    for (let i = 0; i < operations; i++) {
      cache.set(`${id}:${i}`, checksummed(id, i))
      for (let other = 0; other < count; other++) {
        const value = cache.take(`${other}:${i}`)
        if (value === undefined) continue
        taken.push(`${value.id}:${value.n}`)
        if (!isWhole(value)) torn++
      }
    }
    return { taken, torn }
  },

  // Each thread writes keys of its own and reads all: what it sees of a key must never go back.
  readAndWrite({ gate, count, operations, id, ...options }) {
    const cache = new SharedMemoryCache(options)
    const seen = new Map()
    const outcome = { torn: 0, wentBack: 0, foreign: 0, hits: 0 }
    const see = (key, value) => {
      if (value === undefined) return
      outcome.hits++
      if (!isWhole(value)) outcome.torn++
      if (!key.startsWith(`${value.id}:`)) outcome.foreign++
      if (value.n < (seen.get(key) ?? 0)) outcome.wentBack++
      seen.set(key, value.n)
    }
    meet(gate, count)
    const rng = generator(options.seed + id)
    for (let i = 1; i <= operations; i++) {
      cache.set(`${id}:${rng.int(10)}`, checksummed(id, i))
      const key = `${rng.int(count)}:${rng.int(10)}`
      see(key, cache.get(key))
      if (i % 97 === 0) for (const [other, value] of cache.entries()) see(other, value)
    }
    return outcome
  },

  // Anything that changes the store; the subscriber of the test sees in which order it happened.
  change({ gate, count, operations, id, seed, ...options }) {
    const cache = new SharedMemoryCache(options)
    const rng = generator(seed + id)
    meet(gate, count)
    for (let i = 0; i < operations; i++) {
      const key = `key:${rng.int(60)}`
      const choice = rng.int(100)
      if (choice < 70) cache.set(key, `${id}:${i}`)
      else if (choice < 85) cache.delete(key)
      else if (choice < 94) cache.setIfAbsent(key, `${id}:${i}`)
      else if (choice < 98) cache.take(key)
      else if (choice < 99) cache.deleteByPrefix(`${key.slice(0, -1)}`)
      else cache.clear()
    }
    return cache.getStats().evictions
  },

  async callers({ gate, count, keys, callers, fetches, fails, ...options }) {
    const cache = new SharedMemoryCache(options)
    const outcomes = []
    meet(gate, count)
    for (let key = 0; key < keys; key++) {
      const fetcher = async () => {
        Atomics.add(fetches, key, 1)
        // Until every thread's callers are there the flight stays in the air.
        while (Atomics.load(gate, 2 + key) < count) await turn()
        if (fails) throw Object.assign(new RangeError(`no ${key}`), { cause: key })
        return { key, text: 'x'.repeat(100) }
      }
      const calls = Array.from({ length: callers }, () => cache.getOrSet(`key:${key}`, fetcher))
      Atomics.add(gate, 2 + key, 1)
      outcomes.push(await Promise.allSettled(calls))
    }
    return outcomes.map((settled) =>
      settled.map(({ value, reason }) => (reason ? `${reason}` : JSON.stringify(value))),
    )
  },

  // Leads a flight that never lands, until the gate opens, or until it is terminated.
  lead({ key, gate, ...options }) {
    const cache = new SharedMemoryCache(options)
    // What is only reachable from a promise that never settles would be collected.
    globalThis.kept = cache
    cache.getOrSet(key, () => {
      parentPort.postMessage('leading')
      return new Promise(() => {})
    })
    if (gate) Atomics.wait(gate, 0, 0)
    else parentPort.on('message', () => {})
  },

  fill({ entries, ...options }) {
    const cache = new SharedMemoryCache(options)
    for (let i = 0; i < entries; i++) cache.set(`key:${i}`, `value ${i}`)
    return cache.size()
  },

  // Writes entries that nobody else writes, each once, and deletes those of everybody by tag.
  tagAndDelete({ name, gate, count, id, rounds, size }) {
    const cache = new SharedMemoryCache({ name })
    let deleted = 0
    meet(gate, count)
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < size; i++) {
        const key = `${id}:${round}:${i}`
        cache.set(key, i, { tags: [i % 2 === 0 ? 'even' : 'odd', key] })
      }
      deleted += cache.deleteByTag(round % 2 === 0 ? 'even' : ['odd', `${id}:${round}:0`])
    }
    return { written: rounds * size, deleted }
  },

  // Blocks until the gate opens, then counts the events of 'k', whose values must go up by one.
  async countEvents({ name, gate }) {
    const warnings = []
    process.on('warning', ({ code }) => warnings.push(code))
    let count = 0
    let inOrder = true
    const hooks = {
      onSet({ value }) {
        inOrder &&= value === count
        count++
      },
    }
    const cache = new SharedMemoryCache({ name, hooks })
    parentPort.postMessage({ gate })
    Atomics.store(gate, 0, 1)
    Atomics.wait(gate, 1, 0)
    for (let seen = -1; seen !== count;) {
      seen = count
      for (let turns = 0; turns < 20; turns++) await turn()
    }
    return { count, inOrder, droppedEvents: cache.getMetrics().droppedEvents, warnings }
  },
}

/** Runs one task and posts what it returns. */
export async function runTask({ task, options }) {
  const result = await tasks[task](options)
  if (task !== 'serve') parentPort.postMessage(result)
}
