// The clock tests in jest's own terms, for any package handed in: jest's fake timers, modern and legacy,
// and its spies. Spec files choose the packages and the module system; the behaviour under a driven clock
// is in ../scenarios.cjs.

'use strict'

const { genuine } = require('../genuine-clock.cjs')
const { START, scenarios } = require('../scenarios.cjs')

// jest is an argument: an ES module gets its own from import.meta.
function drivers(jest) {
  const modern = (config) => ({
    start: (ms) => jest.useFakeTimers({ ...config, now: ms }),
    set: (ms) => jest.setSystemTime(ms),
    tick: (ms) => jest.advanceTimersByTime(ms),
    stop: () => jest.useRealTimers(),
  })

  const spied = (prepare) => {
    let spy
    let time
    return {
      start(ms) {
        prepare()
        time = ms
        spy = jest.spyOn(Date, 'now').mockImplementation(() => time)
      },
      set(ms) {
        time = ms
      },
      tick(ms) {
        time += ms
      },
      stop() {
        spy.mockRestore()
        jest.useRealTimers()
      },
    }
  }

  return {
    'modern fake timers': () => modern({}),
    // A tick with nothing but Date faked moves Date alone.
    'modern fake timers that leave the timers alone': () =>
      modern({
        doNotFake: ['nextTick', 'queueMicrotask', 'setTimeout', 'setInterval', 'setImmediate'],
      }),
    'jest.spyOn(Date, "now")': () => spied(() => {}),
    'jest.spyOn(Date, "now") over modern fake timers': () => spied(() => jest.useFakeTimers()),
    'jest.spyOn(Date, "now") over legacy fake timers': () =>
      spied(() => jest.useFakeTimers({ legacyFakeTimers: true })),
  }
}

