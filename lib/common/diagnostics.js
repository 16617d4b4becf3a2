// What caches publish through `node:diagnostics_channel` for tools that watch a program, such as tracers and
// profilers: where a hook would be called, whoever subscribes is told, after the hook. What must not live
// here: which events there are, and when.
//
// While nobody subscribes this costs nothing: `hasSubscribers` of such a channel is a constant of its
// prototype until somebody does, and V8 compiles the questions away.
'use strict'

const { channel, tracingChannel } = require('node:diagnostics_channel')

const { callHook } = require('./hooks.js')

const gets = channel('native-memory-cache:get')
const sets = channel('native-memory-cache:set')
const deletions = channel('native-memory-cache:delete')
const evictions = channel('native-memory-cache:evict')
const expirations = channel('native-memory-cache:expire')
const fetches = tracingChannel('native-memory-cache:fetch')

// Whether somebody is told of what a read, a look that counts nothing, a write or a removal does: each asks
// for its own events, so that whoever watches evictions slows no reads.

function areReadsObserved() {
  return gets.hasSubscribers || expirations.hasSubscribers
}

function areExpirationsObserved() {
  return expirations.hasSubscribers
}

function areWritesObserved() {
  return sets.hasSubscribers || evictions.hasSubscribers || expirations.hasSubscribers
}

function areDeletionsObserved() {
  return deletions.hasSubscribers
}

/** Whether anybody is told of what caches do, fetches aside. */
function isObserved() {
  return gets.hasSubscribers || areDeletionsObserved() || areWritesObserved()
}

/** The hooks of what native code tells somebody of, as a function of `bits`, the numbers that it knows them by. */
function observedInterest({ onSet, onEvict, onExpire, onDelete }) {
  return (
    (sets.hasSubscribers ? onSet : 0) |
    (evictions.hasSubscribers ? onEvict : 0) |
    (expirations.hasSubscribers ? onExpire : 0) |
    (deletions.hasSubscribers ? onDelete : 0)
  )
}

/** The hooks of a cache, if it has any, and whoever subscribes, as hooks. */
class ObservedHooks {
  #cache
  #hooks

  constructor(cache, hooks) {
    this.#cache = cache
    this.#hooks = hooks
  }

  #join(hook, events, facts) {
    if (!events.hasSubscribers) return hook
    const cache = this.#cache
    return (context) => {
      callHook(hook, context)
      events.publish(messageOf(cache, context, facts?.(context)))
    }
  }

  get onHit() {
    return this.#join(this.#hooks?.onHit, gets, () => ({ hit: true }))
  }

  get onMiss() {
    return this.#join(this.#hooks?.onMiss, gets, ({ reason }) => ({ hit: false, reason }))
  }

  get onSet() {
    return this.#join(this.#hooks?.onSet, sets, ({ isUpdate }) => ({ isUpdate }))
  }

  get onEvict() {
    return this.#join(this.#hooks?.onEvict, evictions)
  }

  get onExpire() {
    return this.#join(this.#hooks?.onExpire, expirations, ({ source }) => ({ source }))
  }

  get onDelete() {
    return this.#join(this.#hooks?.onDelete, deletions, ({ source }) => ({ source }))
  }
}

function messageOf(cache, context, facts) {
  return {
    cache,
    key: context.key,
    // Of a shared cache it is decoded when it is read.
    get value() {
      return context.value
    },
    ...facts,
  }
}

/** Calls a fetcher, and tells whoever traces fetches when it begins and how it ends. */
function traced(cache, key, fetch) {
  if (!fetches.hasSubscribers) return fetch()
  // Later versions of Node.js trace nothing but promises.
  return fetches.tracePromise(() => Promise.resolve(fetch()), { cache, key })
}

module.exports = {
  ObservedHooks,
  areDeletionsObserved,
  areExpirationsObserved,
  areReadsObserved,
  areWritesObserved,
  isObserved,
  observedInterest,
  traced,
}
