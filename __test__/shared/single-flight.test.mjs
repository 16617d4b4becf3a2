// getOrSet across threads: one fetch for all callers, its outcome for all, and somebody who takes
// over when the fetching thread is gone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { SharedMemoryCache } from 'native-memory-cache'
import { deferred, freshName, openShared, recorder, sharedNumbers } from './support.mjs'
import { nextMessage, openRemote, runWorkers, startWorker } from './workers.mjs'

const THREADS = 4

const noFetch = () => assert.fail('somebody else fetches')

/** A worker that leads a flight for 'k' which never lands. */
async function startLeader(name, options) {
  const worker = startWorker('lead', { name, key: 'k', ...options })
  assert.equal(await nextMessage(worker), 'leading')
  return worker
}

/** A call whose settling can be looked at. */
function watch(promise) {
  const watched = { promise, state: 'pending' }
  promise.then(
    () => (watched.state = 'fulfilled'),
    () => (watched.state = 'rejected'),
  )
  return watched
}

for (const fails of [false, true]) {
  const what = fails ? 'error reaches' : 'value reaches'
  test(`one fetch for 4 threads x 100 callers, and its ${what} all of them`, async (t) => {
    const keys = 20
    const callers = 100
    const cache = openShared(t, { maxSize: 0 })
    const fetches = sharedNumbers(keys)
    const gate = sharedNumbers(2 + keys)
    const options = { name: cache.name, gate, keys, callers, fetches, fails }
    const outcomes = await runWorkers(THREADS, 'callers', options)
    assert.deepEqual(
      [...fetches],
      Array.from({ length: keys }, () => 1),
    )
    for (const outcome of outcomes) {
      for (const [key, settled] of outcome.entries()) {
        const expected = fails
          ? `RangeError: no ${key}`
          : JSON.stringify({ key, text: 'x'.repeat(100) })
        assert.deepEqual(
          settled,
          Array.from({ length: callers }, () => expected),
        )
      }
    }
    assert.equal(cache.size(), fails ? 0 : keys)
    assert.equal(cache.getMetrics().flights, 0)
  })
}

test('two caches of one thread share a flight', async (t) => {
  const leader = openShared(t)
  const waiter = openShared(t, { name: leader.name })
  const { promise, resolve } = deferred()
  const first = leader.getOrSet('k', () => promise)
  const second = waiter.getOrSet('k', noFetch)
  resolve({ a: 1 })
  assert.deepEqual(await second, { a: 1 })
  assert.deepEqual(await first, { a: 1 })
})

test('the callers of one cache get one promise until it settles', async (t) => {
  const cache = openShared(t)
  const { promise, resolve } = deferred()
  const value = { a: 1 }
  const calls = [cache.getOrSet('k', () => promise), cache.getOrSet('k', noFetch)]
  resolve(value)
  const [first, second] = await Promise.all(calls)
  assert.equal(first, value)
  assert.equal(second, value)
  assert.deepEqual(await cache.getOrSet('k', noFetch), value)
  assert.notEqual(await cache.getOrSet('k', noFetch), value)
})

test('a hit calls no fetcher and starts no flight', async (t) => {
  const cache = openShared(t)
  const remote = await openRemote(t, { name: cache.name })
  await remote.call('set', 'k', null)
  assert.equal(await cache.getOrSet('k', noFetch), null)
  await remote.call('set', 'k', undefined)
  assert.equal(await cache.getOrSet('k', noFetch), undefined)
  assert.equal(cache.getStats().hits, 2)
})

test('flights of other keys do not wait for each other', async (t) => {
  const cache = openShared(t)
  const worker = await startLeader(cache.name)
  assert.equal(await cache.getOrSet('other', () => 1), 1)
  await worker.terminate()
})

test('only the caller that fetches counts a miss and calls onMiss', async (t) => {
  const record = recorder(['onMiss', 'onHit'])
  const cache = openShared(t, { hooks: record.hooks })
  const remote = await openRemote(t, { name: cache.name, hooks: ['onMiss', 'onHit'] })
  const { promise, resolve } = deferred()
  const first = cache.getOrSet('k', () => promise)
  const second = remote.fetch('k', { value: 'unused' })
  // An answer to a later call: the earlier one has joined by then.
  await remote.call('getMetrics')
  resolve('value')
  assert.deepEqual(await Promise.all([first, second]), ['value', 'value'])
  assert.deepEqual(record.take(), [['onMiss', { key: 'k', reason: 'not_found' }]])
  assert.deepEqual(await remote.events(), [])
  const { hits, misses } = cache.getStats()
  assert.deepEqual({ hits, misses }, { hits: 0, misses: 1 })
})

