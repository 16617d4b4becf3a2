// Metrics of caches for prom-client. What must not live here: what is measured, which is in measures.js.
'use strict'

const { invalidOption, readOptions, readPrefix, requirePeer } = require('./common.js')
const { MEASURES, ObservedCaches } = require('./measures.js')

const {
  Counter,
  Gauge,
  register: globalRegistry,
} = requirePeer('prom-client', () => require('prom-client'))

function readRegistry({ register }) {
  if (register === undefined || register === null) return globalRegistry
  if (typeof register.registerMetric === 'function') return register
  throw invalidOption('register', 'a registry of prom-client', register)
}

function createMetric(measure, name, observed) {
  const Metric = measure.isCounter ? Counter : Gauge
  const metric = new Metric({
    name,
    help: `${measure.help}.`,
    labelNames: ['cache'],
    registers: [],
    collect() {
      this.reset()
      for (const [cache, value] of ObservedCaches.read(observed, measure)) {
        this.inc({ cache }, value)
      }
    },
  })
  // Older versions take `collect` and never call it.
  if (typeof metric.collect !== 'function') {
    throw new Error(
      'native-memory-cache/prom-client needs a newer prom-client: npm install prom-client@15',
    )
  }
  return metric
}

function observeCaches(options) {
  return readOptions(observeCaches, options, () => {
    const prefix = readPrefix(options, 'memory_cache_')
    const register = readRegistry(options)
    const names = MEASURES.map(({ name, isCounter }) => prefix + name + (isCounter ? '_total' : ''))
    const observed = new ObservedCaches(options.caches, () => {
      // Somebody else may observe under these names by now.
      for (const metric of metrics) {
        const { name } = metric
        if (register.getSingleMetric(name) === metric) register.removeSingleMetric(name)
      }
    })
    const metrics = MEASURES.map((measure, i) => createMetric(measure, names[i], observed))
    const taken = names.find((name) => register.getSingleMetric(name) !== undefined)
    if (taken !== undefined) {
      throw invalidOption('prefix', `one that is free (there is a metric ${taken})`, prefix)
    }
    for (const metric of metrics) register.registerMetric(metric)
    return observed
  })
}

module.exports = { observeCaches }
