// Steps of shared stores that go by tags; writes with tags are in writes.js.
'use strict'

const native = require('../common/native.js')
const { readTagsToDelete } = require('../common/tags.js')
const { genuine, open } = require('./handle.js')
const { deliver } = require('./steps.js')

/** Removes what carries any of these tags, under keys with this prefix; returns how many entries. */
function removeTagged(cache, given, prefix = '') {
  open(cache)
  const tags = readTagsToDelete(genuine.deleteByTag, given)
  // A getter of the array may have closed the handle.
  const state = open(cache)
  const count = native.sharedDeleteTagged(state.index, tags, prefix)
  deliver(state)
  return count
}

/** Has the deletion of these tags overtake a flight, whose fetch is about to begin. */
function tagFlight(state, key, flight, tags) {
  if (tags !== undefined && !state.closed) native.sharedTagFlight(state.index, key, flight, tags)
}

module.exports = { removeTagged, tagFlight }
