// The JSON text of values that come back from JSON as they come back from a structured clone. JSON
// takes a quarter of the time, and its text leaves no serializer's buffers between the stored values.
//
// Checking and writing are one pass: `JSON.stringify` after a check takes twice as long, and would
// run getters twice.
'use strict'

const {
  types: { isProxy },
} = require('node:util')

// Larger values are left to the structured clone: repeated objects are looked for in a list.
const MOST_OBJECTS = 64

// Programs have few property names: the quoted ones are kept.
const MOST_NAMES = 1_000
const LONGEST_NAME = 64
const names = new Map()

function quotedName(name) {
  const known = names.get(name)
  if (known !== undefined) return known
  const text = `${JSON.stringify(name)}:`
  if (names.size < MOST_NAMES && name.length <= LONGEST_NAME) names.set(name, text)
  return text
}

// What JSON escapes, and what it would escape if it stood alone.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/

function quoted(text) {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}

/**
 * The text for plain objects and arrays of strings, booleans, null and ordinary numbers, none of
 * them twice; else undefined.
 */
function plainJson(value, seen = []) {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? `${value}` : undefined
    case 'object':
      if (value === null) return 'null'
      // A proxy cannot be cloned.
      if (seen.length === MOST_OBJECTS || isProxy(value) || seen.includes(value)) return undefined
      seen.push(value)
      return Array.isArray(value) ? plainArray(value, seen) : plainObject(value, seen)
    default:
      return undefined
  }
}

function plainObject(object, seen) {
  const prototype = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  const members = Object.keys(object)
  // A map, a date, an array of bytes or arguments may look so from outside: let v8 see what it is.
  if (members.length === 0 || members[0] === '0') return undefined
  let text = '{'
  for (const name of members) {
    const member = plainJson(object[name], seen)
    if (member === undefined) return undefined
    text += text.length === 1 ? quotedName(name) + member : `,${quotedName(name)}${member}`
  }
  return `${text}}`
}

function plainArray(array, seen) {
  if (Object.getPrototypeOf(array) !== Array.prototype) return undefined
  // A clone has further properties too. A hole, which would make up for one, is no plain member.
  let count = 0
  for (const _ in array) count++
  if (count !== array.length) return undefined
  let text = '['
  for (let i = 0; i < array.length; i++) {
    const member = plainJson(array[i], seen)
    if (member === undefined) return undefined
    text += i === 0 ? member : `,${member}`
  }
  return `${text}]`
}

module.exports = { plainJson }
