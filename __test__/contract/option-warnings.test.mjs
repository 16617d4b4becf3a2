// Which options are taken with a warning. Warnings are given once per process, so every test has names of its own.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { MemoryCache, SharedMemoryCache, cached } from 'native-memory-cache'

const make = (options) => new MemoryCache(options)

/** The warnings of the package that come from `action`. */
async function warningsOf(action) {
  const warnings = []
  const listen = (warning) => warnings.push(warning)
  process.on('warning', listen)
  await action()
  await turn()
  process.off('warning', listen)
  for (const { name, code } of warnings) {
    assert.deepEqual([name, code], ['MemoryCacheWarning', 'NMC_OPTION'])
  }
  return warnings.map(({ message }) => message)
}

test('NaN as maxSize or ttl is warned of once per option, for both kinds of cache', async () => {
  const ofMemoryCache = await warningsOf(() => {
    for (let i = 0; i < 3; i++) make({ maxSize: NaN, ttl: NaN })
    cached({ maxSize: NaN })
  })
  assert.deepEqual(ofMemoryCache, [
    'maxSize is NaN, which means no limit',
    'ttl is NaN, which means no limit',
  ])
  const ofSharedCache = await warningsOf(() => {
    new SharedMemoryCache({ name: 'NaN', maxSize: NaN, ttl: NaN }).close()
  })
  assert.deepEqual(ofSharedCache, [])
})

const FOREIGN = {
  max: 'maxSize',
  maxAge: 'ttl',
  stdTTL: 'ttl',
  maxEntrySize: 'maxWeight',
  checkperiod: 'checkInterval',
  lruSize: 'maxSize',
  dispose: 'hooks',
  onEvict: 'hooks',
}

for (const [name, meant] of Object.entries(FOREIGN)) {
  test(`the option ${name} of other caches is warned of with ${meant}`, async () => {
    assert.deepEqual(await warningsOf(() => make({ [name]: 5 })), [
      `MemoryCache has no option ${name}: it has no effect; did you mean ${meant}?`,
    ])
    assert.deepEqual(await warningsOf(() => make({ [name]: 6 })), [])
  })
}

const MISSPELT = { maxsize: 'maxSize', tll: 'ttl', hook: 'hooks', checkIntervall: 'checkInterval' }

for (const [name, meant] of Object.entries(MISSPELT)) {
  test(`the misspelt option ${name} is warned of with ${meant}`, async () => {
    assert.deepEqual(await warningsOf(() => make({ [name]: 5 })), [
      `MemoryCache has no option ${name}: it has no effect; did you mean ${meant}?`,
    ])
  })
}

test('an option like no other is warned of without a hint', async () => {
  const options = { fetchMethod: () => 1, ['x'.repeat(100_000)]: 1, __proto__: { inherited: 1 } }
  assert.deepEqual(await warningsOf(() => make(options)), [
    'MemoryCache has no option fetchMethod: it has no effect',
    `MemoryCache has no option ${'x'.repeat(100_000)}: it has no effect`,
  ])
})

test('options of the one kind of cache are unknown to the other', async () => {
  const ofSharedCache = await warningsOf(() => {
    new SharedMemoryCache({
      name: 'other kind',
      checkInterval: 1,
      maxWeight: 1,
      hookDelivery: 'sync',
    }).close()
  })
  assert.deepEqual(ofSharedCache, [
    'SharedMemoryCache has no option checkInterval: it has no effect',
    'SharedMemoryCache has no option maxWeight: it has no effect; did you mean maxBytes?',
    'SharedMemoryCache has no option hookDelivery: it has no effect',
  ])
  const ofMemoryCache = await warningsOf(() => make({ maxBytes: 1, nearCache: true }))
  assert.deepEqual(ofMemoryCache, [
    'MemoryCache has no option maxBytes: it has no effect; did you mean maxWeight?',
    'MemoryCache has no option nearCache: it has no effect',
  ])
})

test('methods that take options beyond the published package warn of others, whatever else is given', async () => {
  const shared = new SharedMemoryCache({ name: 'options of methods' })
  const warnings = await warningsOf(async () => {
    const cache = make()
    await cache.getOrSet('k', () => 1, { ttl: 5, timeOut: 5 })
    await shared.getOrSet('k', () => 1, { shouldCahe: () => true, __proto__: { inherited: 1 } })
    shared.increment('n', 1, { ttl: 5, onlyIfpresent: true })
    shared.incrementEntry('n', 1, { onlyIfPresent: true, timetolive: 5 })
  })
  shared.close()
  assert.deepEqual(warnings, [
    'getOrSet has no option timeOut: it has no effect; did you mean timeout?',
    'getOrSet has no option shouldCahe: it has no effect; did you mean shouldCache?',
    'increment has no option onlyIfpresent: it has no effect',
    'incrementEntry has no option timetolive: it has no effect; did you mean ttl?',
  ])
})

test('cached knows its own options and warns once of others', async () => {
  const warnings = await warningsOf(() => {
    cached({ keyGenerator: () => '', hashKeys: true, ttl: 1, hookDelivery: 'deferred' })
    for (let i = 0; i < 2; i++) cached({ keygenerator: () => '' })
  })
  assert.deepEqual(warnings, [
    'cached has no option keygenerator: it has no effect; did you mean keyGenerator?',
  ])
})

test('every option there is, undefined ones, symbols and what is not enumerable go without a warning', async () => {
  const all = {
    maxSize: 1,
    maxWeight: 1,
    sizeCalculation: () => 1,
    ttl: 1,
    hooks: {},
    hookDelivery: 'sync',
    checkInterval: 0,
    [Symbol('unknown')]: 1,
    notGiven: undefined,
  }
  Object.defineProperty(all, 'hidden', { value: 1, enumerable: false })
  const shared = {
    name: 'all options',
    maxSize: 1,
    maxBytes: 1e6,
    ttl: 1,
    shards: 1,
    codec: 'json',
    nearCache: true,
    hooks: {},
  }
  const warnings = await warningsOf(() => {
    make(all)
    make(class {})
    cached(all)
    new SharedMemoryCache(shared).close()
  })
  assert.deepEqual(warnings, [])
})

test('a refused option is an error and no warning', async () => {
  const warnings = await warningsOf(() => {
    assert.throws(() => make({ ttl: -1, unheardOf: 1 }), { name: 'CacheConfigError' })
  })
  assert.deepEqual(warnings, [])
})

test('what one thread was warned of no other thread is', async () => {
  const program = `
    const { parentPort } = require('node:worker_threads')
    const { MemoryCache } = require('native-memory-cache')
    process.on('warning', ({ message }) => parentPort.postMessage(message))
    new MemoryCache({ sizeLimit: 1, slidingWindow: 1 })
  `
  const messages = []
  assert.equal((await warningsOf(() => make({ sizeLimit: 1 }))).length, 1)
  const worker = new Worker(program, { eval: true })
  worker.on('message', (message) => messages.push(message))
  await once(worker, 'exit')
  assert.deepEqual(messages, ['MemoryCache has no option slidingWindow: it has no effect'])
})

test('a process gives at most 1,000 warnings: names of options may come from outside', () => {
  const program = `
    const { MemoryCache } = require('native-memory-cache')
    let warnings = 0
    process.on('warning', () => warnings++)
    process.on('exit', () => console.log(warnings))
    for (let i = 0; i < 1_100; i++) new MemoryCache({ ['unheard of ' + i]: 1 })
  `
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '-e', program])
  assert.equal(String(stdout), '1000\n')
})
