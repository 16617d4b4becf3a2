// The package as jest's users require it. The tests are in suite.cjs.

'use strict'

const { defineSuite } = require('./suite.cjs')

defineSuite({ name: 'native-memory-cache', ...require('native-memory-cache'), jest })
