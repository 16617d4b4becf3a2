// The decorated method, in a worker thread of its own.
import FakeTimers from '@sinonjs/fake-timers'
import test from 'ava'
import { Profiles } from '../src/profiles.js'

test('a decorated method loads once a minute', async (t) => {
  const clock = FakeTimers.install({ toFake: ['Date'] })
  t.teardown(() => clock.uninstall())

  const profiles = new Profiles()
  t.is(await profiles.displayName('ada'), 'The user ada')
  clock.tick(60_000)
  t.is(await profiles.displayName('ada'), 'The user ada')
  t.is(profiles.loads, 1)
  clock.tick(1)
  t.is(await profiles.displayName('ada'), 'The user ada')
  t.is(profiles.loads, 2)
})
