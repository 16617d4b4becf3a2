// Checks and defaults of the constructor's options. What they mean is decided elsewhere.
'use strict'

const { invalidOption, missingSizeCalculation, negativeOption } = require('./errors.js')

const HOOKS = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

function limit(options, name, fallback) {
  const value = options[name] ?? fallback
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

function readOptions(options) {
  requireObject(options, 'options')
  const maxSize = limit(options, 'maxSize', 100)
  const ttl = limit(options, 'ttl', 300_000)
  const maxWeight = limit(options, 'maxWeight', 0)
  const sizeCalculation = optionalFunction(options, 'sizeCalculation')
  if (maxWeight > 0 && sizeCalculation === undefined) throw missingSizeCalculation()
  const hooks = options.hooks ?? undefined
  if (hooks !== undefined) {
    requireObject(hooks, 'hooks')
    for (const name of HOOKS) optionalFunction(hooks, name, `hooks.${name}`)
  }
  return { maxSize, ttl, maxWeight, sizeCalculation, hooks }
}

module.exports = { readOptions, requireObject }