test('errors of every kind reach the waiters of other threads', async (t) => {
  const cache = openShared(t)
  const remote = await openRemote(t, { name: cache.name })
  const cases = [
    [Object.assign(new RangeError('far')), { name: 'RangeError', message: 'far' }],
    ['text', 'text'],
    [null, null],
    [undefined, undefined],
    [{ code: 7 }, { code: 7 }],
  ]
  for (const [error, expected] of cases) {
    const { promise, reject } = deferred()
    const own = cache.getOrSet('k', () => promise)
    const theirs = remote.fetch('k', { value: 'unused' }).then(noFetch, (reason) => reason)
    await remote.call('getMetrics')
    reject(error)
    assert.equal(await own.then(noFetch, (reason) => reason), error)
    const reason = await theirs
    if (error instanceof Error)
      assert.deepEqual({ name: reason.name, message: reason.message }, expected)
    else assert.deepEqual(reason, expected)
  }
})

test('an error that cannot be cloned reaches other threads as its message', async (t) => {
  const cache = openShared(t)
  const waiter = openShared(t, { name: cache.name })
  const error = Object.assign(new Error('with a function'), { cause: () => {} })
  const { promise, reject } = deferred()
  const own = cache.getOrSet('k', () => promise)
  const other = waiter.getOrSet('k', noFetch)
  reject(error)
  await assert.rejects(own, error)
  await assert.rejects(other, { message: 'with a function' })
})

const unprintable = Object.create(null, { f: { value() {}, enumerable: true } })
const throwing = Object.defineProperty(new Error('x'), 'message', {
  get() {
    throw new Error('the message throws')
  },
})

for (const [what, error, message] of [
  ['a proxy', new Proxy({ message: 'behind a proxy' }, {}), 'behind a proxy'],
  ['an object that cannot be printed', unprintable, /no message/],
  [
    'a proxy that throws',
    new Proxy(
      {},
      {
        get() {
          throw new Error('trap')
        },
      },
    ),
    /no message/,
  ],
  ['a message that throws', Object.assign(throwing, { cause: () => {} }), /no message/],
]) {
  test(`a flight lands whose error is ${what}`, async (t) => {
    const cache = openShared(t)
    const waiter = openShared(t, { name: cache.name })
    const { promise, reject } = deferred()
    // In an array: a promise would ask the error for its `then`.
    const own = cache.getOrSet('k', () => promise).then(noFetch, (reason) => [reason])
    const other = waiter.getOrSet('k', noFetch)
    reject(error)
    assert.equal((await own)[0], error)
    await assert.rejects(other, { message })
    assert.equal(cache.getMetrics().flights, 0)
  })
}

test('an error of the platform keeps its name on other threads', async (t) => {
  const cache = openShared(t)
  const waiter = openShared(t, { name: cache.name })
  for (const name of ['AbortError', 'TimeoutError']) {
    const { promise, reject } = deferred()
    const own = cache.getOrSet('k', () => promise)
    const other = waiter.getOrSet('k', noFetch)
    reject(new DOMException('it took too long', name))
    await assert.rejects(own, { name })
    const reason = await other.then(noFetch, (error) => error)
    assert.ok(reason instanceof DOMException)
    assert.deepEqual([reason.name, reason.message], [name, 'it took too long'])
  }
})

test('the caller whose store is destroyed during its fetch gets what it fetched', async (t) => {
  const cache = openShared(t)
  const waiter = openShared(t, { name: cache.name })
  const { promise, resolve } = deferred()
  const own = cache.getOrSet('k', () => promise)
  const other = waiter.getOrSet('k', noFetch)
  SharedMemoryCache.destroy(cache.name)
  resolve({ fetched: true })
  assert.deepEqual(await own, { fetched: true })
  await assert.rejects(other, /was destroyed/)
})

test('a caller after the flight reads what the store holds, whoever has not heard of the landing', async (t) => {
  const leader = openShared(t)
  const follower = openShared(t, { name: leader.name })
  const { promise, resolve } = deferred()
  const led = leader.getOrSet('k', () => promise)
  const followed = follower.getOrSet('k', noFetch)
  resolve('v1')
  assert.equal(await led, 'v1')
  // The follower's thread has had no turn for its messages yet.
  leader.set('k', 'v2')
  assert.equal(follower.get('k'), 'v2')
  assert.equal(await follower.getOrSet('k', noFetch), 'v2')
  assert.equal(await followed, 'v1')
})

test('a failed flight stores nothing, and the next caller fetches', async (t) => {
  const cache = openShared(t)
  const failing = async () => {
    throw new Error('no')
  }
  await assert.rejects(cache.getOrSet('k', failing), { message: 'no' })
  await assert.rejects(
    cache.getOrSet('k', () => {
      throw new Error('synchronously')
    }),
    { message: 'synchronously' },
  )
  assert.equal(cache.has('k'), false)
  assert.equal(cache.getMetrics().flights, 0)
  assert.equal(await cache.getOrSet('k', () => 'value'), 'value')
})

