// The `cached` decorator, legacy and standard (TC39), over the public cache and one internal read.
'use strict'

const { asCalledBy, checkedFor, invalidOption, notAMethod } = require('../common/errors.js')
const { warnOfUnknown } = require('../common/option-warnings.js')
const { requireObject } = require('../common/options.js')
const deferredHooks = require('./deferred-hooks.js')
const { MemoryCache, kState } = require('./memory-cache.js')
const { OPTIONS, readOptions } = require('./options.js')
const { ABSENT, read } = require('./state.js')

const DECORATOR_OPTIONS = [...OPTIONS, 'keyGenerator', 'hashKeys']

// FNV-1a, 32 bits, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/), in
// hexadecimal without leading zeros: the published package's keys.
function hashKey(text) {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return (hash >>> 0).toString(16)
}

function isThenable(value) {
  return typeof value === 'object' && value !== null && typeof value.then === 'function'
}

function argumentKeys({ keyGenerator, hashKeys }) {
  if (keyGenerator) {
    if (typeof keyGenerator !== 'function') {
      throw invalidOption('keyGenerator', 'a function', keyGenerator)
    }
    return keyGenerator
  }
  return hashKeys ? (args) => hashKey(JSON.stringify(args)) : (args) => JSON.stringify(args)
}

function checked(options) {
  const { keyGenerator, hashKeys, ...cacheOptions } = requireObject(options, 'options')
  const keyOf = argumentKeys({ keyGenerator, hashKeys })
  warnOfUnknown(options, DECORATOR_OPTIONS, 'cached')
  return { keyOf, cacheOptions, ...readOptions(cacheOptions) }
}

function cached(options = {}) {
  const { keyOf, cacheOptions, hooks, hookDelivery } = checkedFor(cached, () => checked(options))
  // The user's hooks alone may be late: the decorator itself must know at once what has gone.
  const deferred = hookDelivery === 'deferred' ? deferredHooks : undefined
  const inFlight = new Map()
  // Keys whose values came from promises: a cached hit must be a promise again.
  const asyncKeys = new Set()

  // Hooks of removals are looked up at the event and called as methods, the others are those own
  // members that there are now, and called as functions: what the published package does.
  const others = { ...hooks }
  if (deferred !== undefined) {
    for (const [name, hook] of Object.entries(others)) {
      others[name] = hook && ((context) => deferred.add(hook, context))
    }
  }

  function forget(name) {
    return (context) => {
      asyncKeys.delete(context.key)
      inFlight.delete(context.key)
      const hook = hooks?.[name]
      if (!hook) return
      if (deferred === undefined) Reflect.apply(hook, hooks, [context])
      else deferred.add((late) => Reflect.apply(hook, hooks, [late]), context)
    }
  }

  const cache = new MemoryCache({
    ...cacheOptions,
    hookDelivery: 'sync',
    hooks: {
      ...others,
      onEvict: forget('onEvict'),
      onExpire: forget('onExpire'),
      onDelete: forget('onDelete'),
    },
  })

  function wrap(name, method) {
    // A function and no method: it can be called with `new`, as the published package's.
    return {
      [name]: function (...args) {
        const key = `${String(name)}:${keyOf(args)}`
        const value = read(cache[kState], key, 'get')
        if (value !== ABSENT) return asyncKeys.has(key) ? Promise.resolve(value) : value
        const joined = inFlight.get(key)
        if (joined) return joined
        const result = method.apply(this, args)
        if (!isThenable(result)) {
          cache.set(key, result)
          return result
        }
        const flight = Promise.resolve(result)
          .then((resolved) => {
            asyncKeys.add(key)
            cache.set(key, resolved)
            return resolved
          })
          .finally(() => inFlight.delete(key))
        inFlight.set(key, flight)
        return flight
      },
    }[name]
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
