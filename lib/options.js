// Checks and defaults of the constructor's options. What they mean is decided elsewhere.
'use strict'

const { custom, json, structured } = require('./codec.js')
const { invalidOption, missingSizeCalculation, negativeOption } = require('./errors.js')

const HOOKS = ['onHit', 'onMiss', 'onSet', 'onEvict', 'onExpire', 'onDelete']

const BUILT_IN = new Map([
  ['structured', structured],
  ['json', json],
])

// More would only cost memory: threads that meet at one of so many locks are rare.
const MOST_SHARDS = 1024

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

function readOptions(options) {
  requireObject(options, 'options')
  const maxSize = limit(options, 'maxSize', 100)
  const ttl = limit(options, 'ttl', 300_000)
  const maxWeight = limit(options, 'maxWeight', 0)
  const sizeCalculation = optionalFunction(options, 'sizeCalculation')
  if (maxWeight > 0 && sizeCalculation === undefined) throw missingSizeCalculation()
  const hooks = readHooks(options)
  const checkInterval = limit(options, 'checkInterval', 0)
  const hookDelivery = options.hookDelivery ?? 'sync'
  if (hookDelivery !== 'sync' && hookDelivery !== 'deferred') {
    throw invalidOption('hookDelivery', "'sync' or 'deferred'", hookDelivery)
  }
  return { maxSize, ttl, maxWeight, sizeCalculation, hooks, checkInterval, hookDelivery }
}

function readHooks(options) {
  const hooks = options.hooks ?? undefined
  if (hooks !== undefined) {
    requireObject(hooks, 'hooks')
    for (const name of HOOKS) optionalFunction(hooks, name, `hooks.${name}`)
  }
  return hooks
}

// Limits left out stay undefined: the store that is open has its own.
function readSharedOptions(options) {
  requireObject(options, 'options')
  const { name } = options
  const codec = options.codec ?? undefined
  const nearCache = options.nearCache ?? false
  if (typeof name !== 'string' || name === '')
    throw invalidOption('name', 'a non-empty string', name)
  const limits = {}
  for (const option of ['maxSize', 'maxBytes', 'ttl']) {
    limits[option] = limit(options, option, undefined)
  }
  const shards = options.shards ?? undefined
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1 && shards <= MOST_SHARDS)) {
    throw invalidOption('shards', `an integer from 1 to ${MOST_SHARDS}`, shards)
  }
  if (typeof nearCache !== 'boolean') throw invalidOption('nearCache', 'a boolean', nearCache)
  return { name, ...limits, shards, nearCache, hooks: readHooks(options), ...readCodec(codec) }
}

// Without a codec it is the store's that counts.
function readCodec(codec) {
  if (codec === undefined) return { codec: undefined, codecName: undefined }
  if (BUILT_IN.has(codec)) return { codec: BUILT_IN.get(codec), codecName: codec }
  if (typeof codec.encode !== 'function' || typeof codec.decode !== 'function') {
    throw invalidOption('codec', "'structured', 'json' or { encode, decode }", codec)
  }
  const codecName = codec.name ?? 'custom'
  if (typeof codecName !== 'string' || BUILT_IN.has(codecName)) {
    throw invalidOption('codec.name', "a string other than 'structured' and 'json'", codecName)
  }
  return { codec: custom(codec), codecName }
}

module.exports = { BUILT_IN, readOptions, readSharedOptions, requireObject }
