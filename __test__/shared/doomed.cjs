// Workers that never end by themselves: the tests terminate them, hundreds of them, which is why
// this loads nothing but the package. No assertions: what must be left is the test's own business.

const { setImmediate: turn } = require('node:timers/promises')
const { parentPort, workerData } = require('node:worker_threads')
const { MemoryCache, SharedMemoryCache } = require('native-memory-cache')

// A linear congruential generator: enough for moments.
function generator(seed) {
  let state = seed >>> 0
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return {
    int: (below) => Math.floor(random() * below),
    chance: (probability) => random() < probability,
  }
}

// Where a thread can hang for ever, by name; each gets the store's name and what never returns.
const places = {
  inOwnHook(name, hang) {
    new SharedMemoryCache({ name, hooks: { onHit: hang } }).set('k', 1)
    new SharedMemoryCache({ name, hooks: { onSet: hang } }).set('k', 1)
  },
  inForeignHook(name, hang) {
    return new SharedMemoryCache({ name, hooks: { onSet: hang } })
  },
  inExpiryHook(name, hang) {
    const cache = new SharedMemoryCache({ name, hooks: { onExpire: hang } })
    for (let i = 0; i < 50; i++) cache.increment(`counter:${i}`, 1, { ttl: 1 })
    return cache
  },
  inDeferredHook(_name, hang) {
    const cache = new MemoryCache({ hookDelivery: 'deferred', hooks: { onSet: hang } })
    for (let i = 0; i < 1_000; i++) cache.set('k', i)
    return cache
  },
  inCheckHook(_name, hang) {
    const cache = new MemoryCache({ ttl: 1, checkInterval: 1, hooks: { onExpire: hang } })
    for (let i = 0; i < 50; i++) cache.set(`key:${i}`, i)
    return cache
  },
  inFetcher(name, hang) {
    new SharedMemoryCache({ name }).getOrSet('flight', hang)
  },
  inCodec(name, hang) {
    const cache = new SharedMemoryCache({ name })
    cache.set('k', {
      get member() {
        return hang()
      },
    })
  },
  withEventsWaiting(name, hang) {
    const cache = new SharedMemoryCache({ name, hooks: { onSet() {}, onEvict() {} } })
    setImmediate(hang, cache)
  },
  inCalls(name, hang) {
    const cache = new SharedMemoryCache({ name, hooks: { onSet() {}, onDelete() {} } })
    setImmediate(() => {
      for (let i = 0; ; i++) {
        cache.set(`key:${i % 200}`, { i })
        cache.get(`key:${i % 100}`)
        if (i % 100 === 0) cache.deleteByPrefix('key:1')
        if (i === 500) hang.note()
      }
    })
  },
}

const tasks = {
  // Hangs at the place named: the test terminates it.
  hang({ name, where, gate }) {
    const note = () => Atomics.store(gate, 0, 1)
    const hang = Object.assign(
      () => {
        note()
        for (;;);
      },
      { note },
    )
    parentPort.on('message', () => {})
    parentPort.postMessage('ready')
    // What is only reachable from a promise that never settles would be collected.
    globalThis.kept = places[where](name, hang)
  },

  // Never ends by itself: the test terminates it at a random moment.
  async churn({ seed, ...options }) {
    const rng = generator(seed)
    const busy = () => {
      for (let end = performance.now() + rng.int(2); performance.now() < end;);
    }
    const hooks = {
      onSet: ({ key }) => cache.has(key),
      onEvict: busy,
      onExpire: ({ value }) => value,
      onDelete: busy,
    }
    const cache = new SharedMemoryCache({ ...options, hooks })
    const other = new SharedMemoryCache({ ...options, hooks: { onSet: busy } })
    parentPort.postMessage('churning')
    for (let i = 0; ; i++) {
      const key = `key:${rng.int(30)}`
      cache.set(key, { i, text: key.repeat(20) })
      other.get(`key:${rng.int(30)}`)
      cache.increment(`counter:${rng.int(5)}`, 1, { ttl: 1 + rng.int(5) })
      if (i % 20 === 0) cache.deleteByMagicString('*1*')
      if (i % 5 === 0) {
        const flight = cache.getOrSet(`flight:${rng.int(4)}`, async () => {
          for (let turns = rng.int(20); turns > 0; turns--) await turn()
          return i
        })
        if (rng.chance(0.7)) await flight
        cache.delete(`flight:${rng.int(4)}`)
      }
      // Otherwise the events of others keep waiting.
      if (rng.chance(0.1)) await turn()
    }
  },
}

tasks[workerData.task](workerData.options)
