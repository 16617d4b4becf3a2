// The decorated method under jest's fake timers.
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { Profiles } from '../src/profiles'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

test('a decorated method loads once a minute', async () => {
  const profiles = new Profiles()
  expect(await profiles.displayName('ada')).toBe('The user ada')
  jest.advanceTimersByTime(60_000)
  expect(await profiles.displayName('ada')).toBe('The user ada')
  expect(profiles.loads).toBe(1)
  jest.advanceTimersByTime(1)
  expect(await profiles.displayName('ada')).toBe('The user ada')
  expect(profiles.loads).toBe(2)
})
