// How programs walk over the entries of either kind of cache, on top of what each kind lists. What an
// entry is, and which there are, is decided elsewhere.
'use strict'

const { asCalledBy, notAFunction } = require('./errors.js')

// As with Map: who overrides `entries` overrides nothing else.
function define(Class, name, value) {
  Object.defineProperty(Class.prototype, name, { value, writable: true, configurable: true })
}

/** Gives a class with `entries` a `forEach`, which walks over the entries at the call. */
function addForEach(Class) {
  const { entries } = Class.prototype
  const { forEach } = {
    forEach(callback, thisArg = undefined) {
      if (typeof callback !== 'function') {
        throw asCalledBy(forEach, notAFunction('forEach', 'callback', callback))
      }
      for (const [key, value] of Reflect.apply(entries, this, [])) {
        Reflect.apply(callback, thisArg, [value, key, this])
      }
    },
  }
  define(Class, 'forEach', forEach)
}

/**
 * Gives a class with `entries` an iterator. Not every class should have one: assertions of jest and vitest
 * compare what can be iterated over by doing so, which changes caches, and then by all their symbols.
 */
function addIterator(Class) {
  const { entries } = Class.prototype
  const { iterate } = {
    iterate() {
      return Reflect.apply(entries, this, [])[Symbol.iterator]()
    },
  }
  define(Class, Symbol.iterator, iterate)
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

module.exports = { addForEach, addIterator, scanned }
