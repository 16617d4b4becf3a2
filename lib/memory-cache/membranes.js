// A cache seen through proxies that wrap what is read through them: Vue's `reactive`, membranes. Its
// state comes wrapped as well, and native steps must have the bare one, whose `values` can be brought
// in line without a call. What the steps do does not belong here.
'use strict'

const { notACache } = require('../common/errors.js')

let revealed
let probes = 0

/** A function of a state that a wrapped state has, too, and that yet knows the bare one. */
function revealer(state) {
  return () => {
    revealed = state
  }
}

/** The bare state of one that may be wrapped. Reading `changes` has effects run anew after changes. */
function reveal(seen) {
  if (seen?.changes === undefined) throw notACache()
  seen.reveal()
  const state = revealed
  revealed = undefined
  // A copy has the function, too, but not what the bare state becomes afterwards.
  const probe = ++probes
  state.probe = probe
  if (!(seen.probe >= probe)) throw notACache()
  return state
}

/** A value as whoever wrapped the state would wrap it. */
function seeThrough(seen, value) {
  const state = reveal(seen)
  // Whoever wraps may read the cache meanwhile.
  const { seen: outer } = state
  state.seen = value
  const wrapped = seen.seen
  state.seen = outer
  return wrapped
}

/** Tells whoever wrapped the state that something has changed; it may have forbidden changes. */
function announceChange(seen) {
  Reflect.set(seen, 'changes', reveal(seen).changes + 1)
}

module.exports = { announceChange, reveal, revealer, seeThrough }
