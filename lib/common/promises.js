// Promises as callers' functions return them: what is one, and whose rejection is nobody's. What is awaited, and
// by whom, is elsewhere.
'use strict'

function ignore() {}

function isThenable(value) {
  return typeof value === 'object' && value !== null && typeof value.then === 'function'
}

/** Has a rejection of what is not awaited, or is awaited elsewhere too, count as handled; returns the value. */
function disown(value) {
  if (isThenable(value)) Promise.resolve(value).catch(ignore)
  return value
}

module.exports = { disown, ignore, isThenable }
