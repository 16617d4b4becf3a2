// The `cached` decorator, legacy and standard (TC39), over the public cache and one internal read.
'use strict'

const { invalidOption, notAMethod } = require('../common/errors.js')
const { requireObject } = require('../common/options.js')
const deferredHooks = require('./deferred-hooks.js')
const { MemoryCache, kState } = require('./memory-cache.js')
const { readOptions } = require('./options.js')
const { ABSENT, read } = require('./state.js')

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

// The user's hooks alone may be late: the decorator itself must know at once what has gone.
function deferring(hooks = {}) {
  const names = Object.keys(hooks).filter((name) => hooks[name])
  return Object.fromEntries(
    names.map((name) => [name, (context) => deferredHooks.add(hooks[name], context)]),
  )
}

function cached(options = {}) {
  const { keyGenerator, hashKeys, ...cacheOptions } = requireObject(options, 'options')
  const keyOf = argumentKeys({ keyGenerator, hashKeys })
  // Before they are wrapped: an error must name the user's hook.
  const { hooks, hookDelivery } = readOptions(cacheOptions)
  const userHooks = hookDelivery === 'deferred' ? deferring(hooks) : hooks
  const inFlight = new Map()
  // Keys whose values came from promises: a cached hit must be a promise again.
  const asyncKeys = new Set()

  function forget(hook) {
    return (context) => {
      asyncKeys.delete(context.key)
      inFlight.delete(context.key)
      userHooks?.[hook]?.(context)
    }
  }

  const cache = new MemoryCache({
    ...cacheOptions,
    hookDelivery: 'sync',
    hooks: {
      ...userHooks,
      onEvict: forget('onEvict'),
      onExpire: forget('onExpire'),
      onDelete: forget('onDelete'),
    },
  })

  function wrap(name, method) {
    return {
      [name](...args) {
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

  return function decorate(target, context, descriptor) {
    if (typeof context === 'object' && context !== null) {
      if (context.kind !== 'method') throw notAMethod(`a ${context.kind}`)
      return wrap(context.name, target)
    }
    if (typeof descriptor?.value !== 'function') {
      throw notAMethod(descriptor === undefined ? 'a field' : 'an accessor')
    }
    descriptor.value = wrap(context, descriptor.value)
    return descriptor
  }
}

module.exports = { cached }
