// The ways in which a Node program takes the clock over, behind one shape:
// start(ms), set(ms), tick(ms), stop(); stop leaves the very Date and Date.now that start had found.
// No expectations live here.

import { mock } from 'node:test'
import FakeTimers from '@sinonjs/fake-timers'

const GenuineDate = Date
const genuineNow = Date.now

// `replace(now)` puts a fake in place that reads `now()`.
function replacing(replace) {
  let time
  return () => ({
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
    stop() {
      globalThis.Date = GenuineDate
      Object.defineProperty(Date, 'now', {
        value: genuineNow,
        writable: true,
        enumerable: false,
        configurable: true,
      })
    },
  })
}

function sinonDate() {
  let timers
  return {
    start(ms) {
      timers = FakeTimers.install({ now: ms, toFake: ['Date'] })
    },
    set: (ms) => timers.setSystemTime(ms),
    tick: (ms) => timers.tick(ms),
    stop() {
      timers?.uninstall()
      timers = undefined
    },
  }
}

function nodeMockTimers() {
  return {
    start: (ms) => mock.timers.enable({ apis: ['Date'], now: ms }),
    set: (ms) => mock.timers.setTime(ms),
    tick: (ms) => mock.timers.tick(ms),
    stop: () => mock.timers.reset(),
  }
}

function spiedNow() {
  let spy
  let time
  return {
    start(ms) {
      time = ms
      spy = mock.method(Date, 'now', () => time)
    },
    set(ms) {
      time = ms
    },
    tick(ms) {
      time += ms
    },
    stop: () => spy.mock.restore(),
  }
}

export const drivers = {
  '@sinonjs/fake-timers': sinonDate,
  'node:test mock.timers': nodeMockTimers,
  'node:test mock.method(Date, "now")': spiedNow,
  'an assigned Date.now': replacing((now) => {
    Date.now = now
  }),
  'a bound Date.now, which prints as native code': replacing((now) => {
    Date.now = now.bind(null)
  }),
  'a bound Date.now that calls itself now': replacing((now) => {
    Date.now = Object.defineProperty(now.bind(null), 'name', { value: 'now' })
  }),
  'a proxy of the genuine Date.now': replacing((now) => {
    Date.now = new Proxy(genuineNow, { apply: () => now() })
  }),
  'a getter for Date.now': replacing((now) => {
    Object.defineProperty(Date, 'now', { get: () => now, configurable: true })
  }),
  'a subclass in place of Date': replacing((now) => {
    globalThis.Date = class FakeDate extends GenuineDate {
      static now() {
        return now()
      }
    }
  }),
  'a proxy in place of Date': replacing((now) => {
    globalThis.Date = new Proxy(GenuineDate, {
      get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
    })
  }),
}
