// Both packages under the genuine clock of a Node process, before any test has touched it and after one has
// given it back. What must hold lives in genuine-clock.cjs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drivers } from './drivers.mjs'
import { genuine } from './genuine-clock.cjs'
import { describeBoth } from './packages.mjs'

describeBoth('the genuine clock', ({ MemoryCache }) => {
  for (const { title, run } of genuine) test(title, () => run({ MemoryCache }))
})

for (const [name, driver] of Object.entries(drivers)) {
  describeBoth(`the genuine clock after ${name}`, ({ MemoryCache }) => {
    test(genuine[0].title, () => {
      const before = [Date, Date.now]
      const clock = driver()
      clock.start(0)
      new MemoryCache().set('a', 1)
      clock.stop()
      assert.deepEqual([Date, Date.now], before)
      genuine[0].run({ MemoryCache })
    })
  })
}
