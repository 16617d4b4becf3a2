// Subscribers of the diagnostics channels, for the length of a test. What is published is for the tests to say.

import diagnostics from 'node:diagnostics_channel'

export const PREFIX = 'native-memory-cache:'

/** Those of what caches do, fetches aside. */
export const CHANNELS = ['get', 'set', 'delete', 'evict', 'expire']

/** Subscribes for the length of a test, or until what is returned is called. */
export function subscribe(t, name, subscriber) {
  diagnostics.subscribe(PREFIX + name, subscriber)
  const end = () => diagnostics.unsubscribe(PREFIX + name, subscriber)
  t.after(end)
  return end
}

/**
 * What `call` returns. Errors of subscribers, of which Node.js would make uncaught exceptions, are dropped meanwhile,
 * together with all else that is put off to the next tick.
 */
export function withoutUncaught(call) {
  const { nextTick } = process
  process.nextTick = () => {}
  try {
    return call()
  } finally {
    process.nextTick = nextTick
  }
}

// By channel: the hook that is told the same, and its context.
const HOOKS = {
  get: ({ key, value, hit, reason }) =>
    hit ? ['onHit', { key, value }] : ['onMiss', { key, reason }],
  set: ({ key, value, isUpdate }) => ['onSet', { key, value, isUpdate }],
  delete: ({ key, value, source }) => ['onDelete', { key, value, source }],
  evict: ({ key, value }) => ['onEvict', { key, value }],
  expire: ({ key, value, source }) => ['onExpire', { key, value, source }],
}

/**
 * Subscribers of all channels that call the hooks which `hooksOf(cache)` returns, as the cache would: what they
 * throw is discarded.
 */
export function callHooks(t, hooksOf) {
  for (const [name, eventOf] of Object.entries(HOOKS)) {
    subscribe(t, name, (message) => {
      const [hook, context] = eventOf(message)
      try {
        hooksOf(message.cache)?.[hook]?.(context)
      } catch {
        // As the cache would.
      }
    })
  }
}
