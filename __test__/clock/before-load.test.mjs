// The clock is taken over before the package is loaded: in a fresh process through --import, and within
// this process through a fresh require. The fake clock shows the true time until the package has been loaded
// and has made a first cache, so that only its make can give it away. Scenarios and drivers live beside
// this file.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { describe, mock, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { drivers } from './drivers.mjs'
import { genuine } from './genuine-clock.cjs'
import { packages } from './packages.mjs'
import { START, scenarios } from './scenarios.cjs'

const require = createRequire(import.meta.url)
const preload = new URL('./preload.mjs', import.meta.url).href
const scenarioProcess = fileURLToPath(new URL('./scenario-process.mjs', import.meta.url))

async function outcomesOf(packageName, driver) {
  const args = ['--no-warnings', '--import', preload, scenarioProcess, packageName, driver]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

for (const { name } of packages) {
  for (const driver of Object.keys(drivers)) {
    describe(`${name}: loaded under ${driver}`, async () => {
      const outcomes = await outcomesOf(name, driver)
      for (const [i, { title }] of scenarios.entries()) {
        test(title, () => {
          assert.equal(outcomes[i]?.title, title)
          assert.equal(outcomes[i].error, undefined)
        })
      }
    })
  }
}

const root = dirname(require.resolve('native-memory-cache/package.json')) + sep
const dependencies = root + 'node_modules' + sep

function requireAfresh() {
  for (const file of Object.keys(require.cache)) {
    if (file.startsWith(root) && !file.startsWith(dependencies)) delete require.cache[file]
  }
  return require('native-memory-cache')
}

describe('native-memory-cache: required afresh', () => {
  test('a fresh require is a new copy of the package', () => {
    assert.notEqual(requireAfresh().MemoryCache, requireAfresh().MemoryCache)
  })

  for (const [name, driver] of Object.entries(drivers)) {
    describe(`under ${name}`, () => {
      for (const { title, run } of scenarios) {
        test(title, async () => {
          const clock = driver()
          clock.start(Date.now())
          try {
            const copy = requireAfresh()
            new copy.MemoryCache().clear()
            clock.set(START)
            await run({ ...copy, clock })
          } finally {
            clock.stop()
          }
        })
      }

      test(`when the genuine clock is back, ${genuine[0].title}`, () => {
        const clock = driver()
        clock.start(Date.now())
        const { MemoryCache } = requireAfresh()
        new MemoryCache().clear()
        clock.stop()
        genuine[0].run({ MemoryCache })
      })

      test(`with only the first cache made under it, ${scenarios[0].title}`, async () => {
        const { MemoryCache } = requireAfresh()
        const clock = driver()
        clock.start(Date.now())
        try {
          new MemoryCache().clear()
          clock.set(START)
          await scenarios[0].run({ MemoryCache, clock })
        } finally {
          clock.stop()
        }
      })
    })
  }

  for (const [which, time] of [
    ['a past', () => START],
    ['the true', Date.now],
  ]) {
    test(`loading the package and making caches reads no clock mocked at ${which} time`, () => {
      const spy = mock.method(Date, 'now', time)
      try {
        const { MemoryCache } = requireAfresh()
        new MemoryCache().clear()
        new MemoryCache({ ttl: 0 }).clear()
        assert.equal(spy.mock.callCount(), 0)
      } finally {
        spy.mock.restore()
      }
    })
  }
})