function defineSuite({ name, MemoryCache, cached, jest }) {
  const cacheWithA = (options) => {
    const cache = new MemoryCache(options)
    cache.set('a', 1)
    return cache
  }

  afterEach(() => {
    jest.restoreAllMocks()
    jest.useRealTimers()
  })

  for (const [driver, make] of Object.entries(drivers(jest))) {
    describe(`${name} under ${driver}`, () => {
      for (const { title, run } of scenarios) {
        test(title, async () => {
          const clock = make()
          clock.start(START)
          try {
            await run({ MemoryCache, cached, clock })
          } finally {
            clock.stop()
          }
        })
      }
    })
  }

  describe(`${name} under the genuine clock of jest`, () => {
    for (const { title, run } of genuine) test(title, () => run({ MemoryCache }))

    test('the genuine clock is back after fake timers and spies', () => {
      jest.useFakeTimers({ now: 0 })
      const cache = cacheWithA()
      jest.useRealTimers()
      jest.spyOn(Date, 'now').mockReturnValue(0)
      expect(cache.get('a')).toBe(1)
      jest.restoreAllMocks()
      expect(cache.get('a')).toBeUndefined()
      genuine[0].run({ MemoryCache })
    })

    test('legacy fake timers leave Date alone, and the cache with it', () => {
      jest.useFakeTimers({ legacyFakeTimers: true })
      const cache = cacheWithA({ ttl: 3_600_000 })
      jest.advanceTimersByTime(3_600_001)
      expect(cache.get('a')).toBe(1)
      genuine[0].run({ MemoryCache })
    })

    test('modern fake timers told not to fake Date leave the cache alone', () => {
      jest.useFakeTimers({ doNotFake: ['Date'] })
      const cache = cacheWithA({ ttl: 3_600_000 })
      jest.advanceTimersByTime(3_600_001)
      expect(cache.get('a')).toBe(1)
      genuine[0].run({ MemoryCache })
    })
  })

  describe(`${name} in the ways of jest`, () => {
    test('a sequence of mockReturnValueOnce is used up call by call', () => {
      jest
        .spyOn(Date, 'now')
        .mockReturnValueOnce(0) // a is written
        .mockReturnValueOnce(500) // b is written
        .mockReturnValueOnce(1001) // set prunes: a expires
        .mockReturnValueOnce(1200) // c is written
        .mockReturnValueOnce(1501) // b has expired
        .mockReturnValue(2200) // c is alive
      const cache = new MemoryCache({ maxSize: 2, ttl: 1000 })
      cache.set('a', 1)
      cache.set('b', 2)
      cache.get('absent')
      cache.set('c', 3)
      expect(cache.get('b')).toBeUndefined()
      expect(Date.now).toHaveBeenCalledTimes(5)
      expect(cache.get('c')).toBe(3)
      expect(cache.getStats()).toEqual({
        hits: 1,
        misses: 2,
        evictions: 0,
        expirations: 2,
        size: 1,
        weight: 0,
      })
      expect(Date.now).toHaveBeenCalledTimes(7)
      expect(Date.now).toHaveBeenCalledWith()
      expect(jest.mocked(Date.now).mock.contexts.every((context) => context === Date)).toBe(true)
    })

    test('a spy that mocks nothing sees every reading of the genuine clock', () => {
      const spy = jest.spyOn(Date, 'now')
      const cache = cacheWithA({ ttl: 3_600_000 })
      cache.get('a')
      cache.size()
      expect(spy).toHaveBeenCalledTimes(3)
    })

    test('a mock without a value never lets an entry expire', () => {
      const cache = cacheWithA({ ttl: 1 })
      jest.spyOn(Date, 'now').mockImplementation()
      expect(cache.get('a')).toBe(1)
      expect(cache.size()).toBe(1)
    })

    test('fake timers start at the genuine time unless told otherwise', () => {
      const cache = cacheWithA({ ttl: 3_600_000 })
      jest.useFakeTimers()
      expect(cache.get('a')).toBe(1)
      jest.advanceTimersByTime(3_600_001)
      expect(cache.get('a')).toBeUndefined()
    })

    test('setSystemTime takes dates', () => {
      jest.useFakeTimers({ now: new Date('2024-02-29T12:00:00Z') })
      const cache = cacheWithA({ ttl: 60_000 })
      jest.setSystemTime(new Date('2024-02-29T12:01:00Z'))
      expect(cache.get('a')).toBe(1)
      jest.setSystemTime(new Date('2024-02-29T12:01:00.001Z'))
      expect(cache.get('a')).toBeUndefined()
    })

    test('a fake timer finds the cache at the time it was due', () => {
      jest.useFakeTimers({ now: 0 })
      const cache = new MemoryCache({ ttl: 1000 })
      const seen = []
      for (const at of [1000, 1001]) setTimeout(() => seen.push(cache.get('a')), at)
      cache.set('a', 1)
      jest.runAllTimers()
      expect(seen).toEqual([1, undefined])
    })

    test('getOrSet settles while all timers are fake', async () => {
      jest.useFakeTimers({ now: 0 })
      const cache = new MemoryCache({ ttl: 1000 })
      const answer = cache.getOrSet('a', async () => {
        await new Promise((resolve) => setTimeout(resolve, 400))
        return 'fetched'
      })
      await jest.advanceTimersByTimeAsync(400)
      expect(await answer).toBe('fetched')
      jest.setSystemTime(1400)
      expect(cache.get('a')).toBe('fetched')
      jest.setSystemTime(1401)
      expect(cache.get('a')).toBeUndefined()
    })

    test('what the cache returns is made of the realm of the test', () => {
      const cache = cacheWithA()
      expect(cache.keys()).toBeInstanceOf(Array)
      expect(cache.entries()).toStrictEqual([['a', 1]])
      expect(cache.getStats()).toBeInstanceOf(Object)
      expect(() => new MemoryCache({ ttl: -1 })).toThrow(Error)
    })
  })
}

module.exports = { defineSuite }
