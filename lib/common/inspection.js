// How `console.log` and `util.inspect` show either kind of cache: in one line, without keys and values.
// What there is to show is each kind's.
'use strict'

const util = require('node:util')

/** `factsOf` tells what is known of a cache; it throws for what is none, such as a copy. */
function addInspection(Class, factsOf) {
  Object.defineProperty(Class.prototype, util.inspect.custom, {
    value(depth, options, inspect = util.inspect) {
      const name = this?.constructor?.name || Class.name
      if (depth < 0) return options.stylize(`[${name}]`, 'special')
      let facts
      try {
        facts = factsOf(this)
      } catch {
        return `${name} {}`
      }
      const shown = { ...options, depth: 1, compact: true, breakLength: Infinity }
      return `${name} ${inspect(facts, shown)}`
    },
    writable: true,
    configurable: true,
  })
}

module.exports = { addInspection }
