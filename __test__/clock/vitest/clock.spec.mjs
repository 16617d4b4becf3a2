// Both packages under vitest's fake timers, mocked system time, spies and stubbed globals.
// The behaviour under a driven clock is in ../scenarios.cjs.

import { afterEach, describe, expect, test, vi } from 'vitest'
import * as published from '@humanspeak/memory-cache'
import * as ours from 'native-memory-cache'
import genuineClock from '../genuine-clock.cjs'
import driven from '../scenarios.cjs'

const { genuine } = genuineClock
const { START, scenarios } = driven
const GenuineDate = Date

const packages = [
  { name: 'native-memory-cache', ...ours },
  { name: '@humanspeak/memory-cache', ...published },
]

const timers = (config) => ({
  start: (ms) => vi.useFakeTimers({ ...config, now: ms }),
  set: (ms) => vi.setSystemTime(ms),
  tick: (ms) => vi.advanceTimersByTime(ms),
  stop: () => vi.useRealTimers(),
})

function moved(replace, restore) {
  let time
  return {
    start(ms) {
      time = ms
      replace(() => time)
    },
    set(ms) {
      time = ms
    },
    tick(ms) {
      time += ms
    },
    stop: restore,
  }
}

const drivers = {
  'vi.useFakeTimers': () => timers({}),
  'vi.useFakeTimers of Date alone': () => timers({ toFake: ['Date'] }),
  'vi.setSystemTime without fake timers': () => {
    let time
    const set = (ms) => vi.setSystemTime((time = ms))
    return { start: set, set, tick: (ms) => set(time + ms), stop: () => vi.useRealTimers() }
  },
  'vi.spyOn(Date, "now")': () =>
    moved(
      (now) => vi.spyOn(Date, 'now').mockImplementation(now),
      () => vi.restoreAllMocks(),
    ),
  'vi.stubGlobal("Date")': () =>
    moved(
      (now) => vi.stubGlobal('Date', Object.assign(class extends GenuineDate {}, { now })),
      () => vi.unstubAllGlobals(),
    ),
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe.each(Object.keys(drivers))('under %s', (driver) => {
  describe.each(packages)('$name', ({ MemoryCache, cached }) => {
    test.each(scenarios)('$title', async ({ run }) => {
      const clock = drivers[driver]()
      clock.start(START)
      await run({ MemoryCache, cached, clock })
    })

    test('the genuine clock is back afterwards', () => {
      const clock = drivers[driver]()
      clock.start(0)
      const cache = new MemoryCache()
      cache.set('a', 1)
      clock.stop()
      expect(cache.get('a')).toBeUndefined()
      genuine[0].run({ MemoryCache })
    })
  })
})

describe.each(packages)('$name', ({ MemoryCache }) => {
  test.each(genuine)('$title', ({ run }) => run({ MemoryCache }))

  test('a sequence of mockReturnValueOnce is used up call by call', () => {
    const spy = vi.spyOn(Date, 'now')
    const times = [0, 500, 1001, 1200, 1501, 2200, 2201]
    for (const time of times) spy.mockReturnValueOnce(time)
    const cache = new MemoryCache({ maxSize: 2, ttl: 1000 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('absent')
    cache.set('c', 3)
    expect(spy).toHaveBeenCalledTimes(4)
    expect([cache.get('b'), cache.get('c'), cache.size()]).toEqual([undefined, 3, 0])
    expect(spy).toHaveBeenCalledTimes(7)
    expect(spy).toHaveBeenCalledWith()
    expect(spy.mock.contexts.every((context) => context === Date)).toBe(true)
  })

  test('a spy that mocks nothing sees every reading of the genuine clock', () => {
    const spy = vi.spyOn(Date, 'now')
    const cache = new MemoryCache({ ttl: 3_600_000 })
    cache.set('a', 1)
    cache.get('a')
    cache.size()
    expect(spy).toHaveBeenCalledTimes(3)
  })

  test('fake timers that leave Date alone leave the cache alone', () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    const cache = new MemoryCache({ ttl: 3_600_000 })
    cache.set('a', 1)
    vi.advanceTimersByTime(3_600_001)
    expect(cache.get('a')).toBe(1)
  })

  test('setSystemTime takes dates', () => {
    vi.useFakeTimers({ now: new Date('2024-02-29T12:00:00Z') })
    const cache = new MemoryCache({ ttl: 60_000 })
    cache.set('a', 1)
    vi.setSystemTime(new Date('2024-02-29T12:01:00Z'))
    expect(cache.get('a')).toBe(1)
    vi.setSystemTime(new Date('2024-02-29T12:01:00.001Z'))
    expect(cache.get('a')).toBeUndefined()
  })

  test('a fake timer finds the cache at the time it was due', () => {
    vi.useFakeTimers({ now: 0 })
    const cache = new MemoryCache({ ttl: 1000 })
    const seen = []
    for (const at of [1000, 1001]) setTimeout(() => seen.push(cache.get('a')), at)
    cache.set('a', 1)
    vi.runAllTimers()
    expect(seen).toEqual([1, undefined])
  })

  test('what the cache returns is made of the realm of the test', () => {
    const cache = new MemoryCache()
    cache.set('a', 1)
    expect(cache.keys()).toBeInstanceOf(Array)
    expect(cache.entries()).toStrictEqual([['a', 1]])
    expect(() => new MemoryCache({ ttl: -1 })).toThrow(Error)
  })
})
