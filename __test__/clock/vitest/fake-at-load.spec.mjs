// Both packages loaded while vitest's clock is already fake. The behaviour under a driven clock is in
// ../scenarios.cjs; the packages loaded under the genuine clock are in clock.spec.mjs.

import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import genuineClock from '../genuine-clock.cjs'
import driven from '../scenarios.cjs'

const { genuine } = genuineClock
const { START, scenarios } = driven

const clock = {
  start: (ms) => vi.useFakeTimers({ now: ms }),
  set: (ms) => vi.setSystemTime(ms),
  tick: (ms) => vi.advanceTimersByTime(ms),
  stop: () => vi.useRealTimers(),
}

const names = ['native-memory-cache', '@humanspeak/memory-cache']
const loaded = {}

beforeAll(async () => {
  clock.start(START)
  for (const name of names) loaded[name] = await import(name)
  expect(Date.now()).toBe(START)
  clock.stop()
})

afterEach(() => clock.stop())

describe.each(names)('%s, loaded under fake timers', (name) => {
  test.each(scenarios)('$title', async ({ run }) => {
    clock.start(START)
    await run({ ...loaded[name], clock })
  })

  test.each(genuine)('when the genuine clock is back, $title', ({ run }) => run(loaded[name]))
})
