// Cuts caches off by the timeouts of vm scripts that call one method after the other. What must hold
// afterwards is for the tests to say.

import assert from 'node:assert/strict'
import vm from 'node:vm'

const TIMEOUTS = 40

/**
 * Runs into so many timeouts, each with a cache of `open()`, whose keys are written between the calls
 * of `methods`. `after(cache, number)` runs without one. Returns how many there were.
 */
export function timeOut({ keys, methods, valueFor, open, after }) {
  const context = vm.createContext({ keys, methods: Object.values(methods), valueFor })
  const script = new vm.Script(`
    for (let i = start; ; i++) {
      methods[i % methods.length](cache)
      for (const key of keys) cache.set(key, valueFor(key))
    }
  `)
  for (let start = 0; start < TIMEOUTS; start++) {
    const cache = open()
    Object.assign(context, { cache, start })
    const timeout = 1 + (start % 3)
    assert.throws(() => script.runInContext(context, { timeout }), {
      code: 'ERR_SCRIPT_EXECUTION_TIMEOUT',
    })
    after(cache, start)
  }
  return TIMEOUTS
}
