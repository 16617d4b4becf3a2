// The searches of keys that are under way, each in steps of bounded work, whatever the cache holds.
// What must not live here: who may search, which is in inspector.js.
'use strict'

const { randomBytes } = require('node:crypto')
const { Refusal } = require('./inspector-requests.js')

const MOST_SEARCHES = 16
const SEARCH_IDLE_MS = 30_000
// What one comparison costs grows with the lengths of both, and keys can be long.
const LONGEST_PATTERN = 256
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

function begin(cache, pattern) {
  if (typeof pattern !== 'string') throw new Refusal(400, 'pattern must be a string.')
  if (pattern.includes('*') && pattern.length > LONGEST_PATTERN) {
    throw new Refusal(400, `A pattern has at most ${LONGEST_PATTERN} characters.`)
  }
  return searchIn(cache, pattern)
}

class Searches {
  #underWay = new Map()

  get size() {
    return this.#underWay.size
  }

  /** The next keys of the search with that cursor, or the first of a new one, and a cursor unless they are the last. */
  step(cache, { pattern, cursor, most }) {
    const known = this.#underWay.get(cursor)
    if (cursor !== undefined && known?.cache !== cache) {
      throw new Refusal(410, 'The search is over: start it again.')
    }
    const search = known?.search ?? begin(cache, pattern)
    this.#underWay.delete(cursor)
    const { keys, looked, done } = search(most)
    if (done) return { keys, looked }
    const next = randomBytes(12).toString('base64url')
    this.#underWay.set(next, { cache, search, used: performance.now() })
    if (this.#underWay.size > MOST_SEARCHES) {
      this.#underWay.delete(this.#underWay.keys().next().value)
    }
    return { keys, looked, cursor: next }
  }

  /** Lets go of those that are left. */
  forget(now) {
    for (const [cursor, { used }] of this.#underWay) {
      if (now - used > SEARCH_IDLE_MS) this.#underWay.delete(cursor)
    }
  }

  clear() {
    this.#underWay.clear()
  }
}

module.exports = { Searches }
