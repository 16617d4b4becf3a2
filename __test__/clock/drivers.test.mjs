// Every scenario under every way to take the clock over after the packages have been loaded.
// Scenarios and drivers live beside this file; what only one driver can do has a test file of its own.

import { test } from 'node:test'
import { drivers } from './drivers.mjs'
import { describeBoth } from './packages.mjs'
import { START, scenarios } from './scenarios.cjs'

for (const [name, driver] of Object.entries(drivers)) {
  describeBoth(`after load, ${name}`, ({ MemoryCache, cached }) => {
    for (const { title, run } of scenarios) {
      test(title, async () => {
        const clock = driver()
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
