// What is known of functions beyond one call of `memoize` or `cached`: whether those of a name return promises, so
// that results which are there already are returned as promises as well.
'use strict'

const { identify, isShared } = require('./result-caches.js')

// By the state of a cache, then by what the keys start with.
const known = new WeakMap()

/**
 * `{ isAsync }` of the functions whose keys start with `prefix`: the same object whoever asks. Of a function without
 * a name, and of one with a cache of its own, nothing is known to others.
 */
function knownOf(cache, prefix) {
  if (prefix === '' || prefix === ':' || isShared(cache)) return { isAsync: false }
  const { identity, prefix: namespace } = identify(cache)
  let names = known.get(identity)
  if (names === undefined) known.set(identity, (names = new Map()))
  const whole = namespace + prefix
  let functions = names.get(whole)
  if (functions === undefined) names.set(whole, (functions = { isAsync: false }))
  return functions
}

module.exports = { knownOf }
