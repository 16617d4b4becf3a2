// What the published decorator does with calls of methods, over the public cache and one internal read. What
// `cached` does beyond that is in calls.js.
'use strict'

const { isThenable } = require('../common/promises.js')
const deferredHooks = require('../memory-cache/deferred-hooks.js')
const { MemoryCache, kState } = require('../memory-cache/memory-cache.js')
const { ABSENT, read } = require('../memory-cache/state.js')
const { removalHook } = require('./hooks.js')

/** Makes calls of methods by name, over a cache of their own. */
function published({ keyOf, cacheOptions, checked: { hooks, hookDelivery } }) {
  // The user's hooks alone may be late: the decorator itself must know at once what has gone.
  const deferred = hookDelivery === 'deferred' ? deferredHooks : undefined
  const inFlight = new Map()
  // Keys whose values came from promises: a cached hit must be a promise again.
  const asyncKeys = new Set()

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
      const hook = removalHook(hooks, name)
      if (!hook) return
      if (deferred === undefined) hook(context)
      else deferred.add(hook, context)
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

  function callsOf(name, method) {
    return (self, args) => {
      const key = `${String(name)}:${keyOf(args)}`
      const value = read(cache[kState], key, 'get')
      if (value !== ABSENT) return asyncKeys.has(key) ? Promise.resolve(value) : value
      const joined = inFlight.get(key)
      if (joined) return joined
      const result = method.apply(self, args)
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
    }
  }

  return callsOf
}

module.exports = { published }
