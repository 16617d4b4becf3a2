// The one place that loads the native addon. It is loaded once, and nothing is decided here.
'use strict'

const { noBinary } = require('./errors.js')

try {
  module.exports = require('../native/index.js')
} catch (cause) {
  throw noBinary(`${process.platform}-${process.arch}`, cause)
}
