// The native addon as the rest of lib/ calls it: the one place that knows how its callbacks answer.
// Nothing is decided here; how the addon is found and loaded belongs in addon.js.
'use strict'

const binding = require('./addon.js')

// Integers, written by the callbacks below: reading them costs less than a return value would.
const { answers } = binding

// In the place of the third and fourth: a number that is no integer.
const answeredNumber = new Float64Array(answers.buffer, 2 * answers.BYTES_PER_ELEMENT, 1)

// Behind them, for steps on many keys: the length of each key, then what is answered for it.
const batch = answers.subarray(4)

// What they answer if the key is not a string.
const NOT_A_STRING = -0x80000000

// What they answer for an entry that has expired and is kept, for who takes it stale.
const STALE = NOT_A_STRING + 1

const { get, has, set } = binding

function answering(callback) {
  return (...args) => {
    callback(...args)
    return answers[0]
  }
}

module.exports = {
  ...binding,
  answeredNumber,
  batch,
  NOT_A_STRING,
  STALE,
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
  setFor(id, key, ttl) {
    set(id, key, 0, ttl)
    return answers[0]
  },
  setWeighted: answering(set),
  setTagged: answering(binding.setTagged),
  delete: answering(binding.delete),
  touch: answering(binding.touch),
  peek: answering(binding.peek),
  take: answering(binding.take),
  expire: answering(binding.expire),
  setIfFits: answering(binding.setIfFits),
  insert: answering(binding.insert),
  evict: answering(binding.evict),
  expireKept: answering(binding.expireKept),
  expireKeptExcess: answering(binding.expireKeptExcess),
  evictNext: answering(binding.evictNext),
  evictExcess: answering(binding.evictExcess),
  expireNext: answering(binding.expireNext),
  getMany: answering(binding.getMany),
  hasMany: answering(binding.hasMany),
  setMany: answering(binding.setMany),
  deleteMany: answering(binding.deleteMany),
}
