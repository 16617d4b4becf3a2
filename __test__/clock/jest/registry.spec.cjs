// The package loaded again by jest's module registry, and loaded while jest's clock is already fake.
// What the cache does with a clock is in suite.cjs.

'use strict'

const { genuine } = require('../genuine-clock.cjs')
const { START, scenarios } = require('../scenarios.cjs')

afterEach(() => {
  jest.restoreAllMocks()
  jest.useRealTimers()
})

function assertFollowsFakeTimers({ MemoryCache }) {
  const cache = new MemoryCache({ ttl: 1000 })
  cache.set('a', 1)
  jest.advanceTimersByTime(1000)
  expect(cache.get('a')).toBe(1)
  jest.advanceTimersByTime(1)
  expect(cache.get('a')).toBeUndefined()
}

test('jest.resetModules gives a new copy, and both follow the clock', () => {
  const first = require('native-memory-cache')
  jest.resetModules()
  const second = require('native-memory-cache')
  expect(second.MemoryCache).not.toBe(first.MemoryCache)
  genuine[0].run(first)
  genuine[0].run(second)
  jest.useFakeTimers()
  assertFollowsFakeTimers(first)
  assertFollowsFakeTimers(second)
})

test('a copy loaded under fake timers follows them, then the genuine clock, then fake timers again', () => {
  jest.useFakeTimers()
  jest.isolateModules(() => {
    const copy = require('native-memory-cache')
    assertFollowsFakeTimers(copy)
    jest.useRealTimers()
    genuine[0].run(copy)
    jest.useFakeTimers({ now: 0 })
    assertFollowsFakeTimers(copy)
  })
})

test('a copy loaded under legacy fake timers follows the genuine clock', () => {
  jest.useFakeTimers({ legacyFakeTimers: true })
  jest.isolateModules(() => genuine[0].run(require('native-memory-cache')))
})

test('a copy loaded under a spy follows it and then the genuine clock', () => {
  const spy = jest.spyOn(Date, 'now').mockReturnValue(0)
  jest.isolateModules(() => {
    const copy = require('native-memory-cache')
    expect(spy).not.toHaveBeenCalled()
    const cache = new copy.MemoryCache({ ttl: 1000 })
    cache.set('a', 1)
    spy.mockReturnValue(1000)
    expect(cache.get('a')).toBe(1)
    spy.mockReturnValue(1001)
    expect(cache.get('a')).toBeUndefined()
    spy.mockRestore()
    genuine[0].run(copy)
  })
})

describe('a copy loaded under modern fake timers', () => {
  const clock = {
    start: (ms) => jest.useFakeTimers({ now: ms }),
    set: (ms) => jest.setSystemTime(ms),
    tick: (ms) => jest.advanceTimersByTime(ms),
    stop: () => jest.useRealTimers(),
  }

  for (const { title, run } of scenarios) {
    test(title, async () => {
      clock.start(START)
      jest.resetModules()
      await run({ ...require('native-memory-cache'), clock })
    })
  }
})
