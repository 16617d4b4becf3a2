// The decorated method under the mock timers of node:test.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Profiles } from '../src/profiles.js'

test('a decorated method loads once a minute', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  const profiles = new Profiles()
  assert.equal(await profiles.displayName('ada'), 'The user ada')
  t.mock.timers.tick(60_000)
  assert.equal(await profiles.displayName('ada'), 'The user ada')
  assert.equal(profiles.loads, 1)
  t.mock.timers.tick(1)
  assert.equal(await profiles.displayName('ada'), 'The user ada')
  assert.equal(profiles.loads, 2)
})
