// The native addon as the rest of lib/ calls it: the one place that knows how its callbacks answer.
// Nothing is decided here; how the addon is found and loaded belongs in addon.js.
'use strict'

const binding = require('./addon.js')

// Integers, written by the callbacks below: reading them costs less than a return value would.
const { answers } = binding

// What they answer if the key is not a string.
const NOT_A_STRING = -0x80000000

const { get, has, set } = binding

function answering(callback) {
  return (...args) => {
    callback(...args)
    return answers[0]
  }
}

module.exports = {
  ...binding,
  NOT_A_STRING,
  get(id, key) {
    get(id, key)
    return answers[0]
  },
  getAt: answering(get),
  has(id, key) {
    has(id, key)
    return answers[0]
  },
  hasAt: answering(has),
  set(id, key) {
    set(id, key)
    return answers[0]
  },
  setWeighted: answering(set),
  delete: answering(binding.delete),
  setIfFits: answering(binding.setIfFits),
  insert: answering(binding.insert),
  evict: answering(binding.evict),
  evictNext: answering(binding.evictNext),
  expireNext: answering(binding.expireNext),
}
