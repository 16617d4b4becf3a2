// Checks that the constructors of both kinds of cache share. Their options are in the folder of
// each kind; what the options mean is decided elsewhere.
'use strict'

const { invalidOption, negativeOption } = require('./errors.js')
const { warnOfOption } = require('./option-warnings.js')

const HOOKS = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

function limit(options, name, fallback) {
  const value = options[name] ?? fallback
  if (value === undefined) return undefined
  // The published package compares with NaN, which is never exceeded.
  if (Number.isNaN(value) && (name === 'maxSize' || name === 'ttl')) {
    warnOfOption(`${name} NaN`, () => `${name} is NaN, which means no limit`)
    return 0
  }
  const isComparable = typeof value !== 'symbol' && typeof value !== 'object'
  if ((isComparable && value < 0) || (name === 'maxWeight' && Number.isNaN(value))) {
    throw negativeOption(name)
  }
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw invalidOption(name, 'a non-negative number', value)
  }
  return value
}

const EVICTIONS = new Set(['lru', 's3-fifo'])

/** Undefined where it was left out, so that a store has its own. */
function readEviction(options) {
  const eviction = options.eviction ?? undefined
  if (eviction === undefined || EVICTIONS.has(eviction)) return eviction
  throw invalidOption('eviction', "'lru' or 's3-fifo'", eviction)
}

// Functions are objects with properties, such as classes with static hooks.
function requireObject(value, name) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    throw invalidOption(name, 'an object', value)
  }
  return value
}

// `onHit: debug && log` and the like: what is falsy is no hook.
function readHooks(options) {
  const hooks = options.hooks || undefined
  if (hooks !== undefined) {
    requireObject(hooks, 'hooks')
    for (const name of HOOKS) {
      const hook = hooks[name]
      if (hook && typeof hook !== 'function') {
        throw invalidOption(`hooks.${name}`, 'a function', hook)
      }
    }
  }
  return hooks
}

module.exports = { limit, readEviction, readHooks, requireObject }
