// The two limits of any native cache, in the form of drivers that can only `get`.
// Lives here: how their addon is loaded. What they do is in ../floor.
import { floorAddon } from '../setup.mjs'

const module = { exports: {} }
process.dlopen(module, floorAddon)
const { empty, readKey } = module.exports

const CACHE = 1

const driverOf = (call) => ({
  floor: true,
  ttl: true,
  create: () => CACHE,
  set: () => {},
  // The answer is not the callback's: an answer of its own is not among what the limit counts.
  get(cache, key) {
    call(cache, key)
    return true
  },
})

export const emptyCall = driverOf(empty)
export const readKeyCall = driverOf(readKey)
