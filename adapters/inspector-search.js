// The search of keys in a cache, in steps of bounded work, whatever the cache holds.
// What must not live here: which searches there are, and for how long, which is in inspector.js.
'use strict'

const SEARCH_MS = 10
const MOST_KEYS = 100
const MOST_UNITS = 256 * 1024

/** Whether a key matches a pattern, as in `scan`: `*` stands for any characters, or none. */
function matcherOf(pattern) {
  const [first, ...inner] = pattern.split('*')
  if (inner.length === 0) return (key) => key === pattern
  const last = inner.pop()
  return (key) => {
    const end = key.length - last.length
    if (end < first.length || !key.startsWith(first) || !key.endsWith(last)) return false
    let from = first.length
    for (const part of inner) {
      const at = key.indexOf(part, from)
      if (at === -1 || at + part.length > end) return false
      from = at + part.length
    }
    return true
  }
}

// Without a wildcard there is nothing to look for elsewhere.
function* only(cache, key) {
  if (cache.getRemainingTTL(key) > 0) yield [key]
}

/** A function for the next keys that match: at most `most` and at most 100, and only those found within some milliseconds. */
function searchIn(cache, pattern) {
  const matches = matcherOf(pattern)
  const scan = pattern.includes('*') ? cache.scan() : only(cache, pattern)
  return (most) => {
    const limit = most >= 1 && most < MOST_KEYS ? most : MOST_KEYS
    const until = performance.now() + SEARCH_MS
    const keys = []
    let units = 0
    let looked = 0
    do {
      const { done, value } = scan.next()
      if (done) return { keys, looked, done: true }
      looked++
      if (!matches(value[0])) continue
      units += value[0].length
      keys.push(value[0])
    } while (keys.length < limit && units < MOST_UNITS && performance.now() < until)
    return { keys, looked, done: false }
  }
}

module.exports = { searchIn }
