// Metrics of caches for @opentelemetry/api, by a meter that the program brings.
// What must not live here: what is measured, which is in measures.js.
'use strict'

const { invalidOption, readOptions, readPrefix } = require('./common.js')
const { MEASURES, ObservedCaches } = require('./measures.js')

function readMeter({ meter }) {
  if (typeof meter?.createObservableCounter === 'function') return meter
  throw invalidOption('meter', 'a meter of @opentelemetry/api', meter)
}

function createInstrument(meter, { name, help, unit, isCounter }, prefix) {
  // Entries, bytes and the like of several caches add up, hence no gauges.
  const create = isCounter ? 'createObservableCounter' : 'createObservableUpDownCounter'
  return meter[create](prefix + name, { description: `${help}.`, unit: unit ?? '1' })
}

function observeCaches(options) {
  return readOptions(observeCaches, options, () => {
    const prefix = readPrefix(options, 'memory_cache.')
    const meter = readMeter(options)
    const ends = []
    const observed = new ObservedCaches(options.caches, () => {
      for (const end of ends.splice(0)) end()
    })
    for (const measure of MEASURES) {
      const instrument = createInstrument(meter, measure, prefix)
      const callback = (result) => {
        for (const [name, value] of ObservedCaches.read(observed, measure)) {
          result.observe(value, { 'cache.name': name })
        }
      }
      instrument.addCallback(callback)
      ends.push(() => instrument.removeCallback(callback))
    }
    return observed
  })
}

module.exports = { observeCaches }