test('a waiter takes over from a leader whose thread is terminated', async (t) => {
  const cache = openShared(t)
  const worker = await startLeader(cache.name)
  const call = watch(cache.getOrSet('k', () => 'mine'))
  await turn()
  assert.equal(call.state, 'pending')
  await worker.terminate()
  assert.equal(await call.promise, 'mine')
  assert.equal(cache.get('k'), 'mine')
  assert.equal(cache.getMetrics().flights, 0)
})

test('a waiter takes over from a leader whose thread has come to its end', async (t) => {
  const cache = openShared(t)
  const gate = sharedNumbers(1)
  await startLeader(cache.name, { gate })
  const call = watch(cache.getOrSet('k', () => 'mine'))
  await turn()
  assert.equal(call.state, 'pending')
  Atomics.store(gate, 0, 1)
  Atomics.notify(gate, 0)
  assert.equal(await call.promise, 'mine')
  assert.equal(cache.get('k'), 'mine')
  assert.equal(cache.getMetrics().flights, 0)
})

test('a waiter takes over although several waiters before it are gone as well', async (t) => {
  const cache = openShared(t)
  const { name } = cache
  const leader = await startLeader(name)
  const remotes = []
  for (let i = 0; i < 3; i++) {
    const remote = await openRemote(t, { name })
    // Each would lead for ever, were it to take over.
    remote.fetch('k', { pending: true }).catch(() => {})
    await remote.call('getMetrics')
    remotes.push(remote)
  }
  const call = watch(cache.getOrSet('k', () => 'mine'))
  await remotes[1].worker.terminate()
  await leader.terminate()
  // The first remote leads now.
  await turn()
  assert.equal(call.state, 'pending')
  assert.equal(cache.getMetrics().flights, 1)
  await Promise.all([remotes[2].worker.terminate(), remotes[0].worker.terminate()])
  assert.equal(await call.promise, 'mine')
  assert.equal(cache.getMetrics().flights, 0)
})

test('all callers of all threads get what the one that took over fetched', async (t) => {
  const cache = openShared(t)
  const { name } = cache
  const leader = await startLeader(name)
  const fetches = sharedNumbers(1)
  const remotes = await Promise.all([openRemote(t, { name }), openRemote(t, { name })])
  const calls = remotes.flatMap((remote, i) =>
    Array.from({ length: 10 }, () => remote.fetch('k', { value: `value ${i}`, fetches })),
  )
  await Promise.all(remotes.map((remote) => remote.call('getMetrics')))
  calls.push(cache.getOrSet('k', () => 'mine'))
  await leader.terminate()
  const values = await Promise.all(calls)
  assert.equal(new Set(values).size, 1)
  assert.ok(Atomics.load(fetches, 0) <= 1)
})

test('nobody waits for a leader that closed its cache and whose thread is gone', async (t) => {
  const name = freshName()
  const remote = await openRemote(t, { name })
  remote.fetch('k', { pending: true }).catch(() => {})
  await remote.call('getMetrics')
  const cache = openShared(t, { name })
  const call = cache.getOrSet('k', () => 'mine')
  await remote.call('close')
  cache.close()
  assert.equal(SharedMemoryCache.names().includes(name), false)
  await remote.worker.terminate()
  assert.equal(await call, 'mine')
})

test('a cache closed during its own flight stores nothing and still answers all', async (t) => {
  const cache = openShared(t)
  const other = openShared(t, { name: cache.name })
  const { promise, resolve } = deferred()
  const own = cache.getOrSet('k', () => promise)
  const theirs = other.getOrSet('k', noFetch)
  cache.close()
  resolve('fetched')
  assert.deepEqual(await Promise.all([own, theirs]), ['fetched', 'fetched'])
  assert.equal(other.has('k'), false)
  assert.equal(other.getMetrics().flights, 0)
})

test('a cache closed while it waits still gets the answer', async (t) => {
  const leader = openShared(t)
  const waiter = openShared(t, { name: leader.name })
  const { promise, resolve } = deferred()
  const own = leader.getOrSet('k', () => promise)
  const theirs = waiter.getOrSet('k', noFetch)
  waiter.close()
  resolve('fetched')
  assert.deepEqual(await Promise.all([own, theirs]), ['fetched', 'fetched'])
})

test('a fetcher may use the cache, and fetch other keys', async (t) => {
  const cache = openShared(t)
  const value = await cache.getOrSet('a', async () => {
    cache.set('b', 1)
    const c = await cache.getOrSet('c', () => 2)
    return cache.get('b') + c
  })
  assert.equal(value, 3)
})
