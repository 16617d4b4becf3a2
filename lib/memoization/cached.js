// The `cached` decorator, legacy and standard (TC39). What becomes of a call is in published.js and calls.js.
'use strict'

const { asCalledBy, checkedFor, notAMethod } = require('../common/errors.js')
const { MemoryCache } = require('../memory-cache/memory-cache.js')
const { storing } = require('./calls.js')
const { checkedKeys, readMemoizeOptions } = require('./options.js')
const { published } = require('./published.js')

/** Makes calls of methods by name, whose results may be wanted otherwise than the published decorator knows. */
function extended({ keyOf: keyOfArguments, cache: given, cacheOptions, fetching }) {
  const cache = given ?? new MemoryCache(cacheOptions)
  return (name, method, entry) => {
    const prefix = `${String(name)}:`
    const keyOf = checkedKeys(entry, 'cached', prefix, keyOfArguments)
    return storing(entry, method, { cache, prefix, keyOf, fetching })
  }
}

function cached(options = {}) {
  const read = checkedFor(cached, () => readMemoizeOptions(options, 'cached'))
  const callsOf = read.fetching === undefined ? published(read) : extended(read)

  function wrap(name, method) {
    // A function and no method: it can be called with `new`, as the published package's.
    const { [name]: wrapped } = {
      [name]: function (...args) {
        return call(this, args)
      },
    }
    const call = callsOf(name, method, wrapped)
    return wrapped
  }

  const refused = (what) => asCalledBy(decorate, notAMethod(what))

  function decorate(target, context, descriptor) {
    if (typeof context === 'object' && context !== null) {
      if (context.kind !== 'method') throw refused(`a ${context.kind}`)
      return wrap(context.name, target)
    }
    if (typeof descriptor?.value !== 'function') {
      throw refused(descriptor === undefined ? 'a field' : 'an accessor')
    }
    descriptor.value = wrap(context, descriptor.value)
    return descriptor
  }

  return decorate
}

module.exports = { cached }
