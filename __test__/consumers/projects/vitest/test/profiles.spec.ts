// The decorated method under vitest's fake timers.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Profiles } from '../src/profiles'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('a decorated method loads once a minute', async () => {
  const profiles = new Profiles()
  expect(await profiles.displayName('ada')).toBe('The user ada')
  vi.advanceTimersByTime(60_000)
  expect(await profiles.displayName('ada')).toBe('The user ada')
  expect(profiles.loads).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await profiles.displayName('ada')).toBe('The user ada')
  expect(profiles.loads).toBe(2)
})
