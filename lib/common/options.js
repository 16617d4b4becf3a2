// Checks that the constructors of both kinds of cache share. Their options are in the folder of
// each kind; what the options mean is decided elsewhere.
'use strict'

const { invalidOption, negativeOption } = require('./errors.js')

const HOOKS = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

function limit(options, name, fallback) {
  const value = options[name] ?? fallback
  if (value === undefined) return undefined
  if (value < 0 || (name === 'maxWeight' && Number.isNaN(value))) throw negativeOption(name)
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw invalidOption(name, 'a non-negative number', value)
  }
  return value
}

function optionalFunction(options, name, label = name) {
  const value = options[name] ?? undefined
  if (value !== undefined && typeof value !== 'function') {
    throw invalidOption(label, 'a function', value)
  }
  return value
}

function requireObject(value, name) {
  if (typeof value !== 'object' || value === null) throw invalidOption(name, 'an object', value)
  return value
}

function readHooks(options) {
  const hooks = options.hooks ?? undefined
  if (hooks !== undefined) {
    requireObject(hooks, 'hooks')
    for (const name of HOOKS) optionalFunction(hooks, name, `hooks.${name}`)
  }
  return hooks
}

module.exports = { limit, optionalFunction, readHooks, requireObject }
