// Tags as callers give them: checks alone. What carries which tags is known natively.
'use strict'

const { asCalledBy, invalidNumber } = require('./errors.js')

// Different tags of one entry.
const MOST_TAGS = 64

// Each once, in a new array: what native code reads must have no getters.
function different(tags, refuse) {
  const seen = new Set()
  const result = []
  const { length } = tags
  for (let i = 0; i < length; i++) {
    const tag = tags[i]
    if (typeof tag !== 'string') refuse(i, tag)
    if (seen.has(tag)) continue
    seen.add(tag)
    result[result.length] = tag
  }
  return result
}

/** Whether these can be the tags of an entry. */
function areTags(value) {
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === 'string')) return false
  return new Set(value).size <= MOST_TAGS
}

/** The tags of an entry as `entry`, the method of that name, was given them as this argument; undefined for none. */
function readTags(entry, method, value, argument = 'tags') {
  if (value === undefined || value === null) return undefined
  const refused = (place, expected, given) =>
    asCalledBy(entry, invalidNumber(method, place, expected, given))
  if (!Array.isArray(value)) throw refused(argument, 'an array of strings', value)
  const tags = different(value, (i, tag) => {
    throw refused(`${argument}[${i}]`, 'a string', tag)
  })
  if (tags.length > MOST_TAGS) {
    throw refused(argument, `at most ${MOST_TAGS} different strings`, tags.length)
  }
  return tags
}

/** One tag, or several, of entries that are to go. */
function readTagsToDelete(entry, value) {
  if (typeof value === 'string') return [value]
  const refused = (argument, expected, given) =>
    asCalledBy(entry, invalidNumber('deleteByTag', argument, expected, given))
  if (!Array.isArray(value)) throw refused('tags', 'a string or an array of strings', value)
  return different(value, (i, tag) => {
    throw refused(`tags[${i}]`, 'a string', tag)
  })
}

module.exports = { MOST_TAGS, areTags, readTags, readTagsToDelete }
