// The package in a program that uses `require`.
'use strict'

const library = require('native-memory-cache')
const { checkSessions } = require('./sessions.cjs')

console.log(`${checkSessions(library)} passed`)
