// How programs walk over the entries of either kind of cache, on top of what each kind lists. What an
// entry is, and which there are, is decided elsewhere.
'use strict'

const { asCalledBy, notAFunction } = require('./errors.js')

/** Gives a class with `entries` an iterator and `forEach`: both walk over the entries at the call. */
function addIteration(Class) {
  // As with Map: who overrides `entries` overrides nothing else.
  const { entries } = Class.prototype
  const methods = {
    [Symbol.iterator]() {
      return Reflect.apply(entries, this, [])[Symbol.iterator]()
    },

    forEach(callback, thisArg = undefined) {
      if (typeof callback !== 'function') {
        throw asCalledBy(methods.forEach, notAFunction('forEach', 'callback', callback))
      }
      for (const [key, value] of Reflect.apply(entries, this, [])) {
        Reflect.apply(callback, thisArg, [value, key, this])
      }
    },
  }
  for (const name of Reflect.ownKeys(methods)) {
    const value = methods[name]
    Object.defineProperty(Class.prototype, name, { value, writable: true, configurable: true })
  }
}

/**
 * An iterator over what `fetch` gets step by step: it is told where to go on, nothing at first, and returns
 * `entries` and `next`, nothing at the end. Between steps only the entries of one step are held.
 */
function* scanned(fetch) {
  let from
  do {
    const { entries, next } = fetch(from)
    yield* entries
    from = next
  } while (from !== undefined)
}

module.exports = { addIteration, scanned }
