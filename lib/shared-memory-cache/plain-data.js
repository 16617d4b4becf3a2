// Which values come back from JSON as they come back from a structured clone. JSON takes a quarter
// of the time, and its text leaves no serializer's buffers between the stored values.
'use strict'

const {
  types: { isProxy },
} = require('node:util')

// Larger values are left to the structured clone: repeated objects are looked for in a list.
const MOST_OBJECTS = 64

/** Plain objects and arrays of strings, booleans, null and ordinary numbers, none of them twice. */
function isPlainData(root) {
  const seen = []
  const pending = [root]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) continue
    if (typeof value === 'number') {
      if (!Number.isFinite(value) || Object.is(value, -0)) return false
    } else if (
      typeof value !== 'object' ||
      seen.length === MOST_OBJECTS ||
      seen.includes(value) ||
      !isPlainObject(value)
    ) {
      return false
    } else {
      seen.push(value)
      for (const key of Object.keys(value)) pending.push(value[key])
    }
  }
  return true
}

function isPlainObject(value) {
  // A proxy cannot be cloned, and its traps may answer differently the next time.
  if (isProxy(value) || value.toJSON !== undefined) return false
  const prototype = Object.getPrototypeOf(value)
  if (!Array.isArray(value)) return prototype === Object.prototype || prototype === null
  // As many keys as elements: further properties would have to stand in for holes.
  if (prototype !== Array.prototype || Object.keys(value).length !== value.length) return false
  for (let i = 0; i < value.length; i++) if (!Object.hasOwn(value, i)) return false
  return true
}

module.exports = { isPlainData }
